/// Lists and who is on them.
///
/// Shapes and limits are those of HubSpot's specification (PublicApiSpecs/CRM/Lists/Rollouts/144891, v3 and 2026-09): 250
/// members a page, ordered by record; what is there, or gone, already is ignored; dynamic lists take nobody. The texts of
/// its refusals, and the most records of one call, are UNCONFIRMED.
extension AccountState {
    mutating func handleLists(_ call: Call) throws -> Answer {
        switch call.route.action {
        case .createList: return try self.createList(call)
        case .readList(let id): return self.document(self.recordLists[try self.listIndex(id)])
        case .findList(let type, let name): return try self.findList(type, name)
        case .listMembers(let id): return try self.listMembers(id, call)
        case .changeMembers(let id, let change): return try self.changeMembers(id, change, call)
        default: throw APIError.notFound
        }
    }

    private func listIndex(_ id: [UInt8]) throws -> Int {
        guard let number = wholeNumber(id), let index = self.recordLists.firstIndex(where: { $0.id == number }) else {
            throw Self.noList("id", readable(id))
        }
        return index
    }

    private static func noList(_ what: String, _ value: String) -> APIError {
        APIError(
            status: 404,
            category: "OBJECT_NOT_FOUND",
            message: "List does not exist with \(what) \(value).",
            context: [(what, [value])]
        )
    }

    private mutating func createList(_ call: Call) throws -> Answer {
        let body = try call.object()
        let name = readable(try Self.text(body["name"], "name"))
        let typeID = readable(try Self.text(body["objectTypeId"], "objectTypeId"))
        let processing = readable(try Self.text(body["processingType"], "processingType"))
        guard let type = ObjectType.allCases.first(where: { $0.typeID == typeID }),
            let processing = RecordList.Processing(rawValue: processing)
        else { throw APIError.validation("Invalid objectTypeId or processingType") }
        guard !self.recordLists.contains(where: { $0.name.lowercased() == name.lowercased() }) else {
            throw APIError.validation("A list with the name \(name) already exists.")
        }
        return self.document(self.addList(name, type, processing))
    }

    /// Adds an empty list.
    @discardableResult
    mutating func addList(_ name: String, _ type: ObjectType, _ processing: RecordList.Processing) -> RecordList {
        let id = (self.recordLists.map(\.id).max() ?? 0) + 1
        let list = RecordList(id: id, name: name, type: type, processing: processing)
        self.recordLists.append(list)
        return list
    }

    private func findList(_ type: ObjectType, _ name: [UInt8]) throws -> Answer {
        let wanted = readable(name)
        let list = self.recordLists.first { $0.type == type && $0.name.lowercased() == wanted.lowercased() }
        guard let list else { throw Self.noList("name", wanted) }
        return self.document(list)
    }

    private func document(_ list: RecordList) -> Answer {
        var json = JSONWriter()
        json.beginObject()
        json.key("list")
        json.beginObject()
        let texts: [(StaticString, String)] = [
            ("listId", String(list.id)), ("name", list.name), ("objectTypeId", list.type.typeID),
            ("processingType", list.processing.rawValue), ("processingStatus", "COMPLETE"),
        ]
        for (key, text) in texts {
            json.key(key)
            json.string(text)
        }
        json.key("listVersion")
        json.number(1)
        json.key("size")
        json.number(self.liveMembers(of: list).count)
        json.endObject()
        json.endObject()
        return Answer(status: 200, body: json.bytes)
    }

    /// The members that are live records, by id.
    func liveMembers(of list: RecordList) -> [Int64] {
        list.members.keys.filter { id in self[list.type].row(of: id).map { self[list.type].rows[$0].isLive } ?? false }
            .sorted()
    }

    private func listMembers(_ id: [UInt8], _ call: Call) throws -> Answer {
        let list = self.recordLists[try self.listIndex(id)]
        let limit = try call.number("limit", default: 100, in: 1...250)
        let after = call.query.value("after").flatMap { wholeNumber($0) } ?? 0
        let ids = self.liveMembers(of: list)
        let rest = ids.filter { $0 > after }
        var json = JSONWriter(capacity: limit * 90)
        json.beginObject()
        json.key("total")
        json.number(ids.count)
        json.key("results")
        json.beginArray()
        for id in rest.prefix(limit) {
            json.beginObject()
            json.key("recordId")
            json.stringOf(id)
            json.key("membershipTimestamp")
            json.time(list.members[id] ?? 0)
            json.endObject()
        }
        json.endArray()
        if rest.count > limit { self.writePaging(after: String(rest[limit - 1]), call, to: &json) }
        json.endObject()
        return Answer(status: 200, body: json.bytes)
    }

