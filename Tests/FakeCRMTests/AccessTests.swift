import FakeCRM
import Testing

@Suite struct AccessTests {
    @Test(arguments: ["", "Bearer", "Bearer wrong", "Basic pat-fake-0001", "pat-fake-0001", "Bearer pat-fake-0001 x"])
    func refusesEveryTokenButItsOwn(_ header: String) {
        let request = FakeRequest("GET", "/crm/v3/objects/contacts", headers: [("Authorization", header)])
        let reply = Reply(Desk().account.handle(request))
        #expect(reply.status == 401)
        #expect(reply.category == "INVALID_AUTHENTICATION")
        #expect(reply.json["status"].text == "error")
        #expect(reply.json["correlationId"].text?.count == 36)
    }

    @Test(arguments: [
        ("GET", "/crm/v3/objects/contacts", "crm.objects.contacts.read"),
        ("POST", "/crm/v3/objects/deals", "crm.objects.deals.write"),
        ("POST", "/crm/v3/objects/deals/search", "crm.objects.deals.read"),
        ("POST", "/crm/v3/objects/companies/batch/upsert", "crm.objects.companies.write"),
        ("GET", "/crm/v3/owners", "crm.objects.owners.read"),
        ("POST", "/crm/v3/properties/deals", "crm.schemas.deals.write"),
        ("POST", "/crm/v3/objects/tasks", "crm.objects.contacts.write"),
    ])
    func namesTheScopeThatIsMissing(_ method: String, _ path: String, _ scope: String) {
        let scopes = AccessToken.allScopes.subtracting([scope])
        let desk = Desk(options: AccountOptions(tokens: [AccessToken("pat-fake-0001", scopes: scopes)]))
        let reply = desk.send(method, path, method == "POST" ? "{}" : nil)
        #expect(reply.status == 403)
        #expect(reply.category == "MISSING_SCOPES")
        #expect(reply.json["errors"][0]["context"]["requiredGranularScopes"].items.first?.text == scope)
    }

    @Test func tellsTheAccountEvenWithoutScopes() {
        let desk = Desk(options: AccountOptions(portalID: 77, tokens: [AccessToken("pat-fake-0001", scopes: [])]))
        #expect(desk.get("/account-info/v3/details").json["portalId"].number == 77)
    }

    @Test func limitsRequestsInTenSeconds() {
        let desk = Desk()
        desk.account.limits = RateLimits(perTenSeconds: 3, perDay: 100, searchesPerSecond: 1)
        let first = desk.get("/crm/v3/objects/contacts")
        #expect(first.response.header("X-HubSpot-RateLimit-Max") == "3")
        #expect(first.response.header("X-HubSpot-RateLimit-Remaining") == "2")
        #expect(first.response.header("X-HubSpot-RateLimit-Interval-Milliseconds") == "10000")
        #expect(first.response.header("X-HubSpot-RateLimit-Daily-Remaining") == "99")
        _ = desk.get("/crm/v3/objects/contacts")
        _ = desk.get("/crm/v3/objects/contacts")
        let refused = desk.get("/crm/v3/objects/contacts")
        #expect(refused.status == 429)
        #expect(refused.json["policyName"].text == "TEN_SECONDLY_ROLLING")
        #expect(refused.json["errorType"].text == "RATE_LIMIT")
        desk.clock.advance(by: 10_000)
        #expect(desk.get("/crm/v3/objects/contacts").status == 200)
    }

    @Test func limitsSearchesWithoutSayingSoInHeaders() {
        let desk = Desk()
        desk.account.limits = RateLimits(perTenSeconds: 100, searchesPerSecond: 2)
        let replies = (0..<3).map { _ in desk.post("/crm/v3/objects/contacts/search", "{}") }
        #expect(replies.map(\.status) == [200, 200, 429])
        #expect(replies[2].json["message"].text == "You have reached your secondly limit.")
        #expect(replies[0].response.header("X-HubSpot-RateLimit-Max") == nil)
        desk.clock.advance(by: 1_000)
        #expect(desk.post("/crm/v3/objects/contacts/search", "{}").status == 200)
    }

    @Test func limitsTheDay() {
        let desk = Desk()
        desk.account.limits = RateLimits(perDay: 1)
        #expect(desk.get("/crm/v3/owners").status == 200)
        #expect(desk.get("/crm/v3/owners").json["policyName"].text == "DAILY")
        desk.clock.advance(by: 86_400_000)
        #expect(desk.get("/crm/v3/owners").status == 200)
    }

    @Test func hasNoLimitsAndNoHeadersByDefault() {
        let desk = Desk()
        let replies = (0..<500).map { _ in desk.get("/crm/v3/owners") }
        #expect(replies.allSatisfy { $0.status == 200 })
        #expect(replies[0].response.header("X-HubSpot-RateLimit-Max") == nil)
    }
}
