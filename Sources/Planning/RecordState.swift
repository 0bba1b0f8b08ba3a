package import Records

/// Everything the planner may know about one linked record.
///
/// All arrays go by field position.
package struct RecordState: Hashable, Sendable {
    /// What the store holds.
    package var local: [Value]
    /// What the CRM said last; `.absent` where it was asked and did not say.
    package var remote: [Value]
    /// What the store held when both sides last agreed on the field; nil without a shadow (R9).
    package var localShadow: [Value?]
    /// What the CRM held when both sides last agreed on the field, as it returned it; nil without a shadow.
    package var remoteShadow: [Value?]
    /// Fields left alone until a side changes.
    package var holds: [Int: FieldHold]
    /// Decisions that people took on waiting conflicts.
    package var decisions: [Int: FieldDecision]
    /// What people saw of fields whose conflict waits and about which they did not decide themselves.
    package var waiting: [Int: SeenValues] = [:]
    /// When both sides were edited; needed for `newest` only.
    package var times: EditTimes
    /// Fields of which one side's changes do not travel now, as a condition or a filter says.
    package var closed = ClosedFields()
    /// The epochs of lattice fields; a field that is missing is in the same one on both sides (R5).
    package var epochs: [Int: FieldEpochs] = [:]
    /// Values that won and that the CRM does not hold yet: what was decided is carried out, not decided again.
    package var owed: [Int: OwedWrite] = [:]
    /// What the CRM holds where it knows nothing, for fields whose `default` is made from the record.
    package var placeholders: [Int: Value] = [:]

    /// Creates a state; without shadows it is a first contact.
    package init(
        local: [Value],
        remote: [Value],
        localShadow: [Value?]? = nil,
        remoteShadow: [Value?]? = nil,
        holds: [Int: FieldHold] = [:],
        decisions: [Int: FieldDecision] = [:],
        times: EditTimes = EditTimes()
    ) {
        self.local = local
        self.remote = remote
        self.localShadow = localShadow ?? Array(repeating: nil, count: local.count)
        self.remoteShadow = remoteShadow ?? Array(repeating: nil, count: remote.count)
        self.holds = holds
        self.decisions = decisions
        self.times = times
    }
}

/// A local value that is to be written to the CRM because a rule or a person said so.
package struct OwedWrite: Hashable, Sendable {
    /// The store's value that won.
    package let local: Value
    /// The CRM's value that lost.
    package let remote: Value

    /// Creates a pair; it stands as long as both sides hold these values.
    package init(local: Value, remote: Value) {
        self.local = local
        self.remote = remote
    }
}

/// Why one field is left alone, and at which values.
package struct FieldHold: Hashable, Sendable {
    /// The reasons.
    package enum Reason: String, Hashable, Sendable, CaseIterable {
        /// The CRM refused or ignored the value.
        case rejected
        /// The value has no counterpart.
        case unmapped
        /// A person undid a change of the field; only a person releases it (R6).
        case undone
        /// The field kept changing back; only a person releases it (R12).
        case fight
    }

    /// Why.
    package let reason: Reason
    /// The store's value at the time.
    package let local: Value
    /// The CRM's value at the time.
    package let remote: Value
    /// What people are told: who fights, say.
    package let detail: String

    /// Creates a hold.
    package init(reason: Reason, local: Value, remote: Value, detail: String = "") {
        self.reason = reason
        self.local = local
        self.remote = remote
        self.detail = detail
    }

    /// Whether the hold still stands at these values.
    func stands(local: Value, remote: Value) -> Bool {
        switch self.reason {
        case .undone, .fight: true
        case .rejected, .unmapped:
            Breakage.holdsLastForEver.isOn || (self.local == local && self.remote == remote)
        }
    }
}

/// What a waiting conflict shows of a field.
package struct SeenValues: Hashable, Sendable {
    /// The store's value.
    package let local: Value
    /// The CRM's value.
    package let remote: Value

    /// Creates a pair.
    package init(local: Value, remote: Value) {
        self.local = local
        self.remote = remote
    }
}

/// What a person decided about a waiting conflict, and what they saw when they did.
package struct FieldDecision: Hashable, Sendable {
    /// The choices.
    package enum Choice: Hashable, Sendable {
        /// This side's value goes to both.
        case side(Side)
        /// A third value, in local terms, goes to both.
        case value(Value)
    }

    /// What was chosen.
    package let choice: Choice
    /// The store's value that the person saw.
    package let seenLocal: Value
    /// The CRM's value that the person saw.
    package let seenRemote: Value

    /// Creates a decision.
    package init(choice: Choice, seenLocal: Value, seenRemote: Value) {
        self.choice = choice
        self.seenLocal = seenLocal
        self.seenRemote = seenRemote
    }
}

/// Fields of which one side's changes do not travel now.
package struct ClosedFields: Hashable, Sendable {
    /// Fields whose local changes stay here.
    package var local: Set<Int>
    /// Fields whose remote changes are not taken over.
    package var remote: Set<Int>

    /// Creates the sets; without arguments everything travels.
    package init(local: Set<Int> = [], remote: Set<Int> = []) {
        self.local = local
        self.remote = remote
    }

    /// Whether the field's changes of that side stay where they are.
    package func contains(_ field: Int, from side: Side) -> Bool {
        side == .local ? self.local.contains(field) : self.remote.contains(field)
    }
}

/// In which epoch each side of a lattice field is (R5).
///
/// The field's place is (epoch, rank): a later epoch is further than any rank of an earlier one, and only a person, or
/// newer evidence of a consent, begins one. The CRM knows of none: it is in the one of the last agreement.
package struct FieldEpochs: Hashable, Sendable {
    /// The record's epoch.
    package let local: Int
    /// The epoch of the last agreement with the CRM.
    package let remote: Int

    /// Creates a pair; epochs count from 0.
    package init(local: Int, remote: Int) {
        self.local = local
        self.remote = remote
    }
}

/// When the fields were edited last, as far as is known.
///
/// Clocks never detect a change; they break ties.
package struct EditTimes: Hashable, Sendable {
    /// The last local edit, by field position.
    package var local: [Int: Instant]
    /// The last remote edit, by field position, where the CRM keeps property history.
    package var remote: [Int: Instant]
    /// The last change of the remote record: no field was edited later.
    package var remoteRecord: Instant?
    /// How far the clocks may be apart.
    package var uncertainty: Duration

    /// Creates the times; by default nothing is known and the clocks agree within two seconds.
    package init(
        local: [Int: Instant] = [:],
        remote: [Int: Instant] = [:],
        remoteRecord: Instant? = nil,
        uncertainty: Duration = .seconds(2)
    ) {
        self.local = local
        self.remote = remote
        self.remoteRecord = remoteRecord
        self.uncertainty = uncertainty
    }

    /// The side edited last, by a margin above the uncertainty; nil is a tie.
    func later(field: Int) -> Side? {
        guard let local = self.local[field], let remote = self.remote[field] ?? self.remoteRecord else { return nil }
        let margin = Breakage.clocksAgree.isOn ? .zero : self.uncertainty
        if local > remote.advanced(by: margin) { return .local }
        if remote > local.advanced(by: margin) { return .remote }
        return nil
    }
}
