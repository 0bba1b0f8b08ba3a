import FakeCRM
import Testing

@Suite struct AssociationTests {
    private struct Scene {
        let desk: Desk
        let contact: String
        let company: String
        let other: String
        let deal: String

        init(_ habits: Habits = .none) {
            self.desk = Desk(habits)
            self.contact = self.desk.create("contacts", ["email": "a@example.com"])
            self.company = self.desk.create("companies", ["name": "A"])
            self.other = self.desk.create("companies", ["name": "B"])
            self.deal = self.desk.create("deals", StrictnessTests.deal)
        }

        func types(_ path: String) -> [String: [Int]] {
            var found: [String: [Int]] = [:]
            for result in self.desk.get(path).json["results"].items {
                let id = result["toObjectId"].text ?? "\(result["toObjectId"].number ?? 0)"
                found[id] = result["associationTypes"].items.compactMap { $0["typeId"].number }
            }
            return found
        }
    }

    @Test(arguments: ["/crm/v4/objects", "/crm/objects/2026-09"])
    func makesTheFirstCompanyPrimaryInBothDirections(_ prefix: String) {
        let scene = Scene()
        let path = "\(prefix)/contacts/\(scene.contact)/associations"
        let reply = scene.desk.send("PUT", "\(path)/default/companies/\(scene.company)")
        #expect(reply.status == 200)
        #expect(
            reply.json["results"].items.compactMap { $0["associationSpec"]["associationTypeId"].number } == [279, 280]
        )
        #expect(scene.types("\(path)/companies") == [scene.company: [1, 279]])
        #expect(scene.types("\(prefix)/companies/\(scene.company)/associations/contacts") == [scene.contact: [2, 280]])
        _ = scene.desk.send("PUT", "\(path)/default/companies/\(scene.other)")
        #expect(scene.types("\(path)/companies") == [scene.company: [1, 279], scene.other: [279]])
        #expect(scene.desk.value("contacts", scene.contact, "associatedcompanyid").text == scene.company)
    }

    @Test func movesThePrimaryLabel() {
        let scene = Scene()
        let path = "/crm/v4/objects/contacts/\(scene.contact)/associations/companies"
        let primary = #"[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":1}]"#
        let reply = scene.desk.send("PUT", "\(path)/\(scene.company)", primary)
        #expect(reply.status == 201)
        #expect(reply.json["labels"].items.map(\.text) == ["Primary"])
        #expect(reply.json["fromObjectTypeId"].text == "0-1")
        _ = scene.desk.send("PUT", "\(path)/\(scene.other)", primary)
        #expect(scene.types(path) == [scene.company: [279], scene.other: [1, 279]])
        #expect(
            scene.types("/crm/v4/objects/companies/\(scene.company)/associations/contacts") == [scene.contact: [280]]
        )
        #expect(scene.desk.value("contacts", scene.contact, "associatedcompanyid").text == scene.other)
    }

    @Test func letsOneCompanyBePrimaryForMany() {
        let scene = Scene()
        let second = scene.desk.create("contacts", ["email": "b@example.com"])
        for id in [scene.contact, second] {
            _ = scene.desk.send("PUT", "/crm/v4/objects/contacts/\(id)/associations/default/companies/\(scene.company)")
        }
        let types = scene.types("/crm/v4/objects/companies/\(scene.company)/associations/contacts")
        #expect(types == [scene.contact: [2, 280], second: [2, 280]])
    }

    @Test func takesAssociationsAway() {
        let scene = Scene()
        let path = "/crm/v4/objects/deals/\(scene.deal)/associations"
        _ = scene.desk.send("PUT", "\(path)/default/contacts/\(scene.contact)")
        #expect(scene.types("\(path)/contacts") == [scene.contact: [3]])
        #expect(scene.desk.send("DELETE", "\(path)/contacts/\(scene.contact)").status == 204)
        #expect(scene.desk.send("DELETE", "\(path)/contacts/\(scene.contact)").status == 204)
        #expect(scene.types("\(path)/contacts").isEmpty)
        #expect(scene.types("/crm/v4/objects/contacts/\(scene.contact)/associations/deals").isEmpty)
    }

    @Test(arguments: [
        (#"[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":4}]"#, 400),
        (#"[{"associationCategory":"USER_DEFINED","associationTypeId":279}]"#, 400),
        (#"[{"associationCategory":"SOMETHING","associationTypeId":279}]"#, 400), ("[]", 400), ("{}", 400),
        (#"[{"associationTypeId":279}]"#, 400),
        (#"[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":279}]"#, 201),
    ])
    func refusesTypesThatDoNotExist(_ body: String, _ status: Int) {
        let scene = Scene()
        let path = "/crm/v4/objects/contacts/\(scene.contact)/associations/companies/\(scene.company)"
        #expect(scene.desk.send("PUT", path, body).status == status)
    }

    @Test func answers404ForRecordsThatAreNotThere() {
        let scene = Scene()
        let put = scene.desk.send("PUT", "/crm/v4/objects/contacts/\(scene.contact)/associations/default/companies/7")
        #expect(put.status == 404)
        #expect(scene.desk.get("/crm/v4/objects/contacts/7/associations/companies").status == 404)
    }

    @Test func pagesThroughAssociations() {
        let scene = Scene()
        for _ in 0..<5 {
            let id = scene.desk.create("contacts", ["city": "x"])
            try? scene.desk.account.associate(.contacts, Int64(id) ?? 0, .companies, Int64(scene.company) ?? 0)
        }
        let path = "/crm/objects/2026-09/companies/\(scene.company)/associations/contacts"
        let first = scene.desk.get("\(path)?limit=3")
        #expect(first.json["results"].items.count == 3)
        let after = first.json["paging"]["next"]["after"].text ?? ""
        let second = scene.desk.get("\(path)?limit=3&after=\(after)")
        #expect(second.json["results"].items.count == 2)
        #expect(second.json["paging"].isAbsent)
    }

    @Test(arguments: [("/crm/v4/associations", 201, 204), ("/crm/associations/2026-09", 200, 200)])
    func writesAndReadsInBatches(_ prefix: String, _ created: Int, _ archived: Int) {
        let scene = Scene()
        let path = "\(prefix)/deals/companies/batch"
        let pair = #""from":{"id":"\#(scene.deal)"},"to":{"id":"\#(scene.company)"}"#
        let types = #""types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":5}]"#
        #expect(scene.desk.post("\(path)/create", "{\"inputs\":[{\(pair),\(types)}]}").status == created)
        let ids = #"{"inputs":[{"id":"\#(scene.deal)"},{"id":"7"}]}"#
        let read = scene.desk.post("\(path)/read", ids)
        #expect(read.status == 207)
        #expect(read.json["results"][0]["from"]["id"].text == scene.deal)
        #expect(
            read.json["results"][0]["to"][0]["associationTypes"].items.compactMap { $0["typeId"].number } == [5, 341]
        )
        #expect(read.json["errors"][0]["context"]["fromObjectId"][0].text == "7")
        let labels = scene.desk.post("\(path)/labels/archive", "{\"inputs\":[{\(pair),\(types)}]}")
        #expect(labels.status == archived)
        #expect(scene.types("/crm/v4/objects/deals/\(scene.deal)/associations/companies") == [scene.company: [341]])
        let archive = #"{"inputs":[{"from":{"id":"\#(scene.deal)"},"to":[{"id":"\#(scene.company)"}]}]}"#
        #expect(scene.desk.post("\(path)/archive", archive).status == archived)
        #expect(scene.types("/crm/v4/objects/deals/\(scene.deal)/associations/companies").isEmpty)
        #expect(scene.desk.post("\(path)/associate/default", "{\"inputs\":[{\(pair)}]}").status == 200)
        #expect(scene.types("/crm/v4/objects/deals/\(scene.deal)/associations/companies") == [scene.company: [5, 341]])
    }

    @Test(arguments: [(1_000, 207), (1_001, 400)])
    func readsAtMostAThousand(_ count: Int, _ status: Int) {
        let inputs = (0..<count).map { ["id": "\($0 + 1)"] }
        let reply = Desk().post("/crm/v4/associations/contacts/companies/batch/read", Desk.json(["inputs": inputs]))
        #expect(reply.status == status)
    }

    @Test func associatesOnCreateAndShowsItOnRead() {
        let scene = Scene()
        let types = #"[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":204}]"#
        let body = """
            {"properties":{"hs_timestamp":"1793606400000"},"associations":[{"to":{"id":"\(scene.contact)"},"types":\(types)}]}
            """
        let task = scene.desk.post("/crm/v3/objects/tasks", body)
        #expect(task.status == 201)
        let read = scene.desk.get("/crm/v3/objects/tasks/\(task.json["id"].text ?? "")?associations=contacts")
        let results = read.json["associations"]["contacts"]["results"]
        #expect(results[0]["id"].text == scene.contact)
        #expect(results[0]["type"].text == "task_to_contact")
        let bad = body.replacing("204", with: "999")
        #expect(scene.desk.post("/crm/v3/objects/tasks", bad).status == 400)
        #expect(scene.desk.get("/crm/v3/objects/contacts?associations=unicorns").status == 400)
    }

    @Test(arguments: [true, false])
    func touchesRecordsOnlyByHabit(_ habit: Bool) {
        let scene = Scene(Habits(associationsTouchRecords: habit))
        let before = scene.desk.value("contacts", scene.contact, "lastmodifieddate").text
        scene.desk.clock.advance(by: 1_000)
        _ = scene.desk.send(
            "PUT",
            "/crm/v4/objects/contacts/\(scene.contact)/associations/default/companies/\(scene.company)"
        )
        #expect((scene.desk.value("contacts", scene.contact, "lastmodifieddate").text != before) == habit)
    }

    @Test(arguments: [("/crm/v4/objects", true), ("/crm/objects/2026-09", false)])
    func givesNumbersInVersion4ByHabit(_ prefix: String, _ isNumber: Bool) {
        let scene = Scene(Habits(numericAssociationIDs: true))
        try? scene.desk.account.associate(.contacts, Int64(scene.contact) ?? 0, .companies, Int64(scene.company) ?? 0)
        let result = scene.desk.get("\(prefix)/contacts/\(scene.contact)/associations/companies").json["results"][0]
        #expect((result["toObjectId"].text == nil) == isNumber)
    }

    @Test func archivedRecordsLoseTheirAssociations() {
        let scene = Scene()
        try? scene.desk.account.associate(.contacts, Int64(scene.contact) ?? 0, .companies, Int64(scene.company) ?? 0)
        _ = scene.desk.send("DELETE", "/crm/v3/objects/companies/\(scene.company)")
        #expect(scene.types("/crm/v4/objects/contacts/\(scene.contact)/associations/companies").isEmpty)
    }
}
