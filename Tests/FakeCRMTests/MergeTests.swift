import FakeCRM
import Testing

@Suite struct MergeTests {
    private func merged(_ habits: Habits) -> (desk: Desk, primary: String, other: String, reply: Reply) {
        let desk = Desk(habits)
        let primary = desk.create("contacts", ["email": "ada@one.example", "city": "Paris"])
        let other = desk.create("contacts", ["email": "ada@two.example", "city": "Lyon", "jobtitle": "CEO"])
        let company = desk.create("companies", ["name": "A"])
        try? desk.account.associate(.contacts, Int64(other) ?? 0, .companies, Int64(company) ?? 0)
        let body = #"{"primaryObjectId":"\#(primary)","objectIdToMerge":"\#(other)"}"#
        return (desk, primary, other, desk.post("/crm/v3/objects/contacts/merge", body))
    }

    @Test(arguments: [true, false])
    func keepsThePrimarysValuesAndFillsItsBlanks(_ makesNew: Bool) throws {
        let (desk, primary, other, reply) = self.merged(Habits(mergeMakesNewRecord: makesNew))
        #expect(reply.status == 200)
        let id = try #require(reply.json["id"].text)
        #expect((id == primary) == !makesNew)
        #expect(desk.get("/crm/v3/objects/contacts").ids == [id])
        #expect(desk.value("contacts", id, "city").text == "Paris")
        #expect(desk.value("contacts", id, "jobtitle").text == "CEO")
        #expect(desk.value("contacts", id, "email").text == "ada@one.example")
        #expect(desk.value("contacts", id, "hs_additional_emails").text == "ada@two.example")
        #expect(desk.value("contacts", id, "hs_merged_object_ids").text == "\(primary);\(other)")
        #expect(
            desk.get("/crm/v3/objects/contacts/\(id)?associations=companies").json["associations"]["companies"][
                "results"
            ].items.count == 2
        )
        #expect(desk.get("/crm/v3/objects/contacts?archived=true").ids.isEmpty)
    }

    @Test func leadsFromMergedIDsAndAddressesToTheSurvivor() throws {
        let (desk, primary, other, reply) = self.merged(Habits(mergeMakesNewRecord: true))
        let id = try #require(reply.json["id"].text)
        #expect(desk.get("/crm/v3/objects/contacts/\(primary)").json["id"].text == id)
        #expect(desk.get("/crm/v3/objects/contacts/\(other)").json["id"].text == id)
        #expect(desk.get("/crm/v3/objects/contacts/ada@two.example?idProperty=email").json["id"].text == id)
        let update = #"{"inputs":[{"id":"\#(other)","properties":{"city":"Nice"}}]}"#
        let updated = desk.post("/crm/v3/objects/contacts/batch/update", update)
        #expect(updated.status == 200)
        #expect(updated.ids == [id])
        #expect(desk.post("/crm/v3/objects/contacts", #"{"properties":{"email":"ada@two.example"}}"#).status == 409)
    }

    /// What the merge brought has a version of its own; what the primary record held keeps its history.
    @Test(arguments: [true, false])
    func tellsInTheHistoriesWhatTheMergeBrought(_ makesNew: Bool) throws {
        let (desk, _, _, reply) = self.merged(Habits(mergeMakesNewRecord: makesNew))
        let id = try #require(reply.json["id"].text)
        let ask = Desk.json(["propertiesWithHistory": ["city", "jobtitle"], "inputs": [["id": id]]])
        let read = desk.post("/crm/v3/objects/contacts/batch/read", ask).json["results"][0]["propertiesWithHistory"]
        #expect(read["jobtitle"].items.compactMap { $0["value"].text } == ["CEO"])
        #expect(read["jobtitle"][0]["sourceType"].text == "MERGE_OBJECTS")
        #expect(read["city"].items.compactMap { $0["sourceType"].text } == ["INTEGRATION"])
    }

    @Test func answers404ForMergedIDsByHabit() {
        let (desk, _, other, _) = self.merged(Habits(mergedIDsLeadOn: false))
        #expect(desk.get("/crm/v3/objects/contacts/\(other)").status == 404)
    }

    @Test func followsChains() throws {
        let (desk, primary, _, reply) = self.merged(Habits(mergeMakesNewRecord: true))
        let third = desk.create("contacts", ["email": "third@example.com"])
        let id = try #require(reply.json["id"].text)
        let body = #"{"primaryObjectId":"\#(third)","objectIdToMerge":"\#(id)"}"#
        let final = desk.post("/crm/v3/objects/contacts/merge", body).json["id"].text
        #expect(desk.get("/crm/v3/objects/contacts/\(primary)").json["id"].text == final)
    }

    @Test func refusesMergesThatMakeNoSense() {
        let desk = Desk()
        let id = desk.create("contacts", ["city": "Paris"])
        for body in [
            #"{"primaryObjectId":"\#(id)","objectIdToMerge":"\#(id)"}"#, #"{"primaryObjectId":"\#(id)"}"#,
        ] {
            #expect(desk.post("/crm/v3/objects/contacts/merge", body).status == 400)
        }
        let missing = #"{"primaryObjectId":"\#(id)","objectIdToMerge":"7"}"#
        #expect(desk.post("/crm/v3/objects/contacts/merge", missing).status == 404)
    }

    @Test func erasesForGoodAndBlocksTheAddress() {
        let desk = Desk()
        let id = desk.create("contacts", ["email": "ada@one.example"])
        let body = #"{"objectId":"ada@one.example","idProperty":"email"}"#
        #expect(desk.post("/crm/v3/objects/contacts/gdpr-delete", body).status == 204)
        #expect(desk.get("/crm/v3/objects/contacts/\(id)").status == 404)
        #expect(desk.get("/crm/v3/objects/contacts/\(id)?archived=true").status == 404)
        let again = desk.post("/crm/v3/objects/contacts", #"{"properties":{"email":"ada@one.example"}}"#)
        #expect(again.codes == ["INVALID_EMAIL"])
        #expect(desk.post("/crm/v3/objects/contacts/gdpr-delete", #"{"objectId":"7"}"#).status == 404)
        let unknown = #"{"objectId":"nobody@one.example","idProperty":"email"}"#
        #expect(desk.post("/crm/v3/objects/contacts/gdpr-delete", unknown).status == 204)
        #expect(desk.post("/crm/v3/objects/contacts", #"{"properties":{"email":"nobody@one.example"}}"#).status == 400)
    }
}
