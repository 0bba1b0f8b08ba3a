import Records

extension Suggester {
    /// The line of a chosen pair.
    func field(_ pair: Pair) -> SuggestedField {
        let (local, remote) = (pair.local.schema, pair.remote)
        let pairing = self.pairing(local, remote)
        let draft = FieldDraft(pair, pairing, self.habits)
        var confidence = self.confidence(pair)
        // What is pulled only overwrites ours for good, so somebody should look.
        if draft.direction == .pull { confidence = min(confidence, .likely) }
        if draft.isUnfinished { confidence = .guess }
        return SuggestedField(
            section: draft.isConsent ? .consent : .fields,
            local: local.name,
            remote: remote.name,
            direction: draft.direction,
            keys: draft.keys,
            confidence: confidence,
            score: pair.score.value,
            reason: ([self.reason(pair)] + draft.remarks).joined(separator: "; "),
            concept: pair.local.concept?.name
        )
    }

    private func pairing(_ local: PropertySchema, _ remote: RemoteField) -> OptionPairing? {
        guard remote.kind == .option, !remote.options.isEmpty else { return nil }
        switch local.type {
        case .option(let options), .set(let options):
            return options.isEmpty ? nil : OptionPairing(options, remote.options)
        case .stage: return OptionPairing(self.lifecycle.stages + self.lifecycle.sideStages, remote.options)
        default: return nil
        }
    }

    private func confidence(_ pair: Pair) -> Confidence {
        let (evidence, value) = (pair.score.evidence, pair.score.value)
        let sides = [evidence.name, evidence.label].compactMap(\.self)
        let isNamed = (evidence.name ?? 0) >= 0.95 && sides.allSatisfy { $0 >= 0.9 }
        let isFit = evidence.type >= 0.85
        if isNamed, isFit, value >= 0.85, value - pair.rivals.best >= 0.2 { return .certain }
        return value >= 0.6 ? .likely : .guess
    }

    private func reason(_ pair: Pair) -> String {
        let (evidence, remote) = (pair.score.evidence, pair.remote)
        let meaning = (pair.local.concept?.name ?? pair.local.schema.name).split(separator: "_").joined(separator: " ")
        let label = Self.quoted(remote.label)
        var reasons: [String] = []
        switch (evidence.name ?? 0, evidence.label ?? 0) {
        case (0.75..., 0.75...): reasons.append("name and label \(label) say \(meaning)")
        case (_, 0.75...): reasons.append("label \(label) says \(meaning)")
        case (0.75..., _): reasons.append("name says \(meaning)")
        case (0, 0): break
        default: reasons.append("\(evidence.label == nil ? "name" : label) is like \(meaning)")
        }
        reasons += evidence.sample?.reasons ?? []
        if remote.isReadOnly { reasons.append("read-only there") }
        if pair.score.value - pair.rivals.best < 0.1 { reasons.append("\(Self.plain(pair.rivals.name)) comes near") }
        return reasons.isEmpty ? "the types go together" : reasons.joined(separator: "; ")
    }

    /// A label of the CRM's in a comment: one line, of a reasonable length, and nothing that steers a terminal.
    static func quoted(_ label: String) -> String { "\"\(Self.plain(label))\"" }

    static func plain(_ label: String) -> String {
        var short = String.UnicodeScalarView()
        for scalar in label.unicodeScalars.prefix(60) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: short.append(" ")
            default: short.append(scalar)
            }
        }
        return "\(String(short))\(label.unicodeScalars.dropFirst(60).isEmpty ? "" : "…")"
    }
}
