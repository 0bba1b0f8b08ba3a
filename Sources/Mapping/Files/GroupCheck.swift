import Records

/// R15: what is decided together must have the same rules, for the first member speaks for all.
struct GroupCheck {
    let findings: Findings

    func run(_ members: [MappingField], at location: SourceLocation) {
        guard let first = members.first else { return }
        for member in members {
            if case .association = member.kind {
                self.refuse(
                    member,
                    "is an association, and moves by calls of its own",
                    mend: "take it out of the group"
                )
            } else if member.rules.isConsent {
                self.refuse(member, "is a consent, and never waits for other fields", mend: "take it out of the group")
            } else if member.rules.pushWhen != nil {
                self.refuse(
                    member,
                    "is pushed by its own push_when",
                    mend: "take it out of the group, or remove push_when"
                )
            } else if [.max, .min, .merge, .furthest, .mostRestrictive].contains(member.onConflict) {
                self.refuse(
                    member,
                    "has on_conflict: \(member.onConflict.rawValue), which compares single values",
                    mend: "choose newest, manual, or a side"
                )
            } else if let key = Self.difference(first, member) {
                self.refuse(
                    member,
                    "has another \(key) than \(first.name), and a group has one",
                    mend: "make them equal"
                )
            }
        }
    }

    private func refuse(_ member: MappingField, _ problem: String, mend: String) {
        self.findings.error(at: member.location, "\(member.name) is in a group, but \(problem)", mend: mend)
    }

    /// The key in which two members of one group differ; nil if they do not.
    private static func difference(_ first: MappingField, _ other: MappingField) -> String? {
        if first.direction != other.direction { return "direction" }
        if first.onClear != other.onClear { return "on_clear" }
        if first.authority != other.authority { return "authority" }
        let (one, two) = (first.rules, other.rules)
        if one.authorityUnlessBlank != two.authorityUnlessBlank { return "unless_blank" }
        if one.drift != two.drift { return "drift" }
        if one.writeLocal != two.writeLocal || one.writeRemote != two.writeRemote { return "write" }
        return nil
    }
}
