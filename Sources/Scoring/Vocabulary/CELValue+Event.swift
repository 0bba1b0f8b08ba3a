package import CEL
import Mapping
package import Records

extension CELValue {
    /// The attributes of an event as a map, with its `name` and `id`.
    package init(_ event: PersonEvent) {
        var entries: [CELMap.Entry] = []
        for attribute in event.sortedAttributes where attribute.name != "name" && attribute.name != "id" {
            let value = attribute.value.cel
            if !value.isNull { entries.append(CELMap.Entry(key: .string(attribute.name.string), value: value)) }
        }
        entries.append(CELMap.Entry(key: .string("id"), value: .string(event.id.string)))
        entries.append(CELMap.Entry(key: .string("name"), value: .string(event.name.string)))
        self = .map((try? CELMap(entries)) ?? CELMap())
    }

    /// The map without entries, for places without an event.
    package static let noEvent = CELValue.map(CELMap())
}
