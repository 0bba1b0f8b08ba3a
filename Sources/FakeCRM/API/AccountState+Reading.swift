extension AccountState {
    /// `GET /crm/v3/objects/{type}`: by id, 10 at a time unless asked otherwise, at most 100.
    mutating func list(_ type: ObjectType, _ call: Call) throws -> Answer {
        let histories = call.query.list("propertiesWithHistory")
        // The product takes 50 records at most when histories are asked for.
        let asked = try call.number("limit", default: 10, in: 1...(histories.isEmpty ? 100 : 50))
        let limit = min(asked, self.habits.largestPage ?? asked)
        let wantsArchived = try call.flag("archived")
        var (plan, renderer) = self.plan(type, requested: Self.requested(call), histories: histories)
        plan.associations = try Self.associations(call)
        let start = try call.query.value("after").map { try Self.cursor($0) } ?? 0
        let table = self[type]
        let (records, next) =
            wantsArchived
            ? Self.archivedPage(of: table, from: start, limit: limit)
            : Self.livePage(of: table, from: start, limit: limit)
        var json = JSONWriter(capacity: records.count * (200 + plan.properties.count * 40) + 256)
        json.beginObject()
        json.key("results")
        json.beginArray()
        for record in records {
            json.beginObject()
            self.write(record, of: type, plan: plan, with: &renderer, to: &json)
            json.endObject()
        }
        json.endArray()
        if let next { self.writePaging(after: String(next), call, to: &json) }
        json.endObject()
        return Answer(status: 200, body: json.bytes)
    }

    /// `GET /crm/v3/objects/{type}/{id}`.
    func read(_ type: ObjectType, _ id: [UInt8], _ call: Call) throws -> Answer {
        let wantsArchived = try call.flag("archived")
        let histories = call.query.list("propertiesWithHistory")
        var plan = ReadPlan(self[type], requested: Self.requested(call), histories: histories)
        plan.associations = try Self.associations(call)
        let row = try self.row(type, id, idProperty: call.query.value("idProperty"), archived: wantsArchived)
        guard let row else { throw APIError.notFound }
        return Answer(status: 200, body: self.document(self[type].rows[row], of: type, plan: plan))
    }

    /// The row that an id or a unique value names; nil when no live (or, if wanted, archived) record has it.
    ///
    /// Throws 400 when the property that is to identify the record is not unique.
    func row(_ type: ObjectType, _ id: [UInt8], idProperty: [UInt8]?, archived: Bool = false) throws -> Int? {
        let found: Int64?
        if let idProperty, !idProperty.elementsEqual("hs_object_id".utf8) {
            let property = try self.uniqueProperty(idProperty, of: type)
            found = self[type].holder(of: self.lookupForm(id, of: property, type), property: property)
        } else {
            found = wholeNumber(id)
        }
        guard let found else { return nil }
        let survivor = self.habits.mergedIDsLeadOn ? self[type].survivor(of: found) : found
        guard let row = self[type].row(of: survivor) else { return nil }
        return self[type].rows[row].state == (archived ? .archived : .live) ? row : nil
    }

    /// The number of a property that identifies records; throws 400 when the property is unknown or not unique.
    func uniqueProperty(_ name: [UInt8], of type: ObjectType) throws -> Int {
        guard let number = self[type].properties.number(of: name) else {
            throw APIError.validation("Property \"\(readable(name))\" does not exist")
        }
        guard self[type].properties[number].isUnique else {
            throw APIError.validation(
                "Unable to perform update/upsert by non-unique \(type.typeID) property \(readable(name))"
            )
        }
        return number
    }

    /// A value in the form that it would be stored in, so that a lookup finds `Ada@Example.com`.
    func lookupForm(_ text: [UInt8], of property: Int, _ type: ObjectType) -> [UInt8] {
        let isEmail = type == .contacts && self[type].properties[property].name == "email"
        let cut = self.habits.trimsText ? Array(trimmed(text)) : text
        return isEmail && self.habits.lowercasesEmail ? lowercased(cut) : cut
    }

    /// The properties that a request names; nil when it names none.
    private static func requested(_ call: Call) -> [[UInt8]]? {
        let asked = call.query.list("properties")
        return asked.isEmpty ? nil : asked
    }

    /// The types of the associations that a request asks for.
    private static func associations(_ call: Call) throws -> [ObjectType] {
        try call.query.list("associations").map { name in
            guard let other = ObjectType(path: readable(name)) else {
                throw APIError.validation("Unable to infer object type from: \(readable(name))")
            }
            return other
        }
    }

    private static func cursor(_ text: [UInt8]) throws -> Int64 {
        guard let cursor = wholeNumber(text), cursor >= 0 else {
            throw APIError.validation("Invalid paging cursor: \(readable(text))")
        }
        return cursor
    }

    private static func livePage(of table: ObjectTable, from start: Int64, limit: Int) -> ([Record], Int64?) {
        var records: [Record] = []
        records.reserveCapacity(limit)
        var row = table.firstRow(from: start)
        while row < table.rows.count {
            if table.rows[row].isLive {
                if records.count == limit { return (records, table.rows[row].id) }
                records.append(table.rows[row])
            }
            row += 1
        }
        return (records, nil)
    }

    private static func archivedPage(of table: ObjectTable, from start: Int64, limit: Int) -> ([Record], Int64?) {
        let ids = table.archivedIDs.filter { $0 >= start }
        let records = ids.prefix(limit).compactMap { id in table.row(of: id).map { table.rows[$0] } }
        return (records, ids.count > limit ? ids[limit] : nil)
    }
}
