/// The batch endpoints of associations.
extension AccountState {
    /// Answers `POST …/associations/{from}/{to}/batch/…`.
    mutating func associationBatch(
        _ from: ObjectType,
        _ to: ObjectType,
        _ operation: Route.AssociationOperation,
        _ call: Call
    ) throws -> Answer {
        let body = try call.object()
        switch operation {
        case .read: return try self.readAssociations(from, to, self.inputs(body, limit: 1_000), call)
        case .create: return try self.createAssociations(from, to, self.inputs(body, limit: 2_000), call)
        case .associateDefault: return try self.createDefaults(from, to, self.inputs(body, limit: 2_000), call)
        case .archive: return try self.archiveAssociations(from, to, self.inputs(body, limit: 2_000), call)
        case .archiveLabels: return try self.archiveLabels(from, to, self.inputs(body, limit: 2_000), call)
        }
    }

    /// Up to 1,000 records; one without associations, or that is not there, is left out with an error (207).
    private func readAssociations(
        _ from: ObjectType,
        _ to: ObjectType,
        _ inputs: [JSONNode],
        _ call: Call
    ) throws -> Answer {
        var errors: [(error: APIError, traceIDs: [[UInt8]])] = []
        var json = self.beganBatch(capacity: inputs.count * 120)
        let none = "No \(to.singular) is associated with \(from.singular) "
        for input in inputs {
            let id = try Self.text(input["id"], "id")
            let found = try self.row(from, id, idProperty: nil).map { self[from].rows[$0].id }
            let links = found.map { self.associations.links(from: from, $0, to: to) } ?? []
            guard let found, !links.isEmpty else {
                errors.append((Self.noAssociations(none, id), []))
                continue
            }
            json.beginObject()
            json.key("from")
            Self.writeReference(found, to: &json)
            json.key("to")
            let after = input["after"]?.integer ?? 0
            let next = self.writeTargets(links, from, to, after: after, limit: 500, call, to: &json)
            if let next {
                json.key("paging")
                json.raw(Array("{\"next\":{\"after\":\"\(next)\"}}".utf8))
            }
            json.endObject()
        }
        return self.endedBatch(&json, errors: errors, status: 200)
    }

    private static func noAssociations(_ message: String, _ id: [UInt8]) -> APIError {
        let id = String(decoding: id, as: UTF8.self)
        return APIError(
            status: 404,
            category: "OBJECT_NOT_FOUND",
            message: message + id + ".",
            context: [("fromObjectId", [id])]
        )
    }

    private mutating func createAssociations(
        _ from: ObjectType,
        _ to: ObjectType,
        _ inputs: [JSONNode],
        _ call: Call
    ) throws -> Answer {
        var errors: [(error: APIError, traceIDs: [[UInt8]])] = []
        var json = self.beganBatch(capacity: inputs.count * 140)
        for input in inputs {
            guard let specs = input["types"] else { throw APIError.wrongShape("types is required") }
            let types = try self.types(specs, from: from, to: to)
            do {
                let (fromID, toID) = try self.ends(input, from, to)
                for type in types { self.associate(type, from: fromID, to: toID, source: self.source(of: call.token)) }
                self.stats.associationChanges += 1
                self.writePair(from, fromID, to, toID, types, call, to: &json)
            } catch let error as APIError {
                guard error.category == "OBJECT_NOT_FOUND" else { throw error }
                errors.append((error, []))
            }
        }
        // The dated specification documents 200 where version 4 has 201.
        return self.endedBatch(&json, errors: errors, status: call.route.version == .v4 ? 201 : 200)
    }

    private mutating func createDefaults(
        _ from: ObjectType,
        _ to: ObjectType,
        _ inputs: [JSONNode],
        _ call: Call
    ) throws -> Answer {
        guard let type = AssociationType.unlabelled(from: from, to: to) else {
            throw APIError.validation("No default association between \(from.typeID) and \(to.typeID)")
        }
        var errors: [(error: APIError, traceIDs: [[UInt8]])] = []
        var json = self.beganBatch(capacity: inputs.count * 260)
        for input in inputs {
            do {
                let (fromID, toID) = try self.ends(input, from, to)
                self.associate(type, from: fromID, to: toID, source: self.source(of: call.token))
                self.stats.associationChanges += 1
                self.writeDefault(type, fromID, toID, to: &json)
            } catch let error as APIError {
                guard error.category == "OBJECT_NOT_FOUND" else { throw error }
                errors.append((error, []))
            }
        }
        return self.endedBatch(&json, errors: errors, status: 200)
    }

    private mutating func archiveAssociations(
        _ from: ObjectType,
        _ to: ObjectType,
        _ inputs: [JSONNode],
        _ call: Call
    ) throws -> Answer {
        for input in inputs {
            let id = try Self.text(input["from"]?["id"], "from.id")
            guard let others = input["to"]?.elements else { throw APIError.wrongShape("to must be an array") }
            for other in others {
                let otherID = try Self.text(other["id"], "to.id")
                guard let fromID = try? self.liveID(from, id), let toID = try? self.liveID(to, otherID) else {
                    continue
                }
                let isGone = self.dissociate(from, fromID, to, toID, source: self.source(of: call.token))
                if isGone { self.stats.associationChanges += 1 }
            }
        }
        return self.archivedAnswer(call)
    }

    private mutating func archiveLabels(
        _ from: ObjectType,
        _ to: ObjectType,
        _ inputs: [JSONNode],
        _ call: Call
    ) throws -> Answer {
        for input in inputs {
            guard let specs = input["types"] else { throw APIError.wrongShape("types is required") }
            let types = try self.types(specs, from: from, to: to)
            guard let (fromID, toID) = try? self.ends(input, from, to) else { continue }
            for type in types where self.associations.remove(type, from: fromID, to: toID) {
                self.stats.associationChanges += 1
            }
            self.noteAssociation(from, fromID, to, toID)
        }
        return self.archivedAnswer(call)
    }

    /// Version 4 answers 204; the dated ones an empty batch with 200.
    private func archivedAnswer(_ call: Call) -> Answer {
        guard call.route.version != .v4 else { return .empty }
        var json = self.beganBatch(capacity: 128)
        return self.endedBatch(&json, errors: [], status: 200)
    }

    private func ends(_ input: JSONNode, _ from: ObjectType, _ to: ObjectType) throws -> (Int64, Int64) {
        let fromID = try Self.text(input["from"]?["id"], "from.id")
        let toID = try Self.text(input["to"]?["id"], "to.id")
        return (try self.liveID(from, fromID), try self.liveID(to, toID))
    }

    private func beganBatch(capacity: Int) -> JSONWriter {
        var json = JSONWriter(capacity: capacity + 256)
        json.beginObject()
        json.key("status")
        json.string("COMPLETE")
        json.key("results")
        json.beginArray()
        return json
    }

    private func endedBatch(
        _ json: inout JSONWriter,
        errors: [(error: APIError, traceIDs: [[UInt8]])],
        status: Int
    ) -> Answer {
        json.endArray()
        if !errors.isEmpty { self.writeErrors(errors, to: &json) }
        self.endBatch(&json)
        return Answer(status: errors.isEmpty ? status : 207, body: json.bytes)
    }
}
