import FakeCRM
import Testing

@Suite struct StrictnessTests {
    static let deal = ["dealname": "D", "pipeline": "default", "dealstage": "qualifiedtobuy"]

    @Test(arguments: [
        ("contacts", "favourite_color", "red", "PROPERTY_DOESNT_EXIST"),
        ("contacts", "email", "not an address", "INVALID_EMAIL"),
        ("contacts", "email", "a@b", "INVALID_EMAIL"),
        ("contacts", "email", "a@@example.com", "INVALID_EMAIL"),
        ("contacts", "numemployees", "many", "INVALID_INTEGER"),
        ("contacts", "numemployees", "1,234", "INVALID_INTEGER"),
        ("contacts", "numemployees", "1 234", "INVALID_INTEGER"),
        ("contacts", "numemployees", "1e5", "INVALID_INTEGER"),
        ("contacts", "lifecyclestage", "Lead", "INVALID_OPTION"),
        ("contacts", "lifecyclestage", "mql", "INVALID_OPTION"),
        ("contacts", "hs_lead_status", "new", "INVALID_OPTION"),
        ("contacts", "hs_email_optout", "yes", "INVALID_OPTION"),
        ("contacts", "hs_email_optout", "True", "INVALID_OPTION"),
        ("contacts", "date_of_birth", "1793606400000", "INVALID_DATE"),
        ("contacts", "date_of_birth", "02/03/2026", "INVALID_DATE"),
        ("contacts", "date_of_birth", "2026-02-30", "INVALID_DATE"),
        ("contacts", "closedate", "tomorrow", "INVALID_LONG"),
        ("contacts", "createdate", "1793606400000", "READ_ONLY_VALUE"),
        ("contacts", "hs_object_id", "7", "READ_ONLY_VALUE"),
        ("contacts", "lastmodifieddate", "7", "READ_ONLY_VALUE"),
        ("contacts", "hubspotscore", "7", "READ_ONLY_VALUE"),
        ("contacts", "hubspot_owner_id", "999", "INVALID_OWNER_ID"),
        ("contacts", "hubspot_owner_id", "503", "INVALID_OWNER_ID"),
        ("contacts", "hubspot_owner_id", "claire@sellers.example", "INVALID_OWNER_ID"),
        ("companies", "industry", "Software", "INVALID_OPTION"),
        ("companies", "annualrevenue", "12.", "INVALID_INTEGER"),
    ])
    func refusesAWrongValue(_ type: String, _ name: String, _ value: String, _ code: String) {
        let desk = Desk()
        let reply = desk.post("/crm/v3/objects/\(type)", Desk.json(["properties": [name: value]]))
        #expect(reply.status == 400)
        #expect(reply.category == "VALIDATION_ERROR")
        #expect(reply.codes == [code])
        #expect(reply.json["errors"][0]["context"]["propertyName"].items.map(\.text) == [name])
        #expect(reply.json["message"].text?.hasPrefix("Property values were not valid: [{") == true)
        #expect(desk.get("/crm/v3/objects/\(type)").ids.isEmpty)
    }

    @Test(arguments: [
        ("numemployees", "12", "12"), ("numemployees", "-0.5", "-0.5"), ("annualrevenue", "1234567.891", "1234567.891"),
        ("date_of_birth", "1990-02-28", "1990-02-28"), ("date_of_birth", "1793577600000", "2026-11-02"),
        ("closedate", "1793606400123", "2026-11-02T08:00:00.123Z"), ("closedate", "2026-11-02", "2026-11-02T00:00:00Z"),
        ("closedate", "2026-11-02T10:00:00+02:00", "2026-11-02T08:00:00Z"), ("hs_email_optout", "true", "true"),
        ("lifecyclestage", "lead", "lead"), ("hubspot_owner_id", "501", "501"),
        ("email", "o'brien+tag@sub.example.co.uk", "o'brien+tag@sub.example.co.uk"),
    ])
    func keepsAGoodValueInTheProductsForm(_ name: String, _ value: String, _ kept: String) {
        let desk = Desk()
        let id = desk.create("contacts", [name: value])
        #expect(desk.value("contacts", id, name).text == kept)
    }

    @Test func takesNumbersAndBooleansAsTexts() {
        let desk = Desk()
        let body = #"{"properties":{"numemployees":12,"hs_email_optout":false}}"#
        let reply = desk.post("/crm/v3/objects/contacts", body)
        #expect(reply.json["properties"]["numemployees"].text == "12")
        #expect(reply.json["properties"]["hs_email_optout"].text == "false")
    }

    @Test func listsEveryProblemAtOnce() {
        let body = Desk.json(["properties": ["nope": "1", "email": "x", "lifecyclestage": "lead", "numemployees": "y"]])
        let reply = Desk().post("/crm/v3/objects/contacts", body)
        #expect(reply.codes.sorted() == ["INVALID_EMAIL", "INVALID_INTEGER", "PROPERTY_DOESNT_EXIST"])
    }

