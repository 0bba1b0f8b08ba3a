import FakeCRM
import Testing

@Suite struct PathTests {
    @Test(arguments: ["/crm/v3/objects", "/crm/objects/2025-09", "/crm/objects/2026-03", "/crm/objects/2026-09"])
    func everyVersionAnswersTheSame(_ prefix: String) {
        let desk = Desk()
        let id = desk.create("contacts", ["email": "a@example.com"])
        #expect(desk.get("\(prefix)/contacts").ids == [id])
        #expect(desk.get("\(prefix)/0-1/\(id)").json["id"].text == id)
        #expect(desk.post("\(prefix)/contact/search", "{}").json["total"].number == 1)
        #expect(desk.post("\(prefix)/contacts/batch/read", #"{"inputs":[{"id":"\#(id)"}]}"#).ids == [id])
        #expect(desk.post("\(prefix)/tasks", #"{"properties":{"hs_timestamp":"1793606400000"}}"#).status == 201)
    }

    @Test(arguments: [
        "/crm/v3/owners", "/crm/owners/2026-09", "/crm/v3/properties/deals", "/crm/properties/2026-03/deals",
        "/crm/v3/pipelines/deals", "/crm/pipelines/2026-09/deals", "/account-info/v3/details",
        "/account-info/2026-09/details", "/crm/v4/associations/contacts/companies/labels",
        "/crm/associations/2026-09/contacts/companies/labels",
    ])
    func theOtherAreasAreThereToo(_ path: String) {
        #expect(Desk().get(path).status == 200)
    }

    @Test(arguments: [
        ("GET", "/crm/v3/objects/contacts/batch", 404), ("GET", "/crm/objects/2024-01/contacts", 404),
        ("GET", "/crm/v5/objects/contacts", 404), ("GET", "/", 404), ("GET", "/crm/v3/objects", 404),
        ("GET", "/crm/v3/objects/unicorns", 400), ("PUT", "/crm/v3/objects/contacts", 405),
        ("GET", "/crm/v3/objects/contacts/search", 405), ("POST", "/crm/v3/owners", 405),
        ("GET", "/crm/v3/objects/contacts/batch/frobnicate", 404), ("POST", "/crm/v3/objects/deals/gdpr-delete", 404),
    ])
    func refusesWhatIsNotThere(_ method: String, _ path: String, _ status: Int) {
        let body = method == "GET" ? nil : "{}"
        #expect(Desk().send(method, path, body).status == status)
    }

    @Test func refusesAddressesThatAreTooLong() {
        let names = Array(repeating: "p", count: 9_000).joined(separator: ",")
        #expect(Desk().get("/crm/v3/objects/contacts?properties=\(names)").status == 414)
    }

    @Test func wantsJSONBodies() {
        let request = FakeRequest(
            "POST",
            "/crm/v3/objects/contacts",
            headers: [("Authorization", "Bearer pat-fake-0001"), ("Content-Type", "text/plain")],
            body: Array("{}".utf8)
        )
        #expect(Desk().account.handle(request).status == 415)
    }

    @Test(arguments: [
        "", "{", "[]", "{\"properties\":}", "{\"properties\":{\"a\":1,}}", "{'properties':{}}", "nonsense",
        "{\"properties\":{\"firstname\":\"\u{01}\"}}", "{\"properties\":{\"firstname\":\"\\x\"}}", "{} {}",
        "{\"properties\":{\"numemployees\":01}}", "{\"properties\":null}", "{\"properties\":{\"firstname\":null}}",
        "{\"properties\":{\"firstname\":[\"a\"]}}", "{\"properties\":{\"firstname\":{}}}",
    ])
    func refusesBodiesThatAreNotWhatItTakes(_ body: String) {
        let reply = Desk().post("/crm/v3/objects/contacts", body)
        #expect(reply.status == 400)
        #expect(reply.category == "VALIDATION_ERROR")
    }

    @Test func keepsEveryCharacterOfAText() {
        let desk = Desk()
        let text = "a\u{0301}é\r\n\t\"\\/ 😀 \u{200B}</script>"
        let id = desk.create("contacts", ["firstname": text])
        let kept = desk.value("contacts", id, "firstname").text
        #expect(kept.map { Array($0.utf8) } == Array(text.utf8))
        let escaped = desk.post("/crm/v3/objects/contacts", #"{"properties":{"firstname":"\ud83d\ude00\u00e9\u000a"}}"#)
        #expect(escaped.json["properties"]["firstname"].text == "😀é\n")
    }
}
