/// One value that a plan wants written into one field.
package struct FieldWrite: Hashable, Sendable {
    /// The field's position in its mapping.
    package let field: Int
    /// What the side to be written holds now.
    package let old: Value
    /// What it shall hold, in that side's own terms.
    package let new: Value
    /// The value of the source side that `new` was made from.
    package let source: Value

    /// Creates a write.
    package init(field: Int, old: Value, new: Value, source: Value) {
        self.field = field
        self.old = old
        self.new = new
        self.source = source
    }
}

/// A field that both sides changed since they last agreed, differently.
package struct FieldConflict: Hashable, Sendable {
    /// How the conflict ends.
    package enum Verdict: Hashable, Sendable {
        /// A rule decided: this side's value goes to both.
        case won(by: Side)
        /// A rule made a third value from both.
        case merged
        /// A person decides; nothing is written until then.
        case waiting
    }

    /// The field's position in its mapping.
    package let field: Int
    /// The store's value when both last agreed; nil on first contact.
    package let localBase: Value?
    /// The CRM's value when both last agreed; nil on first contact.
    package let remoteBase: Value?
    /// The store's value now.
    package let local: Value
    /// The CRM's value now.
    package let remote: Value
    /// The rule that decided, or that asks for a person, such as `newest` or `initial: prefer_local`.
    package let rule: String
    /// How it ends.
    package let verdict: Verdict

    /// Creates a conflict.
    package init(
        field: Int,
        localBase: Value?,
        remoteBase: Value?,
        local: Value,
        remote: Value,
        rule: String,
        verdict: Verdict
    ) {
        self.field = field
        self.localBase = localBase
        self.remoteBase = remoteBase
        self.local = local
        self.remote = remote
        self.rule = rule
        self.verdict = verdict
    }
}

/// Why a field that differs is left alone.
package struct FieldNote: Hashable, Sendable {
    /// The reasons.
    package enum Reason: Hashable, Sendable {
        /// A value of the named side has no counterpart on the other (R14).
        case unmapped(side: Side, value: Value, detail: String)
        /// The sides differ on first contact, and the mapping says nothing about it (R9).
        case needsInitial
        /// The other side refused or silently ignored this very value; nothing is tried until a side changes (R1, R13).
        case rejected
        /// A person must decide, and has not yet.
        case waiting
        /// A change of the side does not travel now: a `when`, a filter, or a switch of the mapping says so.
        case closed(side: Side)
        /// A change that is too small for `push_when`.
        case heldBack
        /// A reference to a record that has no link in this connection yet.
        case unlinkedReference
        /// The value changed on the side that a one-way field is written to.
        case drift(side: Side)
        /// The other side did not say what it holds, though it was asked (R10).
        case unreadable
    }

    /// The field's position in its mapping.
    package let field: Int
    /// Why it is left alone.
    package let reason: Reason

    /// Creates a note.
    package init(field: Int, reason: Reason) {
        self.field = field
        self.reason = reason
    }
}

/// What shall happen to one linked record.
///
/// Computed, never stored as truth.
package struct RecordPlan: Hashable, Sendable {
    /// Values to write into the store.
    package var toLocal: [FieldWrite]
    /// Values to write into the CRM.
    package var toRemote: [FieldWrite]
    /// Values that go along with `toRemote` as they stand, because the CRM keeps them in one property with what is written.
    package var carried: [FieldWrite] = []
    /// Fields on which both sides agree anew: the shadow moves, nothing is written.
    package var agreed: [Int]
    /// Fields that both sides changed, differently.
    package var conflicts: [FieldConflict]
    /// Fields that differ and are left alone.
    package var notes: [FieldNote]
    /// Lattice fields that a person took back: a new epoch begins with the value that won (R5).
    package var opened: [Int] = []

    /// Creates a plan.
    package init(
        toLocal: [FieldWrite] = [],
        toRemote: [FieldWrite] = [],
        agreed: [Int] = [],
        conflicts: [FieldConflict] = [],
        notes: [FieldNote] = []
    ) {
        self.toLocal = toLocal
        self.toRemote = toRemote
        self.agreed = agreed
        self.conflicts = conflicts
        self.notes = notes
    }

    /// Whether nothing is to be written and no shadow moves.
    package var isQuiet: Bool {
        self.toLocal.isEmpty && self.toRemote.isEmpty && self.agreed.isEmpty
            && self.conflicts.allSatisfy { $0.verdict == .waiting }
    }
}
