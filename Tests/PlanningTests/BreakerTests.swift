import Planning
import Testing

/// R11: too many deletes, blanks or overwrites stop the run.
@Suite struct BreakerTests {
    @Test(arguments: [(50, 100, false), (51, 100, true), (51, 1000, false), (201, 1000, true)])
    func tripsBeyondTheFloorAndTheShare(count: Int, links: Int, trips: Bool) {
        #expect(Breaker().trips(count: count, links: links) == trips)
    }
}
