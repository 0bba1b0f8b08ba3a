import Planning
import Records
import Testing

/// R7: one hit is not identity.
@Suite struct MatcherTests {
    private struct Evidence: MatchEvidence {
        var linked: Set<RecordID> = []
        var contradictions: [RecordID: Set<Int>] = [:]

        func isLinked(_ record: RecordID) -> Bool { self.linked.contains(record) }
        func contradicts(_ record: RecordID, key: Int) -> Bool { self.contradictions[record]?.contains(key) ?? false }
        func pick(_ records: [RecordID], by policy: DuplicatePolicy) -> RecordID? {
            policy == .oldest ? records.min() : nil
        }
    }

    private let ada = RecordID(high: 1, low: 1)
    private let bob = RecordID(high: 2, low: 2)

    private func decide(
        _ hits: [[RecordID]?],
        _ evidence: Evidence,
        _ policy: DuplicatePolicy = .review
    ) -> MatchDecision {
        let keyed = hits.enumerated().map { KeyHits(key: $0.offset, records: $0.element) }
        return Matcher(policy).decide(keyed, evidence: evidence)
    }

    @Test func noHitCreates() {
        #expect(self.decide([[], nil], Evidence()) == .create)
    }

    @Test func oneFreeHitLinks() {
        #expect(self.decide([[self.ada]], Evidence()) == .link(self.ada))
    }

    @Test func aLaterKeyLinksWhenTheEarlierWasBlank() {
        #expect(self.decide([nil, [self.ada]], Evidence()) == .link(self.ada))
    }

    @Test func aSharedLandlineWithAnotherEmailIsNoIdentity() {
        let evidence = Evidence(contradictions: [self.ada: [0]])
        #expect(self.decide([[], [self.ada]], evidence) == .contradiction(self.ada))
    }

    @Test func aHitThatIsLinkedAlreadyIsADuplicate() {
        #expect(self.decide([[self.ada]], Evidence(linked: [self.ada])) == .duplicate(of: self.ada))
    }

    @Test func severalHitsAreNeverTheFirst() {
        #expect(self.decide([[self.ada, self.bob]], Evidence()) == .ambiguous([self.ada, self.bob]))
        #expect(self.decide([[self.ada, self.bob]], Evidence(linked: [self.ada])) == .ambiguous([self.ada, self.bob]))
    }

    @Test func aPolicyMayPick() {
        #expect(self.decide([[self.bob, self.ada]], Evidence(), .oldest) == .link(self.ada))
    }
}
