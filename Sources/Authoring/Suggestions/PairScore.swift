import Records

/// How near a property of ours is to one of the CRM's, and what speaks for it.
struct PairScore: Sendable {
    /// The parts of which the score is made, from 0 to 1; nil says nothing either way.
    struct Evidence: Sendable {
        var name: Double?
        var label: Double?
        /// How well the types go together; 0 rules the pair out.
        var type = 1.0
        var sample: SampleEvidence?
    }

    let evidence: Evidence
    let value: Double

    /// Weighs the evidence of a pair whose types go together that well.
    init(_ evidence: Evidence, isReadOnly: Bool) {
        self.evidence = evidence
        var value: Double
        switch (evidence.name, evidence.label) {
        case (let name?, let label?): value = 0.6 * max(name, label) + 0.4 * min(name, label)
        case (let name?, nil): value = name
        case (nil, let label?): value = 0.97 * label
        case (nil, nil): value = 0
        }
        if let sample = evidence.sample { value = sample.weighing(value) }
        self.value = value * (0.5 + 0.5 * evidence.type) * (evidence.type == 0 ? 0 : 1) * (isReadOnly ? 0.85 : 1)
    }
}

/// A property of ours with what is known about its meaning.
struct LocalProperty: Sendable {
    let schema: PropertySchema
    let concept: Concept?
    let words: [Words]

    init(_ schema: PropertySchema, _ meaning: Meaning) {
        self.schema = schema
        self.concept = meaning.concept(name: schema.name, label: schema.label)
        self.words = [meaning.words(schema.name), meaning.words(schema.label)]
    }

    /// How surely words of the CRM mean this property.
    func evidence(of words: Words, _ meaning: Meaning) -> Double {
        let same = self.words.map { Self.overlap($0, words) }.max() ?? 0
        guard let concept else { return same }
        return max(meaning.evidence(of: words, for: concept), same == 1 ? 1 : 0)
    }

    /// Of the words of both, how many are in both.
    private static func overlap(_ left: Words, _ right: Words) -> Double {
        let (one, two) = (Set(left.list), Set(right.list))
        guard !one.isEmpty, !two.isEmpty else { return 0 }
        let share = Double(2 * one.intersection(two).count) / Double(one.count + two.count)
        return share < 0.5 ? 0 : share
    }
}

/// How well types go together.
enum TypeFit {
    /// From 0, which rules a pair out, to 1.
    ///
    /// `tellsLongText` says that the CRM tells lines from paragraphs, so that its choice means something.
    static func of(_ local: PropertySchema, _ concept: Concept?, _ remote: RemoteField, tellsLongText: Bool) -> Double {
        let kind = remote.kind
        if kind == .many { return 0 }
        switch local.type {
        case .text: return self.text(concept, kind, tellsLongText: tellsLongText)
        case .number: return [.number: 1, .integer: 1, .text: 0.5, .unknown: 0.6][kind] ?? 0
        case .flag: return [.flag: 1, .option: 0.6, .text: 0.3, .unknown: 0.6][kind] ?? 0
        case .date: return [.date: 1, .datetime: 0.9, .text: 0.6, .unknown: 0.6][kind] ?? 0
        case .instant: return [.datetime: 1, .text: 0.4, .unknown: 0.6][kind] ?? 0
        case .option, .stage: return [.option: 1, .text: 0.5, .unknown: 0.6][kind] ?? 0
        case .set: return [.option: 0.9, .text: 0.8, .longText: 0.6, .unknown: 0.6][kind] ?? 0
        case .owner:
            return [.option: 1, .reference: 1, .number: 0.7, .integer: 0.7, .text: 0.5, .unknown: 0.6][kind] ?? 0
        case .reference: return 0
        }
    }

    private static func text(_ concept: Concept?, _ kind: RemoteField.Kind, tellsLongText: Bool) -> Double {
        let isLong = concept?.name == "description" || concept?.name == "body"
        switch kind {
        case .text: return tellsLongText && isLong ? 0.3 : 1
        case .longText: return tellsLongText && !isLong ? 0.5 : 1
        case .option: return 0.85
        case .unknown: return 0.7
        case .number, .integer: return 0.3
        case .flag, .date, .datetime, .reference, .many: return 0
        }
    }
}
