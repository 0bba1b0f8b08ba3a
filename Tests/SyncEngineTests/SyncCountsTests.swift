import SyncEngine
import Testing

@Suite struct SyncCountsTests {
    @Test func everyNamedCountIsAdded() {
        var (sum, more) = (SyncCounts(), SyncCounts())
        for (place, (_, path)) in SyncCounts.named.enumerated() {
            sum[keyPath: path] = 1000
            more[keyPath: path] = place + 1
        }
        more.needsInitial = ["contacts email": 2]
        more.driftFields = ["contacts email": 3]
        sum.add(more)
        sum.add(more)
        for (place, (name, path)) in SyncCounts.named.enumerated() {
            #expect(sum[keyPath: path] == 1000 + 2 * (place + 1), "\(name)")
        }
        #expect(sum.needsInitial == ["contacts email": 4])
        #expect(sum.driftFields == ["contacts email": 6])
    }
}
