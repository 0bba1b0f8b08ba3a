/// The associations API, version 4 and the dated ones, record by record.
extension AccountState {
    /// Answers a request about associations.
    mutating func handleAssociations(_ call: Call) throws -> Answer {
        switch call.route.action {
        case .listAssociations(let ends): return try self.listAssociations(ends, call)
        case .putAssociation(let ends, let to): return try self.putAssociation(ends, to, call)
        case .putDefaultAssociation(let ends, let to): return try self.putDefaultAssociation(ends, to)
        case .deleteAssociation(let ends, let to): return try self.deleteAssociation(ends, to)
        case .associationBatch(let from, let to, let operation):
            return try self.associationBatch(from, to, operation, call)
        case .listAssociationLabels(let from, let to): return self.listAssociationLabels(from, to)
        default: throw APIError.notFound
        }
    }

    /// The id of a live record, merged ids followed; throws 404 when there is none.
    func liveID(_ type: ObjectType, _ id: [UInt8]) throws -> Int64 {
        guard let row = try self.row(type, id, idProperty: nil) else { throw Self.missing(type, [id]) }
        return self[type].rows[row].id
    }

    private func listAssociations(_ ends: Route.AssociationEnds, _ call: Call) throws -> Answer {
        let limit = try call.number("limit", default: 500, in: 1...500)
        let after = call.query.value("after").flatMap { wholeNumber($0) } ?? 0
        let id = try self.liveID(ends.from, ends.id)
        let links = self.associations.links(from: ends.from, id, to: ends.to)
        var json = JSONWriter()
        json.beginObject()
        json.key("results")
        if call.route.version == .v3 {
            json.beginArray()
            for link in links where link.to >= after {
                json.beginObject()
                json.key("id")
                json.stringOf(link.to)
                json.key("type")
                json.string(AssociationType.named(link.type, from: ends.from, to: ends.to)?.name ?? "")
                json.endObject()
            }
            json.endArray()
        } else {
            let next = self.writeTargets(links, ends.from, ends.to, after: after, limit: limit, call, to: &json)
            if let next { self.writePaging(after: String(next), call, to: &json) }
        }
        json.endObject()
        return Answer(status: 200, body: json.bytes)
    }

    /// Writes a page of associated records with their types; returns the id that the next page starts with.
    func writeTargets(
        _ links: [AssociationTable.Link],
        _ from: ObjectType,
        _ to: ObjectType,
        after: Int64,
        limit: Int,
        _ call: Call,
        to json: inout JSONWriter
    ) -> Int64? {
        var ids: [Int64] = []
        for link in links where link.to >= after && ids.last != link.to { ids.append(link.to) }
        json.beginArray()
        for id in ids.prefix(limit) {
            json.beginObject()
            json.key("toObjectId")
            self.writeID(id, call, to: &json)
            json.key("associationTypes")
            json.beginArray()
            for link in links where link.to == id {
                json.beginObject()
                json.key("category")
                json.string("HUBSPOT_DEFINED")
                json.key("typeId")
                json.number(link.type)
                json.key("label")
                if let label = AssociationType.named(link.type, from: from, to: to)?.label {
                    json.string(label)
                } else {
                    json.null()
                }
                json.endObject()
            }
            json.endArray()
            json.endObject()
        }
        json.endArray()
        return ids.count > limit ? ids[limit] : nil
    }

    private func writeID(_ id: Int64, _ call: Call, to json: inout JSONWriter) {
        if self.habits.numericAssociationIDs, call.route.version.mayHaveNumericIDs {
            json.number(id)
        } else {
            json.stringOf(id)
        }
    }

    private mutating func putAssociation(
        _ ends: Route.AssociationEnds,
        _ to: [UInt8],
        _ call: Call
    ) throws -> Answer {
        let types = try self.types(call.json(), from: ends.from, to: ends.to)
        let (fromID, toID) = (try self.liveID(ends.from, ends.id), try self.liveID(ends.to, to))
        for type in types { self.associate(type, from: fromID, to: toID) }
        self.stats.associationChanges += 1
        var json = JSONWriter()
        self.writePair(ends.from, fromID, ends.to, toID, types, call, to: &json)
        return Answer(status: 201, body: json.bytes)
    }

    /// Writes two associated records and the labels between them.
    func writePair(
        _ from: ObjectType,
        _ fromID: Int64,
        _ to: ObjectType,
        _ toID: Int64,
        _ types: [AssociationType],
        _ call: Call,
        to json: inout JSONWriter
    ) {
        json.beginObject()
        json.key("fromObjectTypeId")
        json.string(from.typeID)
        json.key("fromObjectId")
        self.writeID(fromID, call, to: &json)
        json.key("toObjectTypeId")
        json.string(to.typeID)
        json.key("toObjectId")
        self.writeID(toID, call, to: &json)
        json.key("labels")
        json.beginArray()
        for label in types.compactMap(\.label) { json.string(label) }
        json.endArray()
        json.endObject()
    }

    private mutating func putDefaultAssociation(_ ends: Route.AssociationEnds, _ to: [UInt8]) throws -> Answer {
        guard let type = AssociationType.unlabelled(from: ends.from, to: ends.to) else {
            throw APIError.validation("No default association between \(ends.from.typeID) and \(ends.to.typeID)")
        }
        let (fromID, toID) = (try self.liveID(ends.from, ends.id), try self.liveID(ends.to, to))
        self.associate(type, from: fromID, to: toID)
        self.stats.associationChanges += 1
        var json = JSONWriter()
        json.beginObject()
        json.key("status")
        json.string("COMPLETE")
        json.key("results")
        json.beginArray()
        self.writeDefault(type, fromID, toID, to: &json)
        json.endArray()
        self.endBatch(&json)
        return Answer(status: 200, body: json.bytes)
    }

    /// Writes a default association in both directions.
    func writeDefault(_ type: AssociationType, _ from: Int64, _ to: Int64, to json: inout JSONWriter) {
        for (start, end, number) in [(from, to, type.id), (to, from, type.inverse)] {
            json.beginObject()
            json.key("from")
            Self.writeReference(start, to: &json)
            json.key("to")
            Self.writeReference(end, to: &json)
            json.key("associationSpec")
            json.beginObject()
            json.key("associationCategory")
            json.string("HUBSPOT_DEFINED")
            json.key("associationTypeId")
            json.number(number)
            json.endObject()
            json.endObject()
        }
    }

    /// Writes `{"id": "…"}`.
    static func writeReference(_ id: Int64, to json: inout JSONWriter) {
        json.beginObject()
        json.key("id")
        json.stringOf(id)
        json.endObject()
    }

    private mutating func deleteAssociation(_ ends: Route.AssociationEnds, _ to: [UInt8]) throws -> Answer {
        let (fromID, toID) = (try self.liveID(ends.from, ends.id), try self.liveID(ends.to, to))
        if self.dissociate(ends.from, fromID, ends.to, toID) { self.stats.associationChanges += 1 }
        return .empty
    }

    private func listAssociationLabels(_ from: ObjectType, _ to: ObjectType) -> Answer {
        var json = JSONWriter()
        json.beginObject()
        json.key("results")
        json.beginArray()
        for type in AssociationType.all where type.from == from && type.to == to {
            json.beginObject()
            json.key("category")
            json.string("HUBSPOT_DEFINED")
            json.key("typeId")
            json.number(type.id)
            json.key("label")
            if let label = type.label { json.string(label) } else { json.null() }
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return Answer(status: 200, body: json.bytes)
    }
}
