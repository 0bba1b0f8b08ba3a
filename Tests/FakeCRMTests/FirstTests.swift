import FakeCRM
import Testing

@Suite struct FirstTests {
    @Test func answersWithoutAToken() {
        let account = FakeCRMAccount(clock: FakeClock(startingAt: 0))
        #expect(account.handle(FakeRequest("GET", "/crm/v3/objects/contacts")).status == 401)
    }
}
