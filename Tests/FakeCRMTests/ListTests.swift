import FakeCRM
import Testing

@Suite struct ListTests {
    private func desk(_ count: Int, _ habits: Habits = .none) -> Desk {
        let desk = Desk(habits)
        for number in 0..<count {
            _ = desk.create("contacts", ["email": "c\(number)@example.com", "firstname": "N\(number)"])
        }
        return desk
    }

    @Test func givesTenUnlessAskedOtherwise() {
        let reply = self.desk(12).get("/crm/v3/objects/contacts")
        #expect(reply.status == 200)
        #expect(reply.ids.count == 10)
        #expect(reply.json["paging"]["next"]["after"].text != nil)
    }

    @Test(arguments: [("limit=0", 400), ("limit=1", 200), ("limit=100", 200), ("limit=101", 400), ("limit=x", 400)])
    func refusesLimitsOutOfRange(_ query: String, _ status: Int) {
        #expect(self.desk(1).get("/crm/v3/objects/contacts?\(query)").status == status)
    }

    @Test func pagesThroughEverythingOnceInTheOrderOfIDs() {
        let desk = self.desk(25)
        var (ids, after, pages): ([String], String?, Int) = ([], nil, 0)
        repeat {
            let reply = desk.get("/crm/v3/objects/contacts?limit=7" + (after.map { "&after=\($0)" } ?? ""))
            ids += reply.ids
            after = reply.json["paging"]["next"]["after"].text
            pages += 1
        } while after != nil && pages < 10
        #expect(pages == 4)
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == 25)
    }

    @Test func linksToTheNextPageOnTheSameHost() {
        let link = self.desk(3).get("/crm/v3/objects/contacts?limit=2&properties=email").json["paging"]["next"]["link"]
            .text
        #expect(link?.hasPrefix("http://127.0.0.1:1/crm/v3/objects/contacts?limit=2&properties=email&after=") == true)
    }

    @Test func givesTheDefaultPropertiesAndLeavesUnknownOnesOut() {
        let desk = self.desk(1)
        let defaults = desk.get("/crm/v3/objects/contacts").json["results"][0]["properties"].keys
        #expect(defaults == ["createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"])
        let asked = desk.get("/crm/v3/objects/contacts?properties=city,nonsense&properties=phone").json["results"][0]
        #expect(asked["properties"].keys == ["city", "createdate", "hs_object_id", "lastmodifieddate", "phone"])
    }

    @Test(arguments: [(false, true), (true, false)])
    func readsAValueNeverSetAsNullAndAClearedOneByHabit(_ habit: Bool, _ isNull: Bool) {
        let desk = Desk(Habits(clearedReadsEmpty: habit))
        let id = desk.create("contacts", ["email": "a@example.com", "city": "Lyon"])
        #expect(desk.value("contacts", id, "phone").isNull)
        _ = desk.send("PATCH", "/crm/v3/objects/contacts/\(id)", #"{"properties":{"city":""}}"#)
        #expect(desk.value("contacts", id, "city").isNull == isNull)
        #expect((desk.value("contacts", id, "city").text == "") == habit)
    }

    @Test func listsArchivedRecordsOnlyWhenAsked() {
        let desk = self.desk(4)
        let ids = desk.get("/crm/v3/objects/contacts").ids
        #expect(desk.send("DELETE", "/crm/v3/objects/contacts/\(ids[1])").status == 204)
        #expect(desk.get("/crm/v3/objects/contacts").ids == [ids[0], ids[2], ids[3]])
        let archived = desk.get("/crm/v3/objects/contacts?archived=true")
        #expect(archived.ids == [ids[1]])
        #expect(archived.json["results"][0]["archived"].flag == true)
        #expect(archived.json["results"][0]["archivedAt"].text != nil)
        #expect(desk.get("/crm/v3/objects/contacts/\(ids[1])").status == 404)
        #expect(desk.get("/crm/v3/objects/contacts/\(ids[1])?archived=true").status == 200)
    }

    @Test func readsByIDOrByAUniqueProperty() {
        let desk = self.desk(2, Habits(lowercasesEmail: true))
        let id = desk.get("/crm/v3/objects/contacts").ids[1]
        let byEmail = desk.get("/crm/v3/objects/contacts/C1%40Example.com?idProperty=email")
        #expect(byEmail.json["id"].text == id)
        #expect(desk.get("/crm/v3/objects/contacts/x@example.com?idProperty=email").status == 404)
        #expect(desk.get("/crm/v3/objects/contacts/N1?idProperty=firstname").status == 400)
        #expect(desk.get("/crm/v3/objects/contacts/12345").status == 404)
        #expect(desk.get("/crm/v3/objects/contacts/nonsense").status == 404)
    }

    @Test func givesIDsAsTextAboveThirtyTwoBits() throws {
        let id = try #require(self.desk(1).get("/crm/v3/objects/contacts").ids.first.flatMap { Int64($0) })
        #expect(id > Int64(UInt32.max))
    }

    @Test func writesTimesLikeTheProduct() {
        let desk = self.desk(1)
        desk.clock.advance(by: 1_234)
        _ = desk.create("contacts", ["firstname": "late"])
        let results = desk.get("/crm/v3/objects/contacts").json["results"]
        #expect(results[0]["createdAt"].text == "2026-11-02T08:00:00Z")
        #expect(results[1]["properties"]["createdate"].text == "2026-11-02T08:00:01.234Z")
    }

    @Test func showsVersionsWithTheirWriters() {
        let desk = Desk()
        let id = desk.create("contacts", ["email": "a@example.com", "city": "Lyon"])
        desk.clock.advance(by: 60_000)
        try? desk.account.edit(.contacts, Int64(id) ?? 0, set: ["city": "Nice"], by: 9_501)
        let reply = desk.get("/crm/v3/objects/contacts/\(id)?propertiesWithHistory=city,email")
        let versions = reply.json["propertiesWithHistory"]["city"].items
        #expect(versions.map { $0["value"].text } == ["Nice", "Lyon"])
        #expect(versions.map { $0["sourceType"].text } == ["CRM_UI", "INTEGRATION"])
        #expect(versions[0]["sourceId"].text == "userId:9501")
        #expect(versions[0]["updatedByUserId"].number == 9_501)
        #expect(versions[0]["timestamp"].text == "2026-11-02T08:01:00Z")
        #expect(reply.json["propertiesWithHistory"]["email"].items.count == 1)
        #expect(desk.get("/crm/v3/objects/contacts?propertiesWithHistory=city&limit=51").status == 400)
    }
}
