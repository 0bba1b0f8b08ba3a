extension PropertyDefinition {
    /// Which field types show a property of a type, from the product's property guide.
    private static let fieldTypes: [(ValueType, [String])] = [
        (.string, ["text", "textarea", "phonenumber", "html", "file"]),
        (.number, ["number", "calculation_equation"]), (.date, ["date"]), (.datetime, ["date"]),
        (.enumeration, ["select", "radio", "checkbox", "booleancheckbox"]), (.bool, ["booleancheckbox"]),
        (.phoneNumber, ["phonenumber"]),
    ]

    /// Reads the body of a request that creates a property; throws 400 for what the product refuses.
    init(request body: JSONNode) throws {
        let required = ["name", "label", "type", "fieldType", "groupName"]
        let missing = required.filter { body[$0]?.scalarText?.isEmpty ?? true }
        guard missing.isEmpty else {
            throw APIError.wrongShape("some required fields were not set: [\(missing.joined(separator: ", "))]")
        }
        let text = { (name: String) in body[name]?.scalarText.map { readable($0) } ?? "" }
        let name = text("name")
        guard Self.isName(name) else {
            throw APIError.validation(
                "Property name '\(name)' must start with a letter and hold only lower-case letters, digits and _"
            )
        }
        guard let type = ValueType(rawValue: text("type")) else {
            throw APIError.wrongShape("\(text("type")) is not a known property type")
        }
        let fitting = Self.fieldTypes.first { $0.0 == type }?.1 ?? []
        guard fitting.contains(text("fieldType")) else {
            throw APIError.validation("fieldType \(text("fieldType")) does not fit type \(type.rawValue)")
        }
        self.init(
            name: name,
            label: text("label"),
            type: type,
            fieldType: text("fieldType"),
            groupName: text("groupName")
        )
        self.isHubSpotDefined = false
        self.isUnique = body["hasUniqueValue"]?.boolean ?? false
        self.details = text("description")
        self.options = try Self.options(body["options"])
        guard !self.isUnique || type == .string || type == .number else {
            throw APIError.validation("Only string and number properties can have unique values")
        }
        guard type != .enumeration || !self.options.isEmpty else {
            throw APIError.validation("An enumeration needs options")
        }
    }

    /// The options of a request; throws 400 when one lacks its label or value.
    static func options(_ node: JSONNode?) throws -> [PropertyOption] {
        try (node?.elements ?? []).map { option in
            PropertyOption(
                value: readable(try AccountState.text(option["value"], "options.value")),
                label: readable(try AccountState.text(option["label"], "options.label")),
                isHidden: option["hidden"]?.boolean ?? false
            )
        }
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, UInt8(ascii: "a")...UInt8(ascii: "z") ~= first else { return false }
        let isAllowed = { (byte: UInt8) in
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                || byte == UInt8(ascii: "_")
        }
        return name.utf8.count <= 100 && name.utf8.allSatisfy(isAllowed)
    }

    /// Writes the definition as the properties API gives it.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("name")
        json.string(self.name)
        json.key("label")
        json.string(self.label)
        json.key("type")
        json.string(self.type.rawValue)
        json.key("fieldType")
        json.string(self.fieldType)
        json.key("description")
        json.string(self.details)
        json.key("groupName")
        json.string(self.groupName)
        json.key("options")
        json.beginArray()
        for (order, option) in self.options.enumerated() { Self.write(option, order, to: &json) }
        json.endArray()
        if let referenced = self.referencedObjectType {
            json.key("referencedObjectType")
            json.string(referenced)
        }
        json.key("displayOrder")
        json.number(-1)
        self.writeFlags(to: &json)
        json.endObject()
    }

    private static func write(_ option: PropertyOption, _ order: Int, to json: inout JSONWriter) {
        json.beginObject()
        json.key("label")
        json.string(option.label)
        json.key("value")
        json.string(option.value)
        json.key("displayOrder")
        json.number(order)
        json.key("hidden")
        json.bool(option.isHidden)
        json.endObject()
    }

    private func writeFlags(to json: inout JSONWriter) {
        json.key("calculated")
        json.bool(self.isCalculated)
        json.key("externalOptions")
        json.bool(self.hasExternalOptions)
        json.key("archived")
        json.bool(self.isArchived)
        json.key("hasUniqueValue")
        json.bool(self.isUnique)
        json.key("hidden")
        json.bool(false)
        json.key("hubspotDefined")
        json.bool(self.isHubSpotDefined)
        json.key("formField")
        json.bool(!self.isReadOnly)
        json.key("dataSensitivity")
        json.string("non_sensitive")
        json.key("createdAt")
        json.time(self.createdAt)
        json.key("updatedAt")
        json.time(self.createdAt)
        json.key("modificationMetadata")
        json.beginObject()
        json.key("archivable")
        json.bool(!self.isHubSpotDefined)
        json.key("readOnlyDefinition")
        json.bool(self.isHubSpotDefined)
        json.key("readOnlyOptions")
        json.bool(self.isHubSpotDefined && self.type != .enumeration)
        json.key("readOnlyValue")
        json.bool(self.isReadOnly)
        json.endObject()
    }
}
