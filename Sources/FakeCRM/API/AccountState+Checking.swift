/// Checks of writes; nothing here changes a record.
extension AccountState {
    /// Checks a create and takes an id for it, as the product does even for one that it refuses later.
    mutating func prepareCreate(
        _ type: ObjectType,
        _ input: JSONNode,
        version: APIVersion,
        claims: inout ClaimedValues
    ) throws -> PreparedWrite {
        let id = self[type].takeID()
        let values = try self.checkedValues(type, input["properties"], of: nil)
        let missing = type.requiredProperties.filter { name in
            guard let number = self[type].properties.number(of: name) else { return false }
            return !values.contains { $0.property == number && !$0.text.isEmpty }
        }
        guard missing.isEmpty else {
            throw APIError.validation(
                "Error creating \(type.loudName). Some required properties were not set.",
                context: [("properties", missing)]
            )
        }
        try self.checkStage(type, values, of: nil)
        try self.checkRequirements(type, values, of: nil, version: version)
        try self.checkUnique(type, values, id: id, claims: &claims)
        let associations = try self.checkedAssociations(type, input["associations"])
        return PreparedWrite(id: id, isNew: true, values: values, associations: associations)
    }

    /// Checks an update of the record in a row.
    mutating func prepareUpdate(
        _ type: ObjectType,
        row: Int,
        _ input: JSONNode,
        version: APIVersion,
        claims: inout ClaimedValues
    ) throws -> PreparedWrite {
        let record = self[type].rows[row]
        var values = try self.checkedValues(type, input["properties"], of: record)
        try self.applyStageRule(type, &values, of: record)
        try self.checkStage(type, values, of: record)
        try self.checkRequirements(type, values, of: record, version: version)
        try self.checkUnique(type, values, id: record.id, claims: &claims)
        return PreparedWrite(id: record.id, isNew: false, values: values)
    }

    /// The values of a write in the form in which they are kept; throws 400 with every problem that there is.
    private func checkedValues(
        _ type: ObjectType,
        _ node: JSONNode?,
        of record: Record?
    ) throws -> [(property: Int, text: [UInt8])] {
        guard let members = node?.members else { throw APIError.wrongShape("properties must be an object") }
        let rules = ValueRules(habits: self.habits, owners: self.options.owners)
        var values: [(property: Int, text: [UInt8])] = []
        var problems: [ValueProblem] = []
        for member in members {
            guard let text = member.value.scalarText else {
                throw APIError.wrongShape("the value of \(readable(member.name)) is not a string")
            }
            do throws(ValueProblem) {
                let property = try self.writableProperty(member.name, of: type)
                let definition = self[type].properties[property]
                let kept = try rules.keptForm(of: text, for: definition, current: record?.values[property])
                values.removeAll { $0.property == property }
                values.append((property, kept))
            } catch {
                problems.append(error)
            }
        }
        guard problems.isEmpty else { throw APIError.invalidValues(problems, portalID: self.options.portalID) }
        return values
    }

    private func writableProperty(_ name: [UInt8], of type: ObjectType) throws(ValueProblem) -> Int {
        guard let number = self[type].properties.number(of: name) else {
            let message = "Property \"\(readable(name))\" does not exist"
            throw ValueProblem(property: readable(name), code: "PROPERTY_DOESNT_EXIST", message: message)
        }
        guard !self[type].properties[number].isReadOnly else {
            let message = "\"\(readable(name))\" is a read only property; its value cannot be set."
            throw ValueProblem(property: readable(name), code: "READ_ONLY_VALUE", message: message)
        }
        return number
    }

    /// Refuses values of unique properties that another record has, or another input of the batch.
    private func checkUnique(
        _ type: ObjectType,
        _ values: [(property: Int, text: [UInt8])],
        id: Int64,
        claims: inout ClaimedValues
    ) throws {
        let email = self[type].properties.number(of: "email")
        for value in values where !value.text.isEmpty && self[type].properties[value.property].isUnique {
            if type == .contacts, value.property == email, self.erasedEmails.contains(value.text) {
                let message = "\(readable(value.text)) email has been GDPR blacklisted"
                let problem = ValueProblem(property: "email", code: "INVALID_EMAIL", message: message)
                throw APIError.invalidValues([problem], portalID: self.options.portalID)
            }
            let other =
                self[type].holder(of: value.text, property: value.property)
                ?? claims.holder(of: value.text, property: value.property)
            if let other, other != id { throw self.conflict(type, value.property, value.text, on: id, with: other) }
        }
        for value in values where !value.text.isEmpty && self[type].properties[value.property].isUnique {
            claims.claim(value.text, property: value.property, for: id)
        }
    }

