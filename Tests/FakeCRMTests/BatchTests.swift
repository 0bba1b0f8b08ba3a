import FakeCRM
import Testing

@Suite struct BatchTests {
    private func inputs(_ count: Int, traced: Bool = false) -> String {
        Desk.json([
            "inputs": (0..<count).map { number -> [String: Any] in
                var input: [String: Any] = ["properties": ["email": "b\(number)@example.com"]]
                if traced { input["objectWriteTraceId"] = "t\(number)" }
                return input
            }
        ])
    }

    @Test(arguments: [(0, 400), (1, 201), (100, 201), (101, 400)])
    func takesAtMostAHundred(_ count: Int, _ status: Int) {
        let desk = Desk()
        let reply = desk.post("/crm/v3/objects/contacts/batch/create", self.inputs(count))
        #expect(reply.status == status)
        #expect(desk.account.ids(.contacts).count == (status == 201 ? count : 0))
    }

    @Test(arguments: ["read", "update", "upsert", "archive"])
    func refusesMoreThanAHundredEverywhere(_ operation: String) {
        let inputs = (0..<101).map { ["id": String($0), "properties": [:], "idProperty": "email"] as [String: Any] }
        let reply = Desk().post("/crm/v3/objects/contacts/batch/\(operation)", Desk.json(["inputs": inputs]))
        #expect(reply.status == 400)
    }

    @Test func refusesTheWholeBatchWithoutTraceIDs() {
        let desk = Desk()
        let body = #"{"inputs":[{"properties":{"email":"a@example.com"}},{"properties":{"email":"nonsense"}}]}"#
        let reply = desk.post("/crm/v3/objects/contacts/batch/create", body)
        #expect(reply.status == 400)
        #expect(reply.codes == ["INVALID_EMAIL"])
        #expect(desk.account.ids(.contacts).isEmpty)
        _ = desk.create("contacts", ["email": "a@example.com"])
        let doubled = #"{"inputs":[{"properties":{"email":"b@example.com"}},{"properties":{"email":"a@example.com"}}]}"#
        #expect(desk.post("/crm/v3/objects/contacts/batch/create", doubled).status == 409)
        #expect(desk.account.ids(.contacts).count == 1)
    }

    @Test func tiesErrorsToInputsByTraceID() {
        let desk = Desk()
        let known = desk.create("contacts", ["email": "known@example.com"])
        let body = """
            {"inputs":[
              {"objectWriteTraceId":"one","properties":{"email":"one@example.com"}},
              {"objectWriteTraceId":"two","properties":{"email":"nonsense","nope":"1"}},
              {"objectWriteTraceId":"three","properties":{"email":"known@example.com"}},
              {"objectWriteTraceId":"four","properties":{"email":"one@example.com"}}]}
            """
        let reply = desk.post("/crm/v3/objects/contacts/batch/create", body)
        #expect(reply.status == 207)
        #expect(reply.json["status"].text == "COMPLETE")
        #expect(reply.json["numErrors"].number == 3)
        #expect(reply.json["results"].items.map { $0["objectWriteTraceId"].text } == ["one"])
        let errors = reply.json["errors"].items
        #expect(errors.map { $0["context"]["objectWriteTraceId"][0].text } == ["two", "three", "four"])
        #expect(errors.map { $0["category"].text } == ["VALIDATION_ERROR", "CONFLICT", "CONFLICT"])
        #expect(errors[0]["errors"].items.compactMap { $0["code"].text } == ["INVALID_EMAIL", "PROPERTY_DOESNT_EXIST"])
        #expect(errors[1]["message"].text == "Contact already exists. Existing ID: \(known)")
        #expect(errors[2]["message"].text == "Contact already exists. Existing ID: \(reply.ids.first ?? "none")")
        #expect(desk.account.ids(.contacts).count == 2)
    }

    @Test func refusesTraceIDsThatAreNotAllDifferent() {
        let desk = Desk()
        let body = """
            {"inputs":[{"objectWriteTraceId":"t","properties":{"email":"a@example.com"}},
            {"objectWriteTraceId":"t","properties":{"email":"x"}}]}
            """
        #expect(desk.post("/crm/v3/objects/contacts/batch/create", body).status == 400)
        #expect(desk.account.ids(.contacts).isEmpty)
    }

    @Test func shufflesResultsByHabit() {
        let desk = Desk(Habits(shufflesResults: true))
        let reply = desk.post("/crm/v3/objects/contacts/batch/create", self.inputs(50, traced: true))
        let traces = reply.json["results"].items.compactMap { $0["objectWriteTraceId"].text }
        #expect(traces != (0..<50).map { "t\($0)" })
        #expect(Set(traces).count == 50)
        for result in reply.json["results"].items {
            let number = result["objectWriteTraceId"].text?.dropFirst() ?? ""
            #expect(result["properties"]["email"].text == "b\(number)@example.com")
        }
    }

