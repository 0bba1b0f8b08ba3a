import FakeCRM
import Testing

@Suite struct SearchTests {
    private func search(_ desk: Desk, _ filter: [String: Any], _ more: [String: Any] = [:]) -> Reply {
        let body = more.merging(["filterGroups": [["filters": [filter]]]]) { $1 }
        return desk.post("/crm/v3/objects/contacts/search", Desk.json(body))
    }

    /// Three contacts: Ada (5 employees), Béa (50, in Lyon), and one with nothing.
    private func desk() -> Desk {
        let desk = Desk()
        _ = desk.create(
            "contacts",
            ["email": "ada@one.example", "firstname": "Ada", "numemployees": "5", "city": "Paris"]
        )
        desk.clock.advance(by: 1_000)
        _ = desk.create(
            "contacts",
            ["email": "bea@two.example", "firstname": "Béa", "numemployees": "50", "city": "Lyon"]
        )
        desk.clock.advance(by: 1_000)
        _ = desk.create("contacts", ["lifecyclestage": "lead"])
        return desk
    }

    @Test(arguments: [
        ("firstname", "EQ", "ada", 1), ("firstname", "EQ", "Ada", 1), ("firstname", "NEQ", "ada", 2),
        ("numemployees", "LT", "50", 1), ("numemployees", "LTE", "50", 2), ("numemployees", "GT", "5", 1),
        ("numemployees", "GTE", "5.0", 2), ("numemployees", "EQ", "50.0", 1), ("lifecyclestage", "EQ", "lead", 1),
        ("lifecyclestage", "EQ", "LEAD", 0), ("createdate", "GTE", "1793606401000", 2),
        ("createdate", "GT", "1793606401000", 1), ("lastmodifieddate", "LTE", "1793606401000", 2),
        ("email", "EQ", "ADA@one.example", 1), ("email", "CONTAINS_TOKEN", "one", 1),
        ("email", "CONTAINS_TOKEN", "*a@*", 2), ("email", "NOT_CONTAINS_TOKEN", "one", 2),
        ("hs_object_id", "GT", "10000000001", 2), ("hs_object_id", "EQ", "10000000002", 1),
    ])
    func findsByOneValue(_ name: String, _ word: String, _ value: String, _ count: Int) {
        let reply = self.search(self.desk(), ["propertyName": name, "operator": word, "value": value])
        #expect(reply.status == 200)
        #expect(reply.json["total"].number == count)
        #expect(reply.ids.count == count)
    }

    @Test func findsByPresenceRangesAndLists() {
        let desk = self.desk()
        #expect(self.search(desk, ["propertyName": "email", "operator": "HAS_PROPERTY"]).ids.count == 2)
        #expect(self.search(desk, ["propertyName": "email", "operator": "NOT_HAS_PROPERTY"]).ids.count == 1)
        let between = ["propertyName": "numemployees", "operator": "BETWEEN", "value": "1", "highValue": "10"]
        #expect(self.search(desk, between).ids.count == 1)
        let cities: [String: Any] = ["propertyName": "city", "operator": "IN", "values": ["lyon", "paris"]]
        #expect(self.search(desk, cities).ids.count == 2)
        let capitals: [String: Any] = ["propertyName": "city", "operator": "IN", "values": ["Lyon"]]
        #expect(self.search(desk, capitals).ids.isEmpty)
        let others: [String: Any] = ["propertyName": "city", "operator": "NOT_IN", "values": ["lyon"]]
        #expect(self.search(desk, others).ids.count == 2)
        #expect(desk.post("/crm/v3/objects/contacts/search", #"{"query":"béa"}"#).ids.count == 1)
    }

    @Test func joinsGroupsWithOrAndFiltersWithAnd() {
        let body = """
            {"filterGroups":[
              {"filters":[{"propertyName":"city","operator":"EQ","value":"lyon"},
                          {"propertyName":"firstname","operator":"EQ","value":"ada"}]},
              {"filters":[{"propertyName":"lifecyclestage","operator":"EQ","value":"lead"}]}]}
            """
        #expect(self.desk().post("/crm/v3/objects/contacts/search", body).json["total"].number == 1)
    }

    @Test(arguments: [
        #"{"filterGroups":[{"filters":[{"propertyName":"nope","operator":"EQ","value":"1"}]}]}"#,
        #"{"filterGroups":[{"filters":[{"propertyName":"city","operator":"LIKE","value":"1"}]}]}"#,
        #"{"filterGroups":[{"filters":[{"propertyName":"city","operator":"EQ"}]}]}"#,
        #"{"filterGroups":[{"filters":[{"propertyName":"city","operator":"IN","value":"1"}]}]}"#,
        #"{"filterGroups":[{"filters":[{"propertyName":"city","operator":"BETWEEN","value":"1"}]}]}"#,
        #"{"filterGroups":[{"filters":[{"propertyName":"city","operator":"HAS_PROPERTY","value":"1"}]}]}"#,
        #"{"filterGroups":[{"filters":[{"propertyName":"numemployees","operator":"GT","value":"x"}]}]}"#,
        #"{"filterGroups":[{"filters":[{"propertyName":"createdate","operator":"GT","value":"2026-01-01"}]}]}"#,
        #"{"filterGroups":{}}"#, #"{"sorts":["city","email"]}"#, #"{"sorts":["nope"]}"#,
        #"{"sorts":[{"propertyName":"city","direction":"UP"}]}"#, #"{"limit":201}"#, #"{"limit":0}"#,
        #"{"after":"x"}"#, #"{"after":"10000"}"#, #"{"after":9900,"limit":200}"#,
    ])
    func refusesWhatItDoesNotTake(_ body: String) {
        let reply = self.desk().post("/crm/v3/objects/contacts/search", body)
        #expect(reply.status == 400)
        #expect(reply.category == "VALIDATION_ERROR")
    }

