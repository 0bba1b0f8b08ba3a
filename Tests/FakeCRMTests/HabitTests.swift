import FakeCRM
import Testing

@Suite struct HabitTests {
    @Test(arguments: [
        ("firstname", "  Ada \u{00A0}", "Ada"), ("email", " Ada@Example.COM ", "ada@example.com"),
        ("annualrevenue", "1234.565", "1234.57"), ("annualrevenue", "-0.005", "-0.01"),
        ("annualrevenue", "9.999", "10"),
        ("annualrevenue", "0.004", "0"), ("annualrevenue", "-0.001", "0"), ("annualrevenue", "12.10", "12.10"),
        ("numemployees", " 12 ", "12"), ("phone", " 06 12 ", "06 12"),
    ])
    func bringsValuesIntoItsOwnForm(_ name: String, _ value: String, _ kept: String) {
        let desk = Desk(.realistic)
        #expect(desk.value("contacts", desk.create("contacts", [name: value]), name).text == kept)
        let exact = Desk(.none)
        if name == "firstname" || name == "annualrevenue" || name == "phone" {
            #expect(exact.value("contacts", exact.create("contacts", [name: value]), name).text == value)
        }
    }

    @Test func stripsPhonesWhenAsked() {
        let desk = Desk(Habits(stripsPhonePunctuation: true))
        let id = desk.create("contacts", ["phone": "+33 (0)6-12.34"])
        #expect(desk.value("contacts", id, "phone").text == "+33061234")
    }

    @Test func answersWithoutTheValues() {
        let desk = Desk(.realistic)
        let reply = desk.post("/crm/v3/objects/contacts", #"{"properties":{"email":"a@example.com","city":"Lyon"}}"#)
        #expect(reply.status == 201)
        #expect(reply.json["properties"].keys == ["createdate", "hs_object_id", "lastmodifieddate"])
        let full = Desk(.none).post(
            "/crm/v3/objects/contacts",
            #"{"properties":{"email":"a@example.com","city":"Lyon"}}"#
        )
        #expect(full.json["properties"]["city"].text == "Lyon")
        let batch = desk.post("/crm/v3/objects/contacts/batch/create", #"{"inputs":[{"properties":{"city":"Nice"}}]}"#)
        #expect(batch.json["results"][0]["properties"]["city"].isAbsent)
    }

    @Test func givesNewRecordsAnOwnerWhoHasNotLeft() {
        let desk = Desk(.realistic)
        let owners = Set(
            (0..<40).map { number -> String? in
                let id = desk.create("contacts", ["firstname": "n\(number)"])
                return desk.value("contacts", id, "hubspot_owner_id").text
            }
        )
        #expect(owners == ["501", "502"])
        let own = desk.create("contacts", ["hubspot_owner_id": "502"])
        #expect(desk.value("contacts", own, "hubspot_owner_id").text == "502")
        let task = desk.create("tasks", ["hs_timestamp": "1793606400000"])
        #expect(desk.value("tasks", task, "hubspot_owner_id").isNull)
    }

    @Test func fillsTheWebsite() {
        let desk = Desk(.realistic)
        let id = desk.create("companies", ["name": "A", "domain": "a.example"])
        #expect(desk.value("companies", id, "website").text == "a.example")
    }

    @Test(arguments: [true, false])
    func movesTheModificationTimeOfAnUnchangedRecordByHabit(_ habit: Bool) {
        let desk = Desk(Habits(touchesUnchanged: habit))
        let id = desk.create("contacts", ["city": "Lyon"])
        let before = desk.value("contacts", id, "lastmodifieddate").text
        desk.clock.advance(by: 1_000)
        _ = desk.send("PATCH", "/crm/v3/objects/contacts/\(id)", #"{"properties":{"city":"Lyon"}}"#)
        #expect((desk.value("contacts", id, "lastmodifieddate").text != before) == habit)
        let versions = desk.get("/crm/v3/objects/contacts/\(id)?propertiesWithHistory=city")
        #expect(versions.json["propertiesWithHistory"]["city"].items.count == 1)
    }

    @Test func modificationTimesNeverGoBack() {
        let desk = Desk()
        let id = desk.create("contacts", ["city": "Lyon"])
        desk.clock.advance(by: -3_600_000)
        _ = desk.send("PATCH", "/crm/v3/objects/contacts/\(id)", #"{"properties":{"city":"Nice"}}"#)
        #expect(desk.value("contacts", id, "lastmodifieddate").text == "2026-11-02T08:00:00Z")
    }

    @Test func hidesTraceIDsByHabit() {
        let desk = Desk(Habits(echoesTraceIDs: false))
        let body = #"{"inputs":[{"objectWriteTraceId":"t","properties":{"city":"Nice"}}]}"#
        let reply = desk.post("/crm/v3/objects/contacts/batch/create", body)
        #expect(reply.json["results"][0]["objectWriteTraceId"].isAbsent)
    }

    @Test func isTheSameInEveryRun() {
        let run = { () -> [UInt8] in
            let desk = Desk(.realistic)
            desk.account.load(Population.generate(seed: 9, contacts: 50, companies: 10, deals: 10))
            _ = desk.post(
                "/crm/v3/objects/contacts/batch/create",
                #"{"inputs":[{"properties":{"city":"a"}},{"properties":{}}]}"#
            )
            return desk.account.dump() + desk.get("/crm/v3/objects/contacts?limit=100").response.body
        }
        #expect(run() == run())
    }
}
