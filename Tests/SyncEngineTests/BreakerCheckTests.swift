import Planning
import Testing

@testable import SyncEngine

/// How far links are counted before a run may go on.
@Suite struct BreakerCheckTests {
    @Test(arguments: [0.0, 0.001, 0.1, 0.2, 1.0 / 3, 1], [0, 50, 51, 99, 1_000, 123_457])
    func enoughLinksNeverTripAndFewerAreCountedExactly(share: Double, count: Int) {
        let breaker = Breaker(share: share)
        let enough = breaker.links(allowing: count)
        #expect(share == 0 || !breaker.trips(count: count, links: enough))
        #expect(share == 0 || count <= breaker.floor || breaker.trips(count: count, links: enough - 2))
    }
}
