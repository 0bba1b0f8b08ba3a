package import CEL
package import Records

/// What a field allows beyond who wins: when it travels, and when it is written.
package struct FieldRules: Sendable {
    /// Whether the other side may fill the blank of the side that has the authority.
    package var authorityUnlessBlank: Bool
    /// What to do when one side alone takes a lattice field back.
    package var backward: BackwardPolicy
    /// What to do with an edit on the side that a one-way field is written to.
    package var drift: DriftPolicy
    /// When the store's value is written.
    package var writeLocal: WritePolicy
    /// When the CRM's value is written.
    package var writeRemote: WritePolicy
    /// How far a number must move before it is pushed; nil pushes every change.
    package var pushWhen: PushThreshold?
    /// What the CRM holds where it knows nothing, such as `Unknown`: reads as blank; nil if the mapping names no constant.
    package var placeholder: Value?
    /// Whether the field is a consent to be written to: a flag that never loosens by itself.
    package var isConsent: Bool
    /// The condition over the local record under which changes of ours travel; nil always.
    package var pushCondition: CELProgram?
    /// The condition over the remote record under which changes of the CRM travel; nil always.
    package var pullCondition: CELProgram?

    /// What the CRM is told of who is in a segment and who is not; nil for a field that is no list.
    package var membership: Membership?

    /// Two values for being in and not being in.
    package struct Membership: Hashable, Sendable {
        /// For who is in.
        package let yes: Value
        /// For everybody else.
        package let no: Value
    }

    /// Creates the rules of a field that says nothing about them.
    package init(
        authorityUnlessBlank: Bool = false,
        backward: BackwardPolicy = .review,
        drift: DriftPolicy = .leave,
        writeLocal: WritePolicy = .always,
        writeRemote: WritePolicy = .always,
        pushWhen: PushThreshold? = nil,
        placeholder: Value? = nil,
        isConsent: Bool = false,
        pushCondition: CELProgram? = nil,
        pullCondition: CELProgram? = nil,
        membership: Membership? = nil
    ) {
        self.membership = membership
        self.authorityUnlessBlank = authorityUnlessBlank
        self.backward = backward
        self.drift = drift
        self.writeLocal = writeLocal
        self.writeRemote = writeRemote
        self.pushWhen = pushWhen
        self.placeholder = placeholder
        self.isConsent = isConsent
        self.pushCondition = pushCondition
        self.pullCondition = pullCondition
    }

    /// When the field is written on that side.
    package func write(on side: Side) -> WritePolicy { side == .local ? self.writeLocal : self.writeRemote }
}

/// How far a number must move from what the CRM holds before it is pushed.
package enum PushThreshold: Hashable, Sendable {
    /// Into another band: 0 to below the width, from there to below twice the width, …
    case band(Int)
    /// By at least so much.
    case change(Int)

    /// Whether a move is worth a push; what is no number on either side always is.
    package func isPassed(from old: Value, to new: Value) -> Bool {
        guard let before = Self.number(old), let after = Self.number(new) else { return true }
        switch self {
        case .band(let width): return (before / Double(width)).rounded(.down) != (after / Double(width)).rounded(.down)
        case .change(let step): return abs(after - before) >= Double(step)
        }
    }

    /// A number as either side spells it.
    private static func number(_ value: Value) -> Double? {
        switch value {
        case .number(let number): number.double
        case .text(let text): Number(text.string)?.double
        default: nil
        }
    }
}
