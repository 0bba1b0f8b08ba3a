import FakeCRM
import Testing

@Suite struct FaultTests {
    private let create = #"{"properties":{"city":"Lyon"}}"#

    private func desk(_ rules: Faults.Rule...) -> Desk {
        let desk = Desk()
        desk.account.faults = Faults(rules: rules)
        return desk
    }

    @Test(arguments: [
        (Faults.Action.dropAfter, 1, FakeResponse.Delivery.drop), (.dropBefore, 0, .drop), (.hold, 1, .hold(1)),
        (.truncate(20), 1, .truncate(20)), (.failAfter(500), 1, .deliver), (.failBefore(503), 0, .deliver),
        (.maintenancePage, 0, .deliver), (.rateLimit(policy: "DAILY", retryAfter: 7), 0, .deliver),
        (.delay(50), 1, .deliver),
    ])
    func carriesTheRequestOutOrNot(_ action: Faults.Action, _ created: Int, _ delivery: FakeResponse.Delivery) {
        let desk = self.desk(Faults.Rule(action, method: "POST", pathContains: "/contacts"))
        let reply = desk.post("/crm/v3/objects/contacts", self.create)
        #expect(reply.response.delivery == delivery)
        #expect(desk.account.ids(.contacts).count == created)
        #expect(desk.post("/crm/v3/objects/contacts", self.create).status == 201)
    }

    @Test func answersWithTheFault() {
        let failing = self.desk(Faults.Rule(.failAfter(502)))
        let page = failing.post("/crm/v3/objects/contacts", self.create)
        #expect(page.status == 502)
        #expect(page.response.header("Content-Type") == "text/html")
        let limited = self.desk(Faults.Rule(.rateLimit(policy: "DAILY", retryAfter: 7))).get("/crm/v3/owners")
        #expect(limited.status == 429)
        #expect(limited.response.header("Retry-After") == "7")
        #expect(limited.json["policyName"].text == "DAILY")
    }

    @Test func appliesAfterSkippingAndSoManyTimes() {
        let desk = self.desk(Faults.Rule(.failBefore(500), pathContains: "/owners", skip: 2, times: 2))
        #expect((0..<6).map { _ in desk.get("/crm/v3/owners").status } == [200, 200, 500, 500, 200, 200])
        #expect(desk.get("/crm/v3/pipelines/deals").status == 200)
    }

    @Test func lastsUntilItIsTakenAwayWithoutACount() {
        let desk = self.desk(Faults.Rule(.failBefore(503), times: nil))
        #expect((0..<5).allSatisfy { _ in desk.get("/crm/v3/owners").status == 503 })
        desk.account.faults = .none
        #expect(desk.get("/crm/v3/owners").status == 200)
    }

    @Test func delaysEveryAnswer() {
        let desk = Desk()
        desk.account.faults = Faults(delayMilliseconds: 30, rules: [Faults.Rule(.delay(12))])
        #expect(desk.get("/crm/v3/owners").response.delayMilliseconds == 42)
        #expect(desk.get("/crm/v3/owners").response.delayMilliseconds == 30)
    }
}
