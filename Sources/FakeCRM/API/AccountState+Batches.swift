/// The batch endpoints of records.
extension AccountState {
    /// The inputs of a batch; throws 400 when there are none or more than the product takes.
    func inputs(_ body: JSONNode, limit: Int = 100) throws -> [JSONNode] {
        guard let inputs = body["inputs"]?.elements else { throw APIError.wrongShape("inputs must be an array") }
        guard !inputs.isEmpty else { throw APIError.validation("inputs must not be empty") }
        guard inputs.count <= limit else {
            throw APIError.validation("The maximum number of inputs supported in a batch request is \(limit)")
        }
        return inputs
    }

    /// `POST …/batch/read`: 200, or 207 when some are not there.
    mutating func batchRead(_ type: ObjectType, _ call: Call) throws -> Answer {
        let body = try call.object()
        let histories = try Self.names(body["propertiesWithHistory"])
        let inputs = try self.inputs(body, limit: histories.isEmpty ? 100 : 50)
        let ids = try inputs.map { try Self.text($0["id"], "id") }
        try Self.refuseDuplicates(ids)
        let archived = try call.flag("archived")
        let asked = try Self.names(body["properties"])
        let (plan, known) = self.plan(type, requested: asked.isEmpty ? nil : asked, histories: histories)
        let idProperty = body["idProperty"]?.scalarText
        var rows: [Int] = []
        var missing: [[UInt8]] = []
        for id in ids {
            if let row = try self.row(type, id, idProperty: idProperty, archived: archived) {
                if !rows.contains(row) { rows.append(row) }
            } else {
                missing.append(id)
            }
        }
        var json = JSONWriter(capacity: rows.count * (200 + plan.properties.count * 40) + 512)
        json.beginObject()
        json.key("status")
        json.string("COMPLETE")
        json.key("results")
        json.beginArray()
        var renderer = known
        for row in self.shuffled(rows) {
            json.beginObject()
            self.write(self[type].rows[row], of: type, plan: plan, with: &renderer, to: &json)
            json.endObject()
        }
        json.endArray()
        if !missing.isEmpty {
            self.writeErrors([(Self.missing(type, missing), [])], to: &json)
        }
        self.endBatch(&json)
        return Answer(status: missing.isEmpty ? 200 : 207, body: json.bytes)
    }

    /// `POST …/batch/archive`: 204, whether or not the records were there.
    mutating func batchArchive(_ type: ObjectType, _ call: Call) throws -> Answer {
        let ids = try self.inputs(call.object()).map { try Self.text($0["id"], "id") }
        for id in ids {
            guard let number = wholeNumber(id) else { throw APIError.validation("Invalid id: \(readable(id))") }
            guard let row = self[type].row(of: self[type].survivor(of: number)), self[type].rows[row].isLive else {
                continue
            }
            self.archive(type, row: row)
            self.stats.archived += 1
        }
        return .empty
    }

    /// `POST …/batch/create`, `update` and `upsert`.
    ///
    /// Without a `objectWriteTraceId` of its own for each input, one bad input refuses the whole batch and nothing is
    /// written; with them the good ones are written and the answer is 207.
    mutating func batchWrite(_ type: ObjectType, _ operation: Route.BatchOperation, _ call: Call) throws -> Answer {
        let inputs = try self.inputs(call.object())
        if operation != .create { try Self.refuseDuplicates(inputs.map { try Self.text($0["id"], "id") }) }
        let traceIDs = inputs.map { $0["objectWriteTraceId"]?.scalarText }
        let isPartial = Set(traceIDs.compactMap { $0 }).count == inputs.count
        var claims = ClaimedValues()
        var writes: [PreparedWrite] = []
        var errors: [(error: APIError, traceIDs: [[UInt8]])] = []
        for (position, input) in inputs.enumerated() {
            do {
                var write = try self.prepare(type, operation, input, call, claims: &claims)
                write.traceID = traceIDs[position]
                writes.append(write)
            } catch let error as APIError {
                // A record that is not there never refuses the others.
                guard isPartial || error.category == "OBJECT_NOT_FOUND" else { throw error }
                errors.append((error, traceIDs[position].map { [$0] } ?? []))
            }
        }
        let source = self.source(of: call.token)
        let rows = writes.map { self.commit($0, type, source: source) }
        self.stats.created += writes.count { $0.isNew }
        self.stats.updated += writes.count { !$0.isNew }
        let status = !errors.isEmpty ? 207 : operation == .create ? 201 : 200
        let results = self.shuffled(Array(zip(rows, writes)))
        return Answer(status: status, body: self.batchBody(type, operation, results, errors))
    }

