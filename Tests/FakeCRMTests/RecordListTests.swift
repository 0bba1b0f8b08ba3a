import FakeCRM
import Foundation
import Testing

/// Lists as HubSpot's specification describes them.
@Suite struct RecordListTests {
    private static let lists = "/crm/lists/2026-09"

    private func list(_ desk: Desk, _ processing: String = "MANUAL") throws -> String {
        let body = Desk.json(["name": "Warm leads", "objectTypeId": "0-1", "processingType": processing])
        let reply = desk.post(Self.lists, body)
        #expect(reply.status == 200)
        return try #require(reply.json["list"]["listId"].text)
    }

    private func put(_ desk: Desk, _ id: String, _ change: String, _ ids: [String]) -> Reply {
        desk.send("PUT", "\(Self.lists)/\(id)/memberships/\(change)", Desk.json(ids))
    }

    private func members(_ desk: Desk, _ id: String, _ query: String = "") -> [String] {
        desk.get("\(Self.lists)/\(id)/memberships\(query)").json["results"].items.compactMap { $0["recordId"].text }
    }

    @Test func findsAListByItsNameWhateverItsCaseAndByItsID() throws {
        let desk = Desk()
        let id = try self.list(desk)
        for path in ["/crm/v3/lists/object-type-id/0-1/name/warm%20LEADS", "\(Self.lists)/\(id)"] {
            let reply = desk.get(path)
            #expect(reply.status == 200)
            #expect(reply.json["list"]["listId"].text == id)
            #expect(reply.json["list"]["processingType"].text == "MANUAL")
            #expect(reply.json["list"]["objectTypeId"].text == "0-1")
        }
        #expect(desk.get("\(Self.lists)/object-type-id/0-1/name/other").status == 404)
        #expect(desk.get("\(Self.lists)/object-type-id/0-2/name/warm%20leads").status == 404)
        #expect(desk.get("\(Self.lists)/999").status == 404)
    }

    @Test func ignoresWhoIsThereAlreadyAndNamesWhoIsNot() throws {
        let desk = Desk()
        let id = try self.list(desk)
        let ada = desk.create("contacts", ["email": "ada@x.example"])
        let first = self.put(desk, id, "add", [ada, "999"])
        #expect(first.status == 200)
        #expect(first.json["recordsIdsAdded"].items.compactMap(\.text) == [ada])
        #expect(first.json["recordIdsMissing"].items.compactMap(\.text) == ["999"])
        #expect(self.put(desk, id, "add", [ada]).json["recordsIdsAdded"].items.isEmpty)
        #expect(self.members(desk, id) == [ada])
        #expect(self.put(desk, id, "remove", [ada]).json["recordIdsRemoved"].items.compactMap(\.text) == [ada])
        #expect(self.put(desk, id, "remove", [ada]).json["recordIdsRemoved"].items.isEmpty)
        #expect(self.members(desk, id).isEmpty)
    }

    @Test func pagesMembersInTheOrderOfTheirIDs() throws {
        let desk = Desk()
        let id = try self.list(desk)
        let ids = (0..<5).map { desk.create("contacts", ["email": "p\($0)@x.example"]) }
        _ = self.put(desk, id, "add", ids.reversed())
        var after: String? = ""
        var seen: [String] = []
        while let token = after {
            let query = "?limit=2" + (token.isEmpty ? "" : "&after=\(token)")
            let reply = desk.get("\(Self.lists)/\(id)/memberships\(query)")
            seen += reply.json["results"].items.compactMap { $0["recordId"].text }
            after = reply.json["paging"]["next"]["after"].text
        }
        #expect(seen == ids)
        #expect(desk.get("\(Self.lists)/\(id)/memberships?limit=251").status == 400)
    }

    @Test func aDynamicListTakesNobody() throws {
        let desk = Desk()
        let id = try self.list(desk, "DYNAMIC")
        let reply = self.put(desk, id, "add", [desk.create("contacts", ["email": "ada@x.example"])])
        #expect(reply.status == 400)
        #expect(reply.category == "VALIDATION_ERROR")
    }

    @Test func whoIsArchivedOrErasedIsNoMember() throws {
        let desk = Desk()
        let id = try self.list(desk)
        let ids = (0..<2).map { desk.create("contacts", ["email": "p\($0)@x.example"]) }
        _ = self.put(desk, id, "add", ids)
        _ = desk.send("DELETE", "/crm/v3/objects/contacts/\(ids[0])")
        #expect(self.members(desk, id) == [ids[1]])
        _ = desk.post("/crm/v3/objects/contacts/gdpr-delete", Desk.json(["objectId": ids[1]]))
        #expect(self.members(desk, id).isEmpty)
    }

    @Test func aSavedAccountKeepsItsLists() throws {
        let desk = Desk()
        let id = desk.account.addList("Warm leads", of: .contacts)
        let ada = try #require(Int64(desk.create("contacts", ["email": "ada@x.example"])))
        desk.account.setMember(true, ada, of: id)
        let path = FileManager.default.temporaryDirectory.appending(path: "fakecrm-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try desk.account.save(to: path)
        let copy = try #require(try FakeCRMAccount.load(from: path, clock: desk.clock).first)
        #expect(copy.members(of: id) == [ada])
    }

    @Test func needsTheScopesOfLists() throws {
        var desk = Desk(
            options: AccountOptions(tokens: [AccessToken("pat-fake-0001", scopes: ["crm.objects.contacts.read"])])
        )
        desk.token = "pat-fake-0001"
        #expect(desk.get("\(Self.lists)/1").status == 403)
    }
}
