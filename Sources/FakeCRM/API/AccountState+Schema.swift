/// The properties API: what the account's records look like.
extension AccountState {
    /// Answers a request about properties or their groups.
    mutating func handleSchema(_ call: Call) throws -> Answer {
        switch call.route.action {
        case .listProperties(let type): return try self.listProperties(type, archived: call.flag("archived"))
        case .readProperty(let type, let name):
            let number = try self.property(type, name, archived: call.flag("archived"))
            return Answer(status: 200, body: Self.document(self[type].properties[number]))
        case .createProperty(let type): return try self.createProperty(type, call.object())
        case .updateProperty(let type, let name): return try self.updateProperty(type, name, call.object())
        case .archiveProperty(let type, let name): return try self.archiveProperty(type, name)
        case .listPropertyGroups(let type): return self.listPropertyGroups(type)
        case .createPropertyGroup(let type): return try self.createPropertyGroup(type, call.object())
        default: throw APIError.notFound
        }
    }

    private func property(_ type: ObjectType, _ name: [UInt8], archived: Bool = false) throws -> Int {
        guard let number = self[type].properties.numberEvenArchived(of: name),
            self[type].properties[number].isArchived == archived
        else { throw APIError.notFound }
        return number
    }

    private func listProperties(_ type: ObjectType, archived: Bool) -> Answer {
        var json = JSONWriter(capacity: 16_384)
        json.beginObject()
        json.key("results")
        json.beginArray()
        for definition in self[type].properties.definitions where definition.isArchived == archived {
            json.raw(Self.document(definition))
        }
        json.endArray()
        json.endObject()
        return Answer(status: 200, body: json.bytes)
    }

    private mutating func createProperty(_ type: ObjectType, _ body: JSONNode) throws -> Answer {
        var definition = try PropertyDefinition(request: body)
        let name = Array(definition.name.utf8)
        if self[type].properties.number(of: name) != nil {
            throw APIError(
                status: 409,
                category: "OBJECT_ALREADY_EXISTS",
                message: "A property named '\(definition.name)' already exists."
            )
        }
        guard self.groupNames(type).contains(where: { $0.name == definition.groupName }) else {
            throw APIError.validation("Property group '\(definition.groupName)' does not exist")
        }
        // The product's own unique properties do not count towards its limit of ten.
        let unique = self[type].properties.uniqueNumbers.count { !self[type].properties[$0].isHubSpotDefined }
        guard !definition.isUnique || unique < 10 else {
            throw APIError.validation("You can have at most 10 unique properties per object type")
        }
        definition.createdAt = self.stamp()
        self[type].properties.add(definition)
        if definition.isUnique { self[type].reindexUniqueValues() }
        return Answer(status: 201, body: Self.document(definition))
    }

    private mutating func updateProperty(_ type: ObjectType, _ name: [UInt8], _ body: JSONNode) throws -> Answer {
        let number = try self.property(type, name)
        var definition = self[type].properties[number]
        guard !definition.isHubSpotDefined else {
            throw APIError.validation("Property \(definition.name) is defined by HubSpot and cannot be changed")
        }
        if let label = body["label"]?.scalarText { definition.label = readable(label) }
        if let details = body["description"]?.scalarText { definition.details = readable(details) }
        if body["options"] != nil { definition.options = try PropertyDefinition.options(body["options"]) }
        self[type].properties[number] = definition
        return Answer(status: 200, body: Self.document(definition))
    }

    private mutating func archiveProperty(_ type: ObjectType, _ name: [UInt8]) throws -> Answer {
        let number = try self.property(type, name)
        guard !self[type].properties[number].isHubSpotDefined else {
            throw APIError.validation("Property \(readable(name)) is defined by HubSpot and cannot be archived")
        }
        self[type].properties[number].isArchived = true
        return .empty
    }

    /// The property groups of a type, the standard one first.
    func groupNames(_ type: ObjectType) -> [(name: String, label: String)] {
        let standard = [
            (PropertyCatalog.group(of: type), "\(type.loudName.prefix(1))\(type.singular.dropFirst()) information")
        ]
        let analytics = type == .contacts ? [("analyticsinformation", "Web analytics history")] : []
        return standard + analytics + (self.propertyGroups[type] ?? [])
    }

    private func listPropertyGroups(_ type: ObjectType) -> Answer {
        var json = JSONWriter()
        json.beginObject()
        json.key("results")
        json.beginArray()
        for (order, group) in self.groupNames(type).enumerated() { json.raw(Self.document(group, order)) }
        json.endArray()
        json.endObject()
        return Answer(status: 200, body: json.bytes)
    }

    private mutating func createPropertyGroup(_ type: ObjectType, _ body: JSONNode) throws -> Answer {
        let name = try readable(Self.text(body["name"], "name"))
        let label = try readable(Self.text(body["label"], "label"))
        guard !self.groupNames(type).contains(where: { $0.name == name }) else {
            throw APIError(
                status: 409,
                category: "OBJECT_ALREADY_EXISTS",
                message: "A group named '\(name)' already exists."
            )
        }
        self.propertyGroups[type, default: []].append((name, label))
        return Answer(status: 201, body: Self.document((name, label), self.groupNames(type).count - 1))
    }

    private static func document(_ group: (name: String, label: String), _ order: Int) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("name")
        json.string(group.name)
        json.key("label")
        json.string(group.label)
        json.key("displayOrder")
        json.number(order)
        json.key("archived")
        json.bool(false)
        json.endObject()
        return json.bytes
    }

    private static func document(_ definition: PropertyDefinition) -> [UInt8] {
        var json = JSONWriter()
        definition.write(to: &json)
        return json.bytes
    }
}
