import FakeCRM
import Foundation
import Testing

@Suite struct KeepingTests {
    private func withDirectory(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "fakecrm-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    private func lived() throws -> Desk {
        let desk = Desk(.realistic)
        desk.account.load(Population.generate(seed: 3, contacts: 60, companies: 12, deals: 20))
        SchemaTests.addRelaisID(desk, "companies")
        let ids = desk.account.ids(.contacts)
        try desk.account.edit(.contacts, ids[0], set: ["firstname": "\"quoted\"\n é e\u{301}"], by: 7)
        _ = try desk.account.merge(.contacts, ids[1], into: ids[2], by: 7)
        try desk.account.archive(.contacts, ids[3])
        _ = desk.post("/crm/v3/objects/contacts/gdpr-delete", #"{"objectId":"\#(ids[4])"}"#)
        _ = desk.create("companies", ["name": "K", "relais_id": "k-1"])
        return desk
    }

    @Test func comesBackAsItWas() throws {
        try self.withDirectory { directory in
            let desk = try self.lived()
            try desk.account.save(to: directory)
            let loaded = try #require(try FakeCRMAccount.load(from: directory, clock: desk.clock).first)
            #expect(loaded.dump() == desk.account.dump())
            #expect(loaded.habits == desk.account.habits)
            try loaded.save(to: directory)
            #expect(try FakeCRMAccount.load(from: directory, clock: desk.clock)[0].dump() == desk.account.dump())
        }
    }

    @Test func goesOnWhereItStopped() throws {
        try self.withDirectory { directory in
            let desk = try self.lived()
            let ids = desk.account.ids(.contacts)
            try desk.account.save(to: directory)
            let loaded = try #require(try FakeCRMAccount.load(from: directory, clock: desk.clock).first)
            let ask = { (account: FakeCRMAccount, path: String) in
                Reply(account.handle(FakeRequest("GET", path, headers: [("Authorization", "Bearer pat-fake-0001")])))
            }
            let paths = [
                "/crm/v3/objects/contacts?limit=100&properties=email,hs_merged_object_ids&associations=companies",
                "/crm/v3/objects/contacts?archived=true", "/crm/v3/objects/companies/k-1?idProperty=relais_id",
                "/crm/v3/objects/contacts/\(ids[0])?propertiesWithHistory=firstname", "/crm/v3/properties/companies",
                "/crm/v3/owners", "/crm/v3/objects/deals?limit=100&associations=contacts,companies",
            ]
            for path in paths { #expect(ask(loaded, path).text == ask(desk.account, path).text) }
            let next = try loaded.add(.contacts, ["city": "Nice"], by: 1)
            #expect(next == (try desk.account.add(.contacts, ["city": "Nice"], by: 1)))
        }
    }

    @Test(arguments: [
        ("", "account-1.jsonl:1: the file is empty"), ("nonsense", "account-1.jsonl:1: column 1: Unexpected token"),
        ("{\"owner\":{}}", "account-1.jsonl:1: the first line is not an account"),
        ("{\"account\":{\"form\":2}}", "account-1.jsonl:1: the file has another form than this program reads"),
        (
            "{\"account\":{\"form\":1,\"portalId\":1}}\n{\"record\":{\"object\":\"unicorns\"}}",
            "account-1.jsonl:2: unicorns is not a type of record"
        ),
        (
            "{\"account\":{\"form\":1,\"portalId\":1}}\n{\"wish\":{}}",
            "account-1.jsonl:2: wish is not a kind of line"
        ),
    ])
    func tellsWhereAFileIsDamaged(_ content: String, _ message: String) throws {
        try self.withDirectory { directory in
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try content.write(toFile: "\(directory)/account-1.jsonl", atomically: true, encoding: .utf8)
            let problem = #expect(throws: FakeCRMAccount.FileProblem.self) {
                _ = try FakeCRMAccount.load(from: directory, clock: FakeClock(startingAt: 0))
            }
            #expect(problem?.description == message)
        }
    }
}