    private mutating func changeMembers(
        _ id: [UInt8],
        _ change: Route.MemberChange,
        _ call: Call
    ) throws -> Answer {
        let index = try self.listIndex(id)
        let body = try call.json()
        let (added, removed): ([[UInt8]], [[UInt8]]) =
            switch change {
            case .add: (try Self.ids(body), [])
            case .remove: ([], try Self.ids(body))
            case .both: (try Self.ids(body["recordIdsToAdd"]), try Self.ids(body["recordIdsToRemove"]))
            }
        let list = self.recordLists[index]
        guard list.processing.takesMembers else {
            throw APIError.validation(
                "List with ID \(list.id) has processing type DYNAMIC; memberships can only be changed for MANUAL or SNAPSHOT."
            )
        }
        guard added.count + removed.count <= 100_000 else { throw APIError.validation("Too many record IDs.") }
        var missing: [Int64] = []
        let (on, off) = (self.liveRows(added, list.type, &missing), self.liveRows(removed, list.type, &missing))
        let time = self.stamp()
        let fresh = on.filter { self.recordLists[index].members[$0] == nil }
        for id in fresh { self.recordLists[index].members[id] = time }
        let gone = off.filter { self.recordLists[index].members.removeValue(forKey: $0) != nil }
        return Self.answer(added: fresh, removed: gone, missing: missing)
    }

    private static func ids(_ node: JSONNode?) throws -> [[UInt8]] {
        guard let elements = node?.elements else { throw APIError.wrongShape("expected an array of record ids") }
        return try elements.map { try Self.text($0, "recordId") }
    }

    private func liveRows(_ ids: [[UInt8]], _ type: ObjectType, _ missing: inout [Int64]) -> [Int64] {
        ids.compactMap { id in
            let number = wholeNumber(id) ?? 0
            if let row = self[type].row(of: number), self[type].rows[row].isLive { return self[type].rows[row].id }
            missing.append(number)
            return nil
        }
    }

    private static func answer(added: [Int64], removed: [Int64], missing: [Int64]) -> Answer {
        var json = JSONWriter()
        json.beginObject()
        // The specification spells the first one with another s than the others.
        let lists: [(StaticString, [Int64])] = [
            ("recordsIdsAdded", added), ("recordIdsRemoved", removed), ("recordIdsMissing", missing),
        ]
        for (key, ids) in lists {
            json.key(key)
            json.beginArray()
            for id in ids { json.stringOf(id) }
            json.endArray()
        }
        json.endObject()
        return Answer(status: 200, body: json.bytes)
    }

    // MARK: Saving

    /// The lists as lines of a saved account.
    func writeKept(_ list: RecordList, to json: inout JSONWriter) {
        json.beginObject()
        let texts: [(StaticString, String)] = [
            ("id", String(list.id)), ("name", list.name), ("object", list.type.rawValue),
            ("processing", list.processing.rawValue),
        ]
        for (key, text) in texts {
            json.key(key)
            json.string(text)
        }
        json.key("members")
        json.beginArray()
        for (id, time) in list.members.sorted(by: { $0.key < $1.key }) {
            json.beginArray()
            json.stringOf(id)
            json.stringOf(time)
            json.endArray()
        }
        json.endArray()
        json.endObject()
    }

    /// Takes a list out of a line of a saved account.
    mutating func restoreList(_ node: JSONNode) throws {
        guard let id = node["id"]?.scalarText.flatMap({ wholeNumber($0) }), let name = node["name"]?.scalarText,
            let type = node["object"]?.scalarText.flatMap({ ObjectType(path: readable($0)) }),
            let processing = node["processing"]?.scalarText.flatMap({ RecordList.Processing(rawValue: readable($0)) })
        else { throw KeptLineProblem(line: 0, message: "a list that does not make sense") }
        var list = RecordList(id: id, name: readable(name), type: type, processing: processing)
        for pair in node["members"]?.elements ?? [] {
            guard let elements = pair.elements, elements.count == 2,
                let id = elements[0].scalarText.flatMap({ wholeNumber($0) }),
                let time = elements[1].scalarText.flatMap({ wholeNumber($0) })
            else { throw KeptLineProblem(line: 0, message: "a member that does not make sense") }
            list.members[id] = time
        }
        self.recordLists.append(list)
    }
}
