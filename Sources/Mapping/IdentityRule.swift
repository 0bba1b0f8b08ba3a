package import Records

/// The fields by which people know who a record is: if address and name change at once, it may be somebody else (R7).
///
/// A CRM's users do not always make a new record for a new person: they type over the one of whoever had the job before.
package struct IdentityRule: Hashable, Sendable {
    /// The positions of the fields that hold an address.
    package let address: [Int]
    /// The positions of the fields that hold the name or a part of it.
    package let name: [Int]

    /// Creates a rule; without an address or without a name it never finds anything.
    package init(address: [Int], name: [Int]) {
        self.address = address
        self.name = name
    }

    /// Nobody's identity is looked at.
    package static let off = IdentityRule(address: [], name: [])

    /// The rule of a mapping that says nothing: its `email`, and whichever of `first_name`, `last_name`, `full_name` and
    /// `name` it has.
    package static func standard(_ fields: [MappingField]) -> IdentityRule {
        func positions(_ names: [String]) -> [Int] {
            fields.indices.filter { index in
                let local = fields[index].local ?? ""
                return fields[index].kind != .computed && names.contains { $0.hasSameBytes(as: local) }
            }
        }
        return IdentityRule(
            address: positions(["email"]),
            name: positions(["first_name", "last_name", "full_name", "name"])
        )
    }

    /// Whether two sets of addresses have none in common, each having one; case and white space at the ends do not count.
    package static func areOtherAddresses(_ before: [Value], _ after: [Value]) -> Bool {
        let (old, new) = (self.addresses(before), self.addresses(after))
        return !old.isEmpty && !new.isEmpty && old.isDisjoint(with: new)
    }

    private static func addresses(_ values: [Value]) -> Set<Text> {
        Set(
            values.compactMap { value in
                guard case .text(let text) = value, !text.isEmpty else { return nil }
                return TextBytes.lowercased(TextBytes.trimmed(text))
            }
        )
    }
}
