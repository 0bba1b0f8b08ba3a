package import Mapping
package import Records

/// A linked record of which one side changed address and name at once: perhaps it was given to another person (R7).
///
/// An e-mail address is a property and not the identity: changing it keeps the link. But with another name beside it, nothing
/// tells any more that it is still the same person, and the other side's data would go to a stranger.
package struct IdentityShift: Hashable, Sendable {
    /// The sides that changed so.
    package let sides: [Side]
    /// What those sides hold in the fields of the rule: a person's answer stands as long as this does.
    package let seen: [Value]

    /// Finds out; nil if the record is still known to be who it was.
    ///
    /// Filling or clearing one of both is no change of identity, nor is another spelling, nor a name that has a word in common
    /// with the one before. What both sides say alike needs no syncing.
    package init?(_ state: RecordState, mapping: CompiledMapping, in context: any LensContext) {
        let rule = mapping.identity
        let all = rule.address + rule.name
        guard !rule.address.isEmpty, !rule.name.isEmpty else { return nil }
        let sides = Side.allCases.filter { side in
            let (now, shadow) =
                side == .local ? (state.local, state.localShadow) : (state.remote, state.remoteShadow)
            return Self.isOther(rule, now: now, shadow: shadow)
        }
        guard !sides.isEmpty,
            !all.allSatisfy({ position in
                mapping.fields[position].same(local: state.local[position], remote: state.remote[position], in: context)
            })
        else { return nil }
        self.sides = sides
        self.seen = sides.flatMap { side in all.map { side == .local ? state.local[$0] : state.remote[$0] } }
    }

    private static func isOther(_ rule: IdentityRule, now: [Value], shadow: [Value?]) -> Bool {
        // A field without a shadow has not been agreed on: nobody knows what it was.
        let address = rule.address.filter { shadow[$0] != nil && now[$0] != shadow[$0] }
        guard !address.isEmpty else { return false }
        let addresses = rule.address.filter { shadow[$0] != nil }
        guard
            IdentityRule.areOtherAddresses(addresses.map { shadow[$0] ?? .absent }, addresses.map { now[$0] })
        else { return false }
        let parts = rule.name.filter { shadow[$0] != nil }
        // The same name is the same person's: taking it apart costs more than the rest of a plan.
        guard parts.contains(where: { now[$0] != shadow[$0] }) else { return false }
        let (before, after) = (NameWords(parts.map { shadow[$0] ?? .absent }), NameWords(parts.map { now[$0] }))
        return !before.isEmpty && !after.isEmpty && !before.mayBe(after)
    }
}
