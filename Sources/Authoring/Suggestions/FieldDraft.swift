import Records

/// Direction, transforms and policies of a proposed field, as types and meaning want them.
struct FieldDraft {
    /// Which way it may travel.
    private(set) var direction = SyncDirection.both
    /// The keys behind local and remote.
    private(set) var keys: [SuggestedField.Key] = []
    /// What else there is to say.
    private(set) var remarks: [String] = []
    /// Whether the line cannot run as it stands.
    private(set) var isUnfinished = false
    /// Whether the field is a consent, which has a section of its own.
    private(set) var isConsent = false

    private let remote: RemoteField
    private let concept: String
    private let pairing: OptionPairing?

    init(_ pair: Pair, _ pairing: OptionPairing?, _ habits: Suggester.Habits) {
        self.remote = pair.remote
        self.concept = pair.local.concept?.name ?? ""
        self.pairing = pairing
        if pair.remote.isReadOnly { self.direction = .pull }
        self.keepOwnScore()
        var via: [SuggestedField.Step] = []
        switch pair.local.schema.type {
        case .text: via = self.text(habits).map { .word($0) }
        case .number: via = pair.remote.kind == .integer ? [.word("{ scale: 0 }")] : []
        case .date where pair.remote.kind == .datetime:
            via = [.word("{ date: { zone: \(habits.zone) } }")]
            self.remarks.append("a time there: the day in \(habits.zone)")
        case .option, .stage: via = self.options()
        case .set(let options):
            via = pair.remote.kind == .text || pair.remote.kind == .option ? [.word("{ set: \";\" }")] : []
            if !options.isEmpty, let table = self.table() { via.append(table) }
        case .owner: via = [.word("owner_by_email")]
        case .flag: self.isConsent = self.concept == "newsletter" && pair.remote.kind == .flag
        case .date, .instant, .reference: break
        }
        if self.direction != .both { self.keys.append(.init("direction", self.direction.rawValue)) }
        if !via.isEmpty { self.keys.append(.init(via: via)) }
        if self.concept == "score", self.direction == .push { self.keys.append(.init("push_when", "{ band: 10 }")) }
        if self.concept == "unsubscribed", self.direction == .both {
            // Whoever loses on first contact might be written to against their word.
            self.keys.append(.init("initial", "manual"))
        }
        if self.direction == .both { self.keys += self.policies(pair.local.schema.type) }
        if self.isConsent { self.keys = self.consent(pair.local.schema) }
    }

    /// Scores and grades are counted here, so what the CRM says of them is not taken over unseen.
    private mutating func keepOwnScore() {
        guard self.concept == "score" || self.concept == "grade" else { return }
        self.remarks.append("counted here, by Config/scoring.yaml")
        if self.direction == .pull { self.isUnfinished = true } else { self.direction = .push }
    }

    private mutating func text(_ habits: Suggester.Habits) -> [String] {
        if self.remote.kind == .option {
            let isCode = ["currency", "pipeline", "language", "country"].contains(self.concept)
            if !isCode, self.direction == .both {
                self.direction = .pull
                self.remarks.append("a fixed list there, so it is read and not written")
            }
            return self.concept == "currency" ? ["trim", "uppercase"] : []
        }
        switch self.concept {
        case "email", "domain": return ["trim", "lowercase"]
        case "phone", "mobile_phone": return ["trim"] + (habits.region.map { ["{ e164: \($0) }"] } ?? [])
        case "currency": return ["trim", "uppercase"]
        case "name", "full_name", "subject": return ["whitespace"]
        case "description", "body": return []
        default: return ["trim"]
        }
    }

    private mutating func options() -> [SuggestedField.Step] {
        guard self.remote.kind == .option else { return [] }
        guard let table = self.table() else {
            self.isUnfinished = true
            self.remarks.append("no option of ours is like one of theirs: write the table")
            return [.table([])]
        }
        return [table]
    }

    /// The table of options that say the same; nil if there are none.
    private mutating func table() -> SuggestedField.Step? {
        guard let pairing, !pairing.rows.isEmpty else { return nil }
        for (whose, options) in [("ours", pairing.unpaired), ("theirs", pairing.theirs)] where !options.isEmpty {
            let names = options.prefix(12).map { Suggester.plain($0.string) }.joined(separator: ", ")
            let more = options.count > 12 ? " and \(options.count - 12) more" : ""
            self.remarks.append("\(whose) without a counterpart: \(names)\(more)")
        }
        return .table(pairing.rows.map { SuggestedField.Row(local: $0.local.string, remote: $0.remote.string) })
    }

    private func policies(_ type: PropertyType) -> [SuggestedField.Key] {
        switch type {
        case .stage: [.init("on_conflict", "furthest"), .init("backward", "review")]
        case .set: [.init("on_conflict", "merge")]
        case .owner: [.init("on_conflict", "prefer_remote"), .init("on_create_default", "ignore")]
        default: []
        }
    }

    private func consent(_ local: PropertySchema) -> [SuggestedField.Key] {
        (self.direction == .pull ? [.init("direction", "pull")] : []) + [.init("meaning", "direct")]
    }
}