    private mutating func prepare(
        _ type: ObjectType,
        _ operation: Route.BatchOperation,
        _ input: JSONNode,
        _ call: Call,
        claims: inout ClaimedValues
    ) throws -> PreparedWrite {
        let version = call.route.version
        if operation == .create { return try self.prepareCreate(type, input, version: version, claims: &claims) }
        let id = try Self.text(input["id"], "id")
        let idProperty = input["idProperty"]?.scalarText
        if let row = try self.row(type, id, idProperty: idProperty) {
            return try self.prepareUpdate(type, row: row, input, version: version, claims: &claims)
        }
        guard operation == .upsert, let idProperty, !idProperty.elementsEqual("hs_object_id".utf8) else {
            throw Self.missing(type, [id])
        }
        var members = input["properties"]?.members ?? []
        if !members.contains(where: { $0.name == idProperty }) {
            members.append(JSONMember(name: idProperty, value: .string(id)))
        }
        let properties = JSONMember(name: Array("properties".utf8), value: .object(members))
        return try self.prepareCreate(type, .object([properties]), version: version, claims: &claims)
    }

    private func batchBody(
        _ type: ObjectType,
        _ operation: Route.BatchOperation,
        _ results: [(Int, PreparedWrite)],
        _ errors: [(error: APIError, traceIDs: [[UInt8]])]
    ) -> [UInt8] {
        var json = JSONWriter(capacity: results.count * 300 + 256)
        json.beginObject()
        json.key("status")
        json.string("COMPLETE")
        json.key("results")
        json.beginArray()
        for (row, write) in results {
            let plan = self.writtenPlan(type, write)
            var renderer = RecordRenderer(table: self[type], plan: plan, habits: self.habits)
            json.beginObject()
            renderer.write(self[type].rows[row], to: &json)
            if operation == .upsert {
                json.key("new")
                json.bool(write.isNew)
            }
            if self.habits.echoesTraceIDs, let traceID = write.traceID {
                json.key("objectWriteTraceId")
                json.string(traceID)
            }
            json.endObject()
        }
        json.endArray()
        if !errors.isEmpty { self.writeErrors(errors, to: &json) }
        self.endBatch(&json)
        return json.bytes
    }
}

/// What batch endpoints have in common.
extension AccountState {
    /// Writes `numErrors` and `errors`.
    func writeErrors(_ errors: [(error: APIError, traceIDs: [[UInt8]])], to json: inout JSONWriter) {
        json.key("numErrors")
        json.number(errors.count)
        json.key("errors")
        json.beginArray()
        for item in errors { item.error.write(to: &json, traceIDs: item.traceIDs) }
        json.endArray()
    }

    /// Writes the times of a batch and closes its object.
    func endBatch(_ json: inout JSONWriter) {
        json.key("startedAt")
        json.time(self.now)
        json.key("completedAt")
        json.time(self.now)
        json.endObject()
    }

    /// The results in the order that the habit gives them.
    func shuffled<Element>(_ results: [Element]) -> [Element] {
        guard self.habits.shufflesResults else { return results }
        let order = results.indices.sorted {
            (self.chance(self.requestNumber &+ 7, UInt64($0)), $0) < (
                self.chance(self.requestNumber &+ 7, UInt64($1)), $1
            )
        }
        return order.map { results[$0] }
    }

    /// The error for records that are not there.
    static func missing(_ type: ObjectType, _ ids: [[UInt8]]) -> APIError {
        APIError(
            status: 404,
            category: "OBJECT_NOT_FOUND",
            message: "Could not get some \(type.loudName) objects, they may be deleted or not exist. "
                + "Check that ids are valid.",
            context: [("ids", ids.map { readable($0) })]
        )
    }

    /// The text of a member that must be there; throws 400 when it is not.
    static func text(_ node: JSONNode?, _ name: String) throws -> [UInt8] {
        guard let text = node?.scalarText, !text.isEmpty else {
            throw APIError.wrongShape("some required fields were not set: [\(name)]")
        }
        return text
    }

    /// An array of names; empty when it is absent, 400 when it is something else.
    static func names(_ node: JSONNode?) throws -> [[UInt8]] {
        guard let node, !node.isNull else { return [] }
        guard let elements = node.elements else { throw APIError.wrongShape("expected an array of names") }
        return try elements.map { try Self.text($0, "name") }
    }

    /// Refuses a batch that names a record twice.
    static func refuseDuplicates(_ ids: [[UInt8]]) throws {
        var seen: Set<[UInt8]> = []
        let doubled = ids.filter { !seen.insert($0).inserted }.map { readable($0) }
        guard doubled.isEmpty else {
            throw APIError.validation(
                "Duplicate IDs found in batch input: [\(doubled.joined(separator: ", "))]. IDs must be unique",
                context: [("ids", doubled)]
            )
        }
    }
}
