package import Records

/// What a CRM said about an object's properties at some time, to tell later what has changed.
package struct SchemaSnapshot: Hashable, Sendable {
    /// One property.
    package struct Property: Hashable, Sendable {
        /// The name in the API.
        package let name: String
        /// The API's own type name.
        package let type: String
        /// The values that it may hold.
        package let options: [Text]
        /// Whether the API refuses writes to it.
        package let isReadOnly: Bool

        /// Creates a property.
        package init(name: String, type: String, options: [Text], isReadOnly: Bool) {
            self.name = name
            self.type = type
            self.options = options
            self.isReadOnly = isReadOnly
        }
    }

    /// One thing that is not as it was.
    package struct Change: Hashable, Sendable {
        /// The kinds of changes.
        package enum Kind: String, Hashable, Sendable, CaseIterable {
            case added
            case removed
            case type
            case readOnly = "read_only"
            case options
        }

        /// The property.
        package let property: String
        /// What changed about it.
        package let kind: Kind
        /// The change in words: `string became enumeration`.
        package let text: String
    }

    /// When it was taken.
    package let at: Instant
    /// The properties, by name.
    package let properties: [Property]

    /// Creates a snapshot.
    package init(at: Instant, properties: [Property]) {
        self.at = at
        self.properties = properties.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// What changed since an earlier one, by property.
    package func changes(since earlier: SchemaSnapshot) -> [Change] {
        let before = Dictionary(earlier.properties.map { (Text($0.name), $0) }, uniquingKeysWith: { first, _ in first })
        let now = Set(self.properties.map { Text($0.name) })
        let removed = earlier.properties.filter { !now.contains(Text($0.name)) }
            .map { Change(property: $0.name, kind: .removed, text: "is gone") }
        let rest = self.properties.flatMap { property -> [Change] in
            guard let old = before[Text(property.name)] else {
                return [Change(property: property.name, kind: .added, text: "is new (\(property.type))")]
            }
            return Self.changes(of: property, since: old)
        }
        return (removed + rest).sorted { $0.property.utf8.lexicographicallyPrecedes($1.property.utf8) }
    }

    private static func changes(of property: Property, since old: Property) -> [Change] {
        var changes: [Change] = []
        if !old.type.hasSameBytes(as: property.type) {
            changes.append(
                Change(property: property.name, kind: .type, text: "was \(old.type), and is \(property.type) now")
            )
        }
        if old.isReadOnly != property.isReadOnly {
            let text = property.isReadOnly ? "takes no writes any more" : "takes writes now"
            changes.append(Change(property: property.name, kind: .readOnly, text: text))
        }
        let (before, now) = (Set(old.options), Set(property.options))
        let new = property.options.filter { !before.contains($0) }.map(\.string)
        let gone = old.options.filter { !now.contains($0) }.map(\.string)
        if !new.isEmpty {
            changes.append(
                Change(property: property.name, kind: .options, text: "has new options: \(self.listed(new))")
            )
        }
        if !gone.isEmpty {
            changes.append(Change(property: property.name, kind: .options, text: "lost options: \(self.listed(gone))"))
        }
        return changes
    }

    private static func listed(_ names: [String]) -> String {
        names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", … (\(names.count) in all)" : "")
    }

    // MARK: The stored form

    /// The snapshot as JSON.
    package var json: JSON {
        [
            "at": .number(String(self.at.microseconds)),
            "properties": .array(
                self.properties.map { property in
                    [
                        "name": .string(property.name), "type": .string(property.type),
                        "read_only": .bool(property.isReadOnly),
                        "options": .array(property.options.map { .string($0.string) }),
                    ]
                }
            ),
        ]
    }

    /// Reads a snapshot; nil for anything else.
    package init?(_ json: JSON) {
        guard let at = json["at"]?.int, let properties = json["properties"]?.array else { return nil }
        var found: [Property] = []
        for property in properties {
            guard let name = property["name"]?.string, let type = property["type"]?.string else { return nil }
            found.append(
                Property(
                    name: name,
                    type: type,
                    options: (property["options"]?.array ?? []).compactMap { $0.string.map { Text($0) } },
                    isReadOnly: property["read_only"]?.bool ?? false
                )
            )
        }
        self.init(at: Instant(microseconds: Int64(at)), properties: found)
    }
}
