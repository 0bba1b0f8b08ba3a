package import CEL
package import Records

extension CELValue {
    /// The attributes of an event as a map, with its `name` and `id`.
    package init(_ event: PersonEvent) {
        var attributes = event.attributes
        attributes["id"] = .text(event.id)
        attributes["name"] = .text(event.name)
        self.init(attributes: attributes)
    }

    /// Attributes as a map; those without a value are not in it, so that `has()` tells.
    package init(attributes: [Text: Value]) {
        let entries = attributes.sorted { $0.key < $1.key }.compactMap { name, value -> CELMap.Entry? in
            let value = value.cel
            return value.isNull ? nil : CELMap.Entry(key: .string(name.string), value: value)
        }
        self = .map((try? CELMap(entries)) ?? CELMap())
    }

    /// The map without entries, for places without an event.
    package static let noEvent = CELValue.map(CELMap())
}