    private func conflict(
        _ type: ObjectType,
        _ property: Int,
        _ text: [UInt8],
        on id: Int64,
        with other: Int64
    ) -> APIError {
        let name = self[type].properties[property].name
        if type == .contacts, name == "email" { return .contactExists(other) }
        return .validation(
            "Cannot set PropertyValueCoordinates{portalId=\(self.options.portalID), "
                + "objectTypeId=ObjectTypeId{legacyObjectType=\(type.loudName)}, propertyName=\(name), "
                + "value=\(readable(text))} on \(id). \(other) already has that value."
        )
    }

    /// What a write leaves in a property.
    private func resulting(
        _ name: String,
        _ type: ObjectType,
        _ values: [(property: Int, text: [UInt8])],
        of record: Record?
    ) -> [UInt8] {
        guard let number = self[type].properties.number(of: name) else { return [] }
        return values.last { $0.property == number }?.text ?? record?.values[number] ?? []
    }

    /// Refuses a deal stage that its pipeline does not have.
    private func checkStage(
        _ type: ObjectType,
        _ values: [(property: Int, text: [UInt8])],
        of record: Record?
    ) throws {
        guard type == .deals else { return }
        let written = Set(values.map { self[.deals].properties[$0.property].name })
        guard written.contains("pipeline") || written.contains("dealstage") else { return }
        let pipelineID = self.resulting("pipeline", type, values, of: record)
        let stageID = self.resulting("dealstage", type, values, of: record)
        guard let pipeline = self.pipelines.first(where: { pipelineID.elementsEqual($0.id.utf8) }) else {
            let message = "Pipeline ID \(readable(pipelineID)) is not valid"
            let problem = ValueProblem(property: "pipeline", code: "INVALID_PIPELINE_ID", message: message)
            throw APIError.invalidValues([problem], portalID: self.options.portalID)
        }
        guard pipeline.stages.contains(where: { stageID.elementsEqual($0.id.utf8) }) else {
            let allowed = pipeline.stages.map(\.id).joined(separator: ", ")
            let message = "\(readable(stageID)) was not one of the allowed options: [\(allowed)]"
            let problem = ValueProblem(property: "dealstage", code: "INVALID_PIPELINE_STAGE_ID", message: message)
            throw APIError.invalidValues([problem], portalID: self.options.portalID)
        }
    }

    /// What happens to a lifecycle stage that would go backward.
    private func applyStageRule(
        _ type: ObjectType,
        _ values: inout [(property: Int, text: [UInt8])],
        of record: Record
    ) throws {
        guard let property = self[type].properties.number(of: "lifecyclestage"), self.habits.backwardStage != .accept,
            let position = values.firstIndex(where: { $0.property == property })
        else { return }
        let order = self[type].properties[property].options.map { Array($0.value.utf8) }
        guard let old = record.values[property].flatMap({ order.firstIndex(of: $0) }),
            let new = order.firstIndex(of: values[position].text), new < old
        else { return }
        if self.habits.backwardStage == .ignore {
            values.remove(at: position)
            return
        }
        let message = "lifecyclestage cannot be moved backward from \(readable(order[old])) to \(readable(order[new]))"
        let problem = ValueProblem(property: "lifecyclestage", code: "INVALID_LIFECYCLE_STAGE", message: message)
        throw APIError.invalidValues([problem], portalID: self.options.portalID)
    }

    /// Refuses a write that leaves a property blank which an administrator has made required.
    private func checkRequirements(
        _ type: ObjectType,
        _ values: [(property: Int, text: [UInt8])],
        of record: Record?,
        version: APIVersion
    ) throws {
        guard version.enforcesRequirements else { return }
        for rule in self.options.requirements where rule.type == type {
            guard self.resulting(rule.when, type, values, of: record).elementsEqual(rule.equals.utf8) else { continue }
            if self.resulting(rule.required, type, values, of: record).isEmpty {
                throw APIError.validation(
                    "\(rule.required) is required when \(rule.when) is \(rule.equals)",
                    context: [("properties", [rule.required])]
                )
            }
        }
    }
}