    @Test func refusesTheSameOnUpdate() {
        let desk = Desk()
        let id = desk.create("contacts", ["city": "Lyon"])
        let reply = desk.send("PATCH", "/crm/v3/objects/contacts/\(id)", #"{"properties":{"city":"Nice","nope":"1"}}"#)
        #expect(reply.codes == ["PROPERTY_DOESNT_EXIST"])
        #expect(desk.value("contacts", id, "city").text == "Lyon")
        #expect(desk.send("PATCH", "/crm/v3/objects/contacts/1", #"{"properties":{}}"#).status == 404)
    }

    @Test func refusesASecondContactWithTheSameAddress() {
        let desk = Desk(Habits(trimsText: true, lowercasesEmail: true))
        let id = desk.create("contacts", ["email": "ada@example.com"])
        let reply = desk.post("/crm/v3/objects/contacts", #"{"properties":{"email":" Ada@Example.com "}}"#)
        #expect(reply.status == 409)
        #expect(reply.category == "CONFLICT")
        #expect(reply.json["message"].text == "Contact already exists. Existing ID: \(id)")
        let other = desk.create("contacts", ["email": "grace@example.com"])
        let patch = #"{"properties":{"email":"ada@example.com"}}"#
        #expect(desk.send("PATCH", "/crm/v3/objects/contacts/\(other)", patch).status == 409)
        #expect(desk.send("PATCH", "/crm/v3/objects/contacts/\(id)", patch).status == 200)
    }

    @Test func freesTheAddressOfAnArchivedContact() {
        let desk = Desk()
        let id = desk.create("contacts", ["email": "ada@example.com"])
        #expect(desk.send("DELETE", "/crm/v3/objects/contacts/\(id)").status == 204)
        #expect(desk.send("DELETE", "/crm/v3/objects/contacts/\(id)").status == 204)
        #expect(desk.send("DELETE", "/crm/v3/objects/contacts/4").status == 404)
        let again = desk.create("contacts", ["email": "ada@example.com"])
        #expect(desk.get("/crm/v3/objects/contacts").ids == [again])
        #expect(again != id)
    }

    @Test func freesAnAddressThatWasChangedOrCleared() {
        let desk = Desk()
        let path = "/crm/v3/objects/contacts/\(desk.create("contacts", ["email": "ada@example.com"]))"
        #expect(desk.send("PATCH", path, #"{"properties":{"email":"ada@new.example"}}"#).status == 200)
        #expect(desk.post("/crm/v3/objects/contacts", #"{"properties":{"email":"ada@example.com"}}"#).status == 201)
        #expect(desk.send("PATCH", path, #"{"properties":{"email":""}}"#).status == 200)
        #expect(desk.post("/crm/v3/objects/contacts", #"{"properties":{"email":"ada@new.example"}}"#).status == 201)
    }

    @Test func refusesDoubledValuesOfACustomUniqueProperty() {
        let desk = Desk()
        SchemaTests.addRelaisID(desk, "deals")
        let first = desk.create("deals", Self.deal.merging(["relais_id": "k1"]) { $1 })
        let reply = desk.post(
            "/crm/v3/objects/deals",
            Desk.json(["properties": Self.deal.merging(["relais_id": "k1"]) { $1 }])
        )
        #expect(reply.status == 400)
        #expect(reply.category == "VALIDATION_ERROR")
        #expect(reply.json["message"].text?.hasSuffix(". \(first) already has that value.") == true)
        #expect(desk.get("/crm/v3/objects/deals/k1?idProperty=relais_id").json["id"].text == first)
    }

    @Test(arguments: ["dealname", "dealstage", "pipeline"])
    func wantsWhatADealNeeds(_ name: String) {
        let properties = Self.deal.filter { $0.key != name }
        let reply = Desk().post("/crm/v3/objects/deals", Desk.json(["properties": properties]))
        #expect(reply.status == 400)
        #expect(reply.json["context"]["properties"].items.map(\.text) == [name])
    }

    @Test(arguments: [
        ("default", "nonsense", "INVALID_PIPELINE_STAGE_ID"), ("default", "145206351", "INVALID_PIPELINE_STAGE_ID"),
        ("nonsense", "qualifiedtobuy", "INVALID_PIPELINE_ID"),
    ])
    func wantsAStageOfThePipeline(_ pipeline: String, _ stage: String, _ code: String) {
        let properties = ["dealname": "D", "pipeline": pipeline, "dealstage": stage]
        let reply = Desk().post("/crm/v3/objects/deals", Desk.json(["properties": properties]))
        #expect(reply.codes == [code])
    }

    @Test(arguments: [("/crm/v3/objects", 201), ("/crm/objects/2026-03", 201), ("/crm/objects/2026-09", 400)])
    func enforcesAdministratorsRulesFrom2026September(_ prefix: String, _ status: Int) {
        let rule = AccountOptions.Requirement(
            type: .deals,
            when: "dealstage",
            equals: "closedwon",
            required: "closedate"
        )
        let desk = Desk(options: AccountOptions(requirements: [rule]))
        let properties = ["dealname": "D", "pipeline": "default", "dealstage": "closedwon"]
        #expect(desk.post("\(prefix)/deals", Desk.json(["properties": properties])).status == status)
    }

    @Test(arguments: [
        (Habits.BackwardStage.accept, 200, "lead"), (.ignore, 200, "customer"), (.refuse, 400, "customer"),
    ])
    func treatsABackwardStageByHabit(_ habit: Habits.BackwardStage, _ status: Int, _ result: String) {
        let desk = Desk(Habits(backwardStage: habit))
        let id = desk.create("contacts", ["lifecyclestage": "customer"])
        let path = "/crm/v3/objects/contacts/\(id)"
        #expect(desk.send("PATCH", path, #"{"properties":{"lifecyclestage":"lead"}}"#).status == status)
        #expect(desk.value("contacts", id, "lifecyclestage").text == result)
        #expect(desk.send("PATCH", path, #"{"properties":{"lifecyclestage":""}}"#).status == 200)
        #expect(desk.send("PATCH", path, #"{"properties":{"lifecyclestage":"lead"}}"#).status == 200)
        #expect(desk.value("contacts", id, "lifecyclestage").text == "lead")
        #expect(desk.send("PATCH", path, #"{"properties":{"lifecyclestage":"opportunity"}}"#).status == 200)
        #expect(desk.value("contacts", id, "lifecyclestage").text == "opportunity")
    }
}
