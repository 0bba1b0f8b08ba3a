import FakeCRM
import Testing

@Suite struct SchemaTests {
    static func addRelaisID(_ desk: Desk, _ type: String) {
        let body = Desk.json([
            "name": "relais_id", "label": "Relais id", "type": "string", "fieldType": "text",
            "groupName": type == "deals" ? "dealinformation" : "companyinformation", "hasUniqueValue": true,
        ])
        _ = desk.post("/crm/v3/properties/\(type)", body)
    }

    @Test func describesTheStandardProperties() {
        let properties = Desk().get("/crm/v3/properties/contacts").json["results"].items
        let byName = Dictionary(properties.map { ($0["name"].text ?? "", $0) }) { first, _ in first }
        #expect(byName["email"]?["hasUniqueValue"].flag == true)
        #expect(byName["email"]?["type"].text == "string")
        #expect(byName["lastmodifieddate"]?["modificationMetadata"]["readOnlyValue"].flag == true)
        #expect(byName["hubspotscore"]?["calculated"].flag == true)
        #expect(byName["hubspot_owner_id"]?["referencedObjectType"].text == "OWNER")
        #expect(
            byName["lifecyclestage"]?["options"].items.compactMap { $0["value"].text }.prefix(2) == [
                "subscriber", "lead",
            ]
        )
        #expect(byName["hs_email_optout"]?["fieldType"].text == "booleancheckbox")
        #expect(byName["date_of_birth"]?["type"].text == "date")
    }

    @Test func createsAUniquePropertyThatFindsRecords() {
        let desk = Desk()
        Self.addRelaisID(desk, "companies")
        let reply = desk.get("/crm/v3/properties/companies/relais_id")
        #expect(reply.json["hasUniqueValue"].flag == true)
        #expect(reply.json["hubspotDefined"].flag == false)
        #expect(reply.json["modificationMetadata"]["archivable"].flag == true)
        let id = desk.create("companies", ["name": "A", "relais_id": "k-1"])
        #expect(desk.get("/crm/v3/objects/companies/k-1?idProperty=relais_id").json["id"].text == id)
    }

    @Test func readsShowAPropertyAsSoonAsItIsThere() {
        let desk = Desk()
        let id = desk.create("companies", ["name": "A"])
        let paths = ["/batch/read", "/search"]
        let body = #"{"inputs":[{"id":"\#(id)"}],"properties":["name","relais_id"]}"#
        for path in paths {
            let first = desk.post("/crm/v3/objects/companies\(path)", body).json["results"].items.first
            #expect(first?["properties"]["name"].text == "A")
            #expect(first?["properties"]["relais_id"].text == nil)
        }
        Self.addRelaisID(desk, "companies")
        _ = desk.send("PATCH", "/crm/v3/objects/companies/\(id)", #"{"properties":{"relais_id":"k-1"}}"#)
        for path in paths {
            let first = desk.post("/crm/v3/objects/companies\(path)", body).json["results"].items.first
            #expect(first?["properties"]["relais_id"].text == "k-1")
        }
    }

    @Test(arguments: [
        (["name": "city"], 409), (["name": "Relais"], 400), (["name": "9lives"], 400), (["groupName": "nowhere"], 400),
        (["type": "colour"], 400), (["fieldType": "date"], 400), (["label": ""], 400), ([:], 201),
    ])
    func refusesDefinitionsThatDoNotHold(_ change: [String: String], _ status: Int) {
        let base = [
            "name": "relais_note", "label": "Note", "type": "string", "fieldType": "text",
            "groupName": "contactinformation",
        ]
        let body = Desk.json(base.merging(change) { $1 })
        #expect(Desk().post("/crm/v3/properties/contacts", body).status == status)
    }

    @Test func archivesACustomPropertyAndRefusesWritesToIt() {
        let desk = Desk()
        Self.addRelaisID(desk, "companies")
        let id = desk.create("companies", ["name": "A", "relais_id": "k-1"])
        #expect(desk.send("DELETE", "/crm/v3/properties/companies/relais_id").status == 204)
        #expect(desk.get("/crm/v3/properties/companies/relais_id").status == 404)
        #expect(desk.get("/crm/v3/properties/companies/relais_id?archived=true").status == 200)
        let reply = desk.send("PATCH", "/crm/v3/objects/companies/\(id)", #"{"properties":{"relais_id":"k-2"}}"#)
        #expect(reply.codes == ["PROPERTY_DOESNT_EXIST"])
        #expect(desk.send("DELETE", "/crm/v3/properties/companies/name").status == 400)
    }

    @Test func listsOwnersByAddressWithoutRegardToCase() {
        let desk = Desk()
        #expect(desk.get("/crm/v3/owners").ids == ["501", "502"])
        #expect(desk.get("/crm/v3/owners?archived=true").ids == ["503"])
        #expect(desk.get("/crm/v3/owners?email=claire%40SELLERS.example").ids == ["501"])
        #expect(desk.get("/crm/v3/owners?email=nobody%40sellers.example").ids.isEmpty)
        let page = desk.get("/crm/v3/owners?limit=1")
        #expect(page.ids == ["501"])
        #expect(
            desk.get("/crm/v3/owners?limit=1&after=\(page.json["paging"]["next"]["after"].text ?? "")").ids == ["502"]
        )
        #expect(desk.get("/crm/v3/owners/502").json["email"].text == "yann@sellers.example")
        #expect(desk.get("/crm/v3/owners/9502?idProperty=userId").json["id"].text == "502")
        #expect(desk.get("/crm/v3/owners/7").status == 404)
    }

    @Test func describesDealPipelines() {
        let desk = Desk()
        let pipelines = desk.get("/crm/v3/pipelines/deals").json["results"]
        #expect(pipelines[0]["id"].text == "default")
        #expect(pipelines[0]["stages"].items.count == 7)
        let won = desk.get("/crm/v3/pipelines/deals/default/stages").json["results"].items.first {
            $0["id"].text == "closedwon"
        }
        #expect(won?["metadata"]["isClosed"].text == "true")
        #expect(won?["metadata"]["probability"].text == "1.0")
        #expect(desk.get("/crm/v3/pipelines/deals/nonsense").status == 404)
        #expect(desk.get("/crm/v3/pipelines/contacts").json["results"].items.isEmpty)
    }

    @Test func marksDealsClosedAndTasksDone() {
        let desk = Desk(Habits(fillsCloseDate: true))
        let id = desk.create("deals", StrictnessTests.deal)
        #expect(desk.value("deals", id, "hs_is_closed_won").text == "false")
        _ = desk.send("PATCH", "/crm/v3/objects/deals/\(id)", #"{"properties":{"dealstage":"closedwon"}}"#)
        #expect(desk.value("deals", id, "hs_is_closed_won").text == "true")
        #expect(desk.value("deals", id, "closedate").text == "2026-11-02T08:00:00Z")
        let task = desk.create(
            "tasks",
            ["hs_timestamp": "1793606400000", "hs_task_subject": "Call", "hs_task_status": "COMPLETED"]
        )
        #expect(desk.value("tasks", task, "hs_task_completion_date").text == "2026-11-02T08:00:00Z")
        #expect(desk.create("tasks", ["hs_task_subject": "Call"]).hasPrefix("refused"))
    }
}