    @Test(arguments: [(5, 6, 400), (3, 6, 200), (4, 5, 400), (6, 1, 400), (1, 7, 400), (5, 3, 200)])
    func limitsGroupsAndFilters(_ groups: Int, _ filters: Int, _ status: Int) {
        let filter = ["propertyName": "city", "operator": "EQ", "value": "x"]
        let group = ["filters": Array(repeating: filter, count: filters)]
        let body = Desk.json(["filterGroups": Array(repeating: group, count: groups)])
        #expect(self.desk().post("/crm/v3/objects/contacts/search", body).status == status)
    }

    @Test func sortsWithBlanksLast() {
        let desk = self.desk()
        let rising = desk.post("/crm/v3/objects/contacts/search", #"{"sorts":["numemployees"]}"#).ids
        let falling = desk.post(
            "/crm/v3/objects/contacts/search",
            #"{"sorts":[{"propertyName":"numemployees","direction":"DESCENDING"}]}"#
        ).ids
        #expect(rising == ["10000000001", "10000000002", "10000000003"])
        #expect(falling == ["10000000002", "10000000001", "10000000003"])
    }

    @Test func reachesTenThousandResultsAndNoMore() {
        let desk = Desk()
        desk.account.load(Population.generate(seed: 1, contacts: 10_050, companies: 0, deals: 0, marketing: 0))
        let last = desk.post("/crm/v3/objects/contacts/search", #"{"limit":200,"after":"9800"}"#)
        #expect(last.json["total"].number == 10_050)
        #expect(last.ids.count == 200)
        #expect(last.json["paging"]["next"]["after"].text == "10000")
        #expect(desk.post("/crm/v3/objects/contacts/search", #"{"limit":1,"after":"10000"}"#).status == 400)
    }

    @Test func pagesBySince() {
        let desk = Desk()
        desk.account.load(Population.generate(seed: 1, contacts: 500, companies: 0, deals: 0, marketing: 0))
        for id in desk.account.ids(.contacts).prefix(30) {
            desk.clock.advance(by: 10)
            try? desk.account.edit(.contacts, id, set: ["city": "Nice"], by: 1)
        }
        let filter = ["propertyName": "lastmodifieddate", "operator": "GTE", "value": "\(Desk.start + 1)"]
        let more: [String: Any] = ["sorts": ["lastmodifieddate"], "limit": 20]
        let first = self.search(desk, filter, more)
        #expect(first.json["total"].number == 30)
        let second = self.search(desk, filter, more.merging(["after": "20"]) { $1 })
        #expect((first.ids + second.ids).compactMap { Int64($0) } == Array(desk.account.ids(.contacts).prefix(30)))
        #expect(second.json["paging"].isAbsent)
    }

    @Test func indexIsLateForCreatesUpdatesAndArchivals() {
        let desk = Desk(Habits(indexLag: 5_000))
        let id = desk.create("contacts", ["email": "ada@one.example", "city": "Paris"])
        let find = {
            self.search(
                desk,
                ["propertyName": "email", "operator": "EQ", "value": "ada@one.example"],
                ["properties": ["city"]]
            )
        }
        #expect(find().ids.isEmpty)
        #expect(desk.get("/crm/v3/objects/contacts/\(id)").status == 200)
        #expect(desk.get("/crm/v3/objects/contacts").ids == [id])
        desk.clock.advance(by: 5_000)
        #expect(find().ids == [id])
        _ = desk.send("PATCH", "/crm/v3/objects/contacts/\(id)", #"{"properties":{"city":"Lyon"}}"#)
        #expect(find().json["results"][0]["properties"]["city"].text == "Paris")
        #expect(desk.value("contacts", id, "city").text == "Lyon")
        desk.clock.advance(by: 3_000)
        _ = desk.send("PATCH", "/crm/v3/objects/contacts/\(id)", #"{"properties":{"city":"Nice"}}"#)
        desk.clock.advance(by: 2_000)
        #expect(find().json["results"][0]["properties"]["city"].text == "Lyon")
        desk.clock.advance(by: 3_000)
        #expect(find().json["results"][0]["properties"]["city"].text == "Nice")
        _ = desk.send("DELETE", "/crm/v3/objects/contacts/\(id)")
        #expect(find().ids == [id])
        desk.clock.advance(by: 5_000)
        #expect(find().ids.isEmpty)
    }

    @Test func lateChangesAreMissedBySinceUntilTheyAreIndexed() {
        let desk = Desk(Habits(indexLag: 5_000))
        let id = desk.create("contacts", ["city": "Paris"])
        desk.clock.advance(by: 60_000)
        let since = ["propertyName": "lastmodifieddate", "operator": "GTE", "value": "\(desk.clock.now)"]
        _ = desk.send("PATCH", "/crm/v3/objects/contacts/\(id)", #"{"properties":{"city":"Lyon"}}"#)
        #expect(self.search(desk, since).ids.isEmpty)
        desk.clock.advance(by: 5_000)
        #expect(self.search(desk, since).ids == [id])
    }
}