    @Test func readsWhatIsThereAndNamesTheRest() {
        let desk = Desk()
        let id = desk.create("contacts", ["email": "a@example.com", "city": "Lyon"])
        let reply = desk.post(
            "/crm/v3/objects/contacts/batch/read",
            #"{"properties":["city"],"inputs":[{"id":"\#(id)"},{"id":"17"},{"id":"18"}]}"#
        )
        #expect(reply.status == 207)
        #expect(reply.ids == [id])
        #expect(reply.json["results"][0]["properties"]["city"].text == "Lyon")
        #expect(reply.json["errors"][0]["category"].text == "OBJECT_NOT_FOUND")
        #expect(reply.json["errors"][0]["context"]["ids"].items.compactMap(\.text) == ["17", "18"])
        let byEmail = #"{"idProperty":"email","inputs":[{"id":"a@example.com"}]}"#
        #expect(desk.post("/crm/v3/objects/contacts/batch/read", byEmail).ids == [id])
        let fifty = Desk.json(["propertiesWithHistory": ["city"], "inputs": (0..<51).map { ["id": "\($0)"] }])
        #expect(desk.post("/crm/v3/objects/contacts/batch/read", fifty).status == 400)
    }

    /// Each change is a version with its time and its writer, a clear too; writing what is there already is none.
    @Test func givesTheHistoriesOfABatch() throws {
        let desk = Desk()
        let ids = (0..<2).map { desk.create("contacts", ["city": "Lyon", "email": "h\($0)@example.com"]) }
        let number = try #require(Int64(ids[0]))
        desk.clock.advance(by: 5000)
        try desk.account.edit(.contacts, number, set: ["city": "Nice"], by: 7)
        for city in ["", "", "Lille"] {
            desk.clock.advance(by: 5000)
            let update = Desk.json(["inputs": [["id": ids[0], "properties": ["city": city]]]])
            #expect(desk.post("/crm/v3/objects/contacts/batch/update", update).status == 200)
        }
        let ask = Desk.json([
            "properties": ["city"], "propertiesWithHistory": ["city", "nonsense"], "inputs": ids.map { ["id": $0] },
        ])
        let reply = desk.post("/crm/v3/objects/contacts/batch/read", ask)
        let results = reply.json["results"].items
        let changed = try #require(results.first { $0["id"].text == ids[0] })["propertiesWithHistory"]
        let versions = changed["city"].items
        #expect(versions.compactMap { $0["value"].text } == ["Lille", "", "Nice", "Lyon"])
        #expect(
            versions.compactMap { $0["sourceType"].text } == ["INTEGRATION", "INTEGRATION", "CRM_UI", "INTEGRATION"]
        )
        #expect(versions[2]["sourceId"].text == "userId:7")
        let times = versions.compactMap { $0["timestamp"].text }
        #expect(times == times.sorted().reversed() && Set(times).count == 4)
        let other = try #require(results.first { $0["id"].text == ids[1] })["propertiesWithHistory"]
        #expect(other["city"].items.count == 1)
    }

    @Test func refusesABatchThatNamesARecordTwice() {
        let desk = Desk()
        let id = desk.create("contacts", ["city": "Lyon"])
        let body = #"{"inputs":[{"id":"\#(id)","properties":{}},{"id":"\#(id)","properties":{}}]}"#
        let reply = desk.post("/crm/v3/objects/contacts/batch/update", body)
        #expect(reply.status == 400)
        #expect(reply.json["message"].text == "Duplicate IDs found in batch input: [\(id)]. IDs must be unique")
    }

    @Test func updatesWhatIsThereEvenWithoutTraceIDs() {
        let desk = Desk()
        let id = desk.create("contacts", ["city": "Lyon"])
        let body = """
            {"inputs":[{"id":"\(id)","properties":{"city":"Nice"}},{"id":"17","properties":{"city":"Nice"}}]}
            """
        let reply = desk.post("/crm/v3/objects/contacts/batch/update", body)
        #expect(reply.status == 207)
        #expect(reply.ids == [id])
        #expect(reply.json["errors"][0]["context"]["ids"][0].text == "17")
        #expect(desk.value("contacts", id, "city").text == "Nice")
        let one = #"{"inputs":[{"id":"\#(id)","properties":{"city":"Lyon"}}]}"#
        #expect(desk.post("/crm/v3/objects/contacts/batch/update", one).status == 200)
    }

    @Test func upsertsByAUniqueProperty() {
        let desk = Desk()
        let id = desk.create("contacts", ["email": "a@example.com"])
        let body = """
            {"inputs":[{"id":"a@example.com","idProperty":"email","properties":{"city":"Lyon"}},
            {"id":"b@example.com","idProperty":"email","properties":{"city":"Nice"}}]}
            """
        let reply = desk.post("/crm/v3/objects/contacts/batch/upsert", body)
        #expect(reply.status == 200)
        let isNew = reply.json["results"].items.map { ($0["id"].text == id, $0["new"].flag) }
        #expect(isNew.contains { $0 == (true, false) })
        #expect(isNew.contains { $0 == (false, true) })
        #expect(desk.get("/crm/v3/objects/contacts/b@example.com?idProperty=email&properties=city").status == 200)
        let again = desk.post("/crm/v3/objects/contacts/batch/upsert", body)
        #expect(again.json["results"].items.allSatisfy { $0["new"].flag == false })
        #expect(desk.account.ids(.contacts).count == 2)
        let byName = #"{"inputs":[{"id":"D","idProperty":"dealname","properties":{}}]}"#
        #expect(desk.post("/crm/v3/objects/deals/batch/upsert", byName).status == 400)
    }

    @Test func archivesWithoutAWord() {
        let desk = Desk()
        let id = desk.create("contacts", ["city": "Lyon"])
        let reply = desk.post("/crm/v3/objects/contacts/batch/archive", #"{"inputs":[{"id":"\#(id)"},{"id":"17"}]}"#)
        #expect(reply.status == 204)
        #expect(reply.text.isEmpty)
        #expect(desk.account.ids(.contacts).isEmpty)
    }
}
