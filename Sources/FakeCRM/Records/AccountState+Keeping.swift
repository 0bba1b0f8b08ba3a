/// A line of a saved account that does not make sense.
struct KeptLineProblem: Error {
    var line: Int
    var message: String
}

/// A saved account: one JSON document a line, the account itself first.
extension AccountState {
    /// The version of the file's form.
    private static let form = 1

    /// The account as lines.
    func keptLines() -> [UInt8] {
        var json = JSONWriter(capacity: 1 << 20)
        self.writeHeader(to: &json)
        for owner in self.options.owners { Self.writeLine("owner", to: &json) { Self.writeKept(owner, to: &$0) } }
        for source in self.sources { Self.writeLine("source", to: &json) { Self.writeKept(source, to: &$0) } }
        for type in ObjectType.allCases {
            for group in self.propertyGroups[type] ?? [] {
                Self.writeLine("group", to: &json) { Self.writeKept(group, type, to: &$0) }
            }
            for definition in self[type].properties.definitions where !definition.isHubSpotDefined {
                Self.writeLine("property", to: &json) { Self.writeKept(definition, type, to: &$0) }
            }
        }
        for type in ObjectType.allCases {
            for row in self[type].rows.indices {
                Self.writeLine("record", to: &json) { self.writeKept(type, row: row, to: &$0) }
            }
            Self.writeLine("next", to: &json) { json in
                json.raw(Array("{\"object\":\"\(type.rawValue)\",\"id\":\"\(self[type].nextID)\"}".utf8))
            }
        }
        for alias in self.allAliases { Self.writeLine("alias", to: &json) { Self.writeKept(alias, to: &$0) } }
        for link in self.associations.all { Self.writeLine("association", to: &json) { Self.writeKept(link, to: &$0) } }
        for list in self.recordLists { Self.writeLine("list", to: &json) { self.writeKept(list, to: &$0) } }
        for email in self.erasedEmails.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            Self.writeLine("erased", to: &json) { $0.string(email) }
        }
        return json.bytes
    }

    private static func writeLine(_ name: StaticString, to json: inout JSONWriter, _ body: (inout JSONWriter) -> Void) {
        json.beginObject()
        json.key(name)
        body(&json)
        json.endObject()
        json.newline()
    }

    private func writeHeader(to json: inout JSONWriter) {
        Self.writeLine("account", to: &json) { json in
            json.beginObject()
            json.key("form")
            json.number(Self.form)
            json.key("portalId")
            json.number(self.options.portalID)
            json.key("timeZone")
            json.string(self.options.timeZone)
            json.key("currency")
            json.string(self.options.currency)
            json.key("firstRecordId")
            json.number(self.options.firstRecordID)
            json.key("seed")
            json.string(String(self.options.seed))
            json.key("requests")
            json.string(String(self.requestNumber))
            json.key("lastChange")
            json.number(self.lastStamp)
            json.key("tokens")
            json.beginArray()
            for token in self.options.tokens { Self.writeKept(token, to: &json) }
            json.endArray()
            json.key("habits")
            self.habits.write(to: &json)
            json.endObject()
        }
    }

    private static func writeKept(_ token: AccessToken, to json: inout JSONWriter) {
        json.beginObject()
        json.key("secret")
        json.string(token.secret)
        json.key("app")
        json.number(token.appID)
        json.key("scopes")
        json.beginArray()
        for scope in token.scopes.sorted() { json.string(scope) }
        json.endArray()
        json.endObject()
    }

    private static func writeKept(_ source: ChangeSource, to json: inout JSONWriter) {
        json.beginObject()
        json.key("type")
        json.string(source.type)
        json.key("id")
        json.string(source.id)
        if let label = source.label {
            json.key("label")
            json.string(label)
        }
        if let userID = source.userID {
            json.key("userId")
            json.number(userID)
        }
        json.endObject()
    }

    private static func writeKept(
        _ group: (name: String, label: String),
        _ type: ObjectType,
        to json: inout JSONWriter
    ) {
        json.beginObject()
        json.key("object")
        json.string(type.rawValue)
        json.key("name")
        json.string(group.name)
        json.key("label")
        json.string(group.label)
        json.endObject()
    }

    private static func writeKept(_ definition: PropertyDefinition, _ type: ObjectType, to json: inout JSONWriter) {
        json.beginObject()
        json.key("object")
        json.string(type.rawValue)
        json.key("created")
        json.number(definition.createdAt)
        json.key("definition")
        definition.write(to: &json)
        json.endObject()
    }
}
