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
    /// When both sides were edited; needed for `newest` only.
    package var times: EditTimes

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

    /// Creates a hold.
    package init(reason: Reason, local: Value, remote: Value) {
        self.reason = reason
        self.local = local
        self.remote = remote
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
