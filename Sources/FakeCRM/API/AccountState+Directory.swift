/// Owners, pipelines and the account itself.
extension AccountState {
    /// `GET /crm/v3/owners`: people by id, 100 at a time, optionally the one with an e-mail address.
    func listOwners(_ call: Call) throws -> Answer {
        let limit = try call.number("limit", default: 100, in: 1...500)
        let archived = try call.flag("archived")
        let start = call.query.value("after").flatMap { wholeNumber($0) } ?? 0
        var owners = self.options.owners.filter { $0.isArchived == archived && $0.id >= start }
        if let email = call.query.value("email"), !email.isEmpty {
            owners = owners.filter { lowercased(Array($0.email.utf8)) == lowercased(email) }
        }
        owners.sort { $0.id < $1.id }
        var json = JSONWriter()
        json.beginObject()
        json.key("results")
        json.beginArray()
        for owner in owners.prefix(limit) { self.write(owner, to: &json) }
        json.endArray()
        if owners.count > limit { self.writePaging(after: String(owners[limit].id), call, to: &json) }
        json.endObject()
        return Answer(status: 200, body: json.bytes)
    }

    /// `GET /crm/v3/owners/{id}`, by the owner's id or, with `idProperty=userId`, by the person's.
    func readOwner(_ id: [UInt8], _ call: Call) throws -> Answer {
        let byUser = call.query.value("idProperty").map { readable($0) } == "userId"
        let archived = try call.flag("archived")
        guard let number = wholeNumber(id) else {
            throw APIError.validation("Unable to parse value for path parameter: ownerId")
        }
        let owner = self.options.owners.first {
            (byUser ? $0.userID : $0.id) == number && $0.isArchived == archived
        }
        guard let owner else { throw APIError.notFound }
        var json = JSONWriter()
        self.write(owner, to: &json)
        return Answer(status: 200, body: json.bytes)
    }

    private func write(_ owner: Owner, to json: inout JSONWriter) {
        json.beginObject()
        json.key("id")
        json.stringOf(owner.id)
        json.key("email")
        json.string(owner.email)
        json.key("type")
        json.string("PERSON")
        json.key("firstName")
        json.string(owner.firstName)
        json.key("lastName")
        json.string(owner.lastName)
        if !owner.isArchived {
            json.key("userId")
            json.number(owner.userID)
        }
        json.key("userIdIncludingInactive")
        json.number(owner.userID)
        json.key("createdAt")
        json.time(1_577_836_800_000)
        json.key("updatedAt")
        json.time(1_577_836_800_000)
        json.key("archived")
        json.bool(owner.isArchived)
        json.endObject()
    }

    /// `GET /crm/v3/pipelines/{type}`; only deals have any.
    func listPipelines(_ type: ObjectType) -> Answer {
        var json = JSONWriter()
        json.beginObject()
        json.key("results")
        json.beginArray()
        for (order, pipeline) in self.pipelines(of: type).enumerated() { Self.write(pipeline, order, to: &json) }
        json.endArray()
        json.endObject()
        return Answer(status: 200, body: json.bytes)
    }

    /// `GET /crm/v3/pipelines/{type}/{id}`.
    func readPipeline(_ type: ObjectType, _ id: [UInt8]) throws -> Answer {
        let all = self.pipelines(of: type)
        guard let order = all.firstIndex(where: { id.elementsEqual($0.id.utf8) }) else { throw APIError.notFound }
        var json = JSONWriter()
        Self.write(all[order], order, to: &json)
        return Answer(status: 200, body: json.bytes)
    }

    /// `GET /crm/v3/pipelines/{type}/{id}/stages`.
    func listStages(_ type: ObjectType, _ id: [UInt8]) throws -> Answer {
        guard let pipeline = self.pipelines(of: type).first(where: { id.elementsEqual($0.id.utf8) }) else {
            throw APIError.notFound
        }
        var json = JSONWriter()
        json.beginObject()
        json.key("results")
        Self.writeStages(of: pipeline, to: &json)
        json.endObject()
        return Answer(status: 200, body: json.bytes)
    }

    private func pipelines(of type: ObjectType) -> [Pipeline] { type == .deals ? self.pipelines : [] }

    private static func write(_ pipeline: Pipeline, _ order: Int, to json: inout JSONWriter) {
        json.beginObject()
        json.key("label")
        json.string(pipeline.label)
        json.key("displayOrder")
        json.number(order)
        json.key("id")
        json.string(pipeline.id)
        json.key("stages")
        Self.writeStages(of: pipeline, to: &json)
        Self.writeStanding(to: &json)
        json.endObject()
    }

    private static func writeStages(of pipeline: Pipeline, to json: inout JSONWriter) {
        json.beginArray()
        for (order, stage) in pipeline.stages.enumerated() {
            json.beginObject()
            json.key("label")
            json.string(stage.label)
            json.key("displayOrder")
            json.number(order)
            json.key("metadata")
            json.beginObject()
            json.key("isClosed")
            json.string(stage.isClosed ? "true" : "false")
            json.key("probability")
            json.string(stage.probability)
            json.endObject()
            json.key("id")
            json.string(stage.id)
            json.key("writePermissions")
            json.string("CRM_PERMISSIONS_ENFORCEMENT")
            Self.writeStanding(to: &json)
            json.endObject()
        }
        json.endArray()
    }

    private static func writeStanding(to json: inout JSONWriter) {
        json.key("createdAt")
        json.time(0)
        json.key("updatedAt")
        json.time(0)
        json.key("archived")
        json.bool(false)
    }

    /// `GET /account-info/v3/details`.
    func accountDetails() -> Answer {
        var json = JSONWriter()
        json.beginObject()
        json.key("portalId")
        json.number(self.options.portalID)
        json.key("accountType")
        json.string("STANDARD")
        json.key("timeZone")
        json.string(self.options.timeZone)
        json.key("companyCurrency")
        json.string(self.options.currency)
        json.key("additionalCurrencies")
        json.beginArray()
        json.endArray()
        json.key("utcOffset")
        json.string("+01:00")
        json.key("utcOffsetMilliseconds")
        json.number(3_600_000)
        json.key("uiDomain")
        json.string("app-eu1.hubspot.com")
        json.key("dataHostingLocation")
        json.string("eu1")
        json.endObject()
        return Answer(status: 200, body: json.bytes)
    }
}
