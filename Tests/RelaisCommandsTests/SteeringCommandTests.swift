import FakeCRM
import Foundation
import SyncEngine
import Testing

@testable import RelaisCommands

/// What runs and plans say to whoever steers them.
@Suite struct SteeringCommandTests {
    /// "They stay here" was said of records that the next run deleted.
    @Test func whatIsMissingStaysOnlyWhereTheMappingSaysSo() {
        #expect(SyncReport.missing(isFollowed: false).contains("they stay here"))
        let followed = SyncReport.missing(isFollowed: true)
        #expect(!followed.contains("stay here") && followed.contains("a later run looks again"))
    }
}
