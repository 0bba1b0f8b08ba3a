/// The control endpoints under `/__fake/`, by which scripts and tests in other processes direct the fake CRM.
///
/// Each needs the header `X-Fake-Control` with the control token. `?portal=ID` names the account; without it the first
/// one is meant.
extension FakeCRM {
    /// Answers a control request.
    func control(_ request: FakeRequest) -> FakeResponse {
        let token = request.header("X-Fake-Control") ?? ""
        guard token.utf8.elementsEqual(self.controlToken.utf8) else { return Self.answer(403, "{}") }
        let portal = QueryItems(request.query).value("portal").flatMap { wholeNumber($0) }
        guard let account = self.accounts.first(where: { portal == nil || $0.portalID == portal }) else {
            return Self.answer(404, "{\"message\":\"no such account\"}")
        }
        do {
            let body = request.body.isEmpty ? JSONNode.object([]) : try JSONParser.parse(request.body)
            let name = String(request.path.dropFirst("/__fake/".count))
            let answer =
                try Self.settings("\(request.method) \(name)", body, account)
                ?? Self.deeds("\(request.method) \(name)", body, account)
                ?? self.service("\(request.method) \(name)", body)
            return answer ?? Self.answer(404, "{\"message\":\"no such control endpoint\"}")
        } catch let error as APIError {
            return Self.answer(error.status, bytes: error.body(correlationID: ""))
        } catch {
            return Self.answer(400, bytes: APIError.validation("\(error)").body(correlationID: ""))
        }
    }

    static func answer(_ status: Int, _ text: String = "{}") -> FakeResponse {
        self.answer(status, bytes: Array(text.utf8))
    }

    static func answer(_ status: Int, bytes: [UInt8]) -> FakeResponse {
        FakeResponse(status: status, headers: [("Content-Type", "application/json;charset=utf-8")], body: bytes)
    }

    /// Statistics, the dump, habits, faults, limits and the clock.
    private static func settings(_ call: String, _ body: JSONNode, _ account: FakeCRMAccount) throws -> FakeResponse? {
        switch call {
        case "GET stats": return self.answer(200, bytes: account.stats.json)
        case "POST stats/reset": account.resetStats()
        case "GET dump": return self.answer(200, bytes: account.dump())
        case "GET habits":
            var json = JSONWriter()
            account.habits.write(to: &json)
            return self.answer(200, bytes: json.bytes)
        case "POST habits":
            if let preset = body["preset"]?.scalarText {
                account.habits = readable(preset) == "none" ? .none : .realistic
            }
            var habits = account.habits
            try habits.apply(.object((body.members ?? []).filter { readable($0.name) != "preset" }))
            account.habits = habits
        case "POST faults": account.faults = try Faults(body)
        case "POST limits": account.limits = RateLimits(body)
        case "GET clock": return self.answer(200, "{\"now\":\(account.clock.now)}")
        case "POST clock":
            account.clock.advance(by: body["advance"]?.integer ?? 0)
            return self.answer(200, "{\"now\":\(account.clock.now)}")
        default: return nil
        }
        return self.answer(200)
    }

    /// What people do in the CRM.
    private static func deeds(_ call: String, _ body: JSONNode, _ account: FakeCRMAccount) throws -> FakeResponse? {
        let user = body["user"]?.integer ?? 0
        switch call {
        case "POST edit":
            try account.edit(self.type(body, "object"), self.id(body, "id"), set: self.values(body), by: user)
        case "POST create":
            let id = try account.add(self.type(body, "object"), self.values(body), by: user)
            return self.answer(201, "{\"id\":\"\(id)\"}")
        case "POST archive": try account.archive(self.type(body, "object"), self.id(body, "id"))
        case "POST restore": try account.restore(self.type(body, "object"), self.id(body, "id"))
        case "POST merge":
            let type = try self.type(body, "object")
            let id = try account.merge(type, self.id(body, "other"), into: self.id(body, "primary"), by: user)
            return self.answer(200, "{\"id\":\"\(id)\"}")
        case "POST associate":
            let (from, to) = (try self.type(body, "fromObject"), try self.type(body, "toObject"))
            try account.associate(from, self.id(body, "from"), to, self.id(body, "to"))
        case "POST dissociate":
            let (from, to) = (try self.type(body, "fromObject"), try self.type(body, "toObject"))
            account.dissociate(from, try self.id(body, "from"), to, try self.id(body, "to"))
        default: return nil
        }
        return self.answer(200)
    }

    /// Held answers, saving, and which accounts there are.
    private func service(_ call: String, _ body: JSONNode) throws -> FakeResponse? {
        switch call {
        case "GET accounts":
            let ids = self.accounts.map { String($0.portalID) }.joined(separator: ",")
            return Self.answer(200, "{\"accounts\":[\(ids)]}")
        case "GET held":
            var json = JSONWriter()
            json.beginArray()
            for held in self.held.list {
                json.beginObject()
                json.key("number")
                json.number(held.number)
                json.key("method")
                json.string(held.method)
                json.key("path")
                json.string(held.path)
                json.endObject()
            }
            json.endArray()
            return Self.answer(200, bytes: json.bytes)
        case "POST release":
            let isDrop = body["as"]?.scalarText.map { readable($0) } == "drop"
            let number = body["number"]?.integer.map { Int(clamping: $0) }
            let count = self.held.release(number, as: isDrop ? .drop : .answer)
            return Self.answer(200, "{\"released\":\(count)}")
        case "POST save":
            try self.save()
            return Self.answer(200)
        default: return nil
        }
    }

    private static func type(_ body: JSONNode, _ name: String) throws -> ObjectType {
        guard let type = body[name]?.scalarText.flatMap({ ObjectType(path: readable($0)) }) else {
            throw APIError.validation("\(name) must name a type of record")
        }
        return type
    }

    private static func id(_ body: JSONNode, _ name: String) throws -> Int64 {
        guard let id = body[name]?.integer else { throw APIError.validation("\(name) must be an id") }
        return id
    }

    private static func values(_ body: JSONNode) throws -> [String: String] {
        guard let members = body["properties"]?.members else { throw APIError.validation("properties are missing") }
        var values: [String: String] = [:]
        for member in members { values[readable(member.name)] = readable(member.value.scalarText ?? []) }
        return values
    }
}
