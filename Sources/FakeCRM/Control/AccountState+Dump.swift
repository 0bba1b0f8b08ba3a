/// The whole account as JSON: for scripts that check figures, and line by line for keeping.
extension AccountState {
    /// Everything in one document, in a stable order.
    func dump() -> [UInt8] {
        var json = JSONWriter(capacity: 1 << 20)
        json.beginObject()
        json.key("portalId")
        json.number(self.options.portalID)
        json.key("now")
        json.number(self.now)
        json.key("owners")
        json.beginArray()
        for owner in self.options.owners { Self.writeKept(owner, to: &json) }
        json.endArray()
        json.key("records")
        json.beginObject()
        for type in ObjectType.allCases {
            json.key(Array(type.rawValue.utf8))
            json.beginArray()
            for row in self[type].rows.indices { self.writeKept(type, row: row, to: &json) }
            json.endArray()
        }
        json.endObject()
        json.key("associations")
        json.beginArray()
        for link in self.associations.all { Self.writeKept(link, to: &json) }
        json.endArray()
        json.key("merged")
        json.beginArray()
        for alias in self.allAliases { Self.writeKept(alias, to: &json) }
        json.endArray()
        json.endObject()
        return json.bytes
    }

    /// All merged ids, by type and id.
    var allAliases: [(type: ObjectType, from: Int64, to: Int64)] {
        ObjectType.allCases.flatMap { type in
            self[type].aliases.sorted { $0.key < $1.key }.map { (type, $0.key, $0.value) }
        }
    }

    /// Writes a record with all its values and versions.
    func writeKept(_ type: ObjectType, row: Int, to json: inout JSONWriter) {
        let record = self[type].rows[row]
        json.beginObject()
        json.key("object")
        json.string(type.rawValue)
        json.key("id")
        json.stringOf(record.id)
        json.key("state")
        json.string(record.state.name)
        json.key("createdAt")
        json.number(record.createdAt)
        json.key("updatedAt")
        json.number(record.updatedAt)
        if record.archivedAt != 0 {
            json.key("archivedAt")
            json.number(record.archivedAt)
        }
        json.key("source")
        json.number(record.source)
        json.key("properties")
        json.beginObject()
        var numbers: [Int] = []
        record.values.visit { numbers.append($0.property) }
        let definitions = self[type].properties.definitions
        for number in numbers.sorted(by: { definitions[$0].name < definitions[$1].name }) {
            json.rawKey(self[type].properties.jsonKeys[number])
            json.string(record.values[number] ?? [])
        }
        json.endObject()
        if let versions = self[type].histories[row] { self.writeKept(versions, type, to: &json) }
        json.endObject()
    }

    private func writeKept(_ versions: [ValueVersion], _ type: ObjectType, to json: inout JSONWriter) {
        json.key("history")
        json.beginArray()
        for version in versions {
            json.beginObject()
            json.key("property")
            json.string(self[type].properties[version.property].name)
            json.key("value")
            json.string(version.text)
            json.key("timestamp")
            json.number(version.timestamp)
            json.key("source")
            json.number(version.source)
            json.endObject()
        }
        json.endArray()
    }

    static func writeKept(_ link: (type: AssociationType, from: Int64, to: Int64), to json: inout JSONWriter) {
        json.beginObject()
        json.key("type")
        json.number(link.type.id)
        json.key("name")
        json.string(link.type.name)
        json.key("from")
        json.stringOf(link.from)
        json.key("fromObject")
        json.string(link.type.from.rawValue)
        json.key("to")
        json.stringOf(link.to)
        json.key("toObject")
        json.string(link.type.to.rawValue)
        json.endObject()
    }

    static func writeKept(_ alias: (type: ObjectType, from: Int64, to: Int64), to json: inout JSONWriter) {
        json.beginObject()
        json.key("object")
        json.string(alias.type.rawValue)
        json.key("from")
        json.stringOf(alias.from)
        json.key("to")
        json.stringOf(alias.to)
        json.endObject()
    }

    static func writeKept(_ owner: Owner, to json: inout JSONWriter) {
        json.beginObject()
        json.key("id")
        json.stringOf(owner.id)
        json.key("userId")
        json.number(owner.userID)
        json.key("email")
        json.string(owner.email)
        json.key("firstName")
        json.string(owner.firstName)
        json.key("lastName")
        json.string(owner.lastName)
        json.key("archived")
        json.bool(owner.isArchived)
        json.endObject()
    }
}

extension Record.State {
    /// The name in files and dumps.
    var name: String {
        switch self {
        case .live: "live"
        case .archived: "archived"
        case .gone: "gone"
        }
    }

    init?(name: String) {
        switch name {
        case "live": self = .live
        case "archived": self = .archived
        case "gone": self = .gone
        default: return nil
        }
    }
}
