import HandOff
import Records
import Store
import Testing

@Suite struct RoutingTests {
    /// Gives `count` leads and returns who got how many.
    private static func deal(_ count: Int, _ candidates: [OwnerCandidate]) -> [Text] {
        var entries: [Text: RotationEntry] = [:]
        var owners: [Text] = []
        for number in 0..<count {
            let now = Instant(milliseconds: Int64(number))
            guard let choice = OwnerRotation.next(of: candidates, entries, at: now) else { break }
            for entry in choice.changed { entries[entry.owner] = entry }
            owners.append(choice.owner)
        }
        return owners
    }

    @Test(arguments: [[1, 1, 1], [2, 1], [5, 1, 1], [3, 2, 1], [1], [7, 3]])
    func isFairInEveryWindowOfTheWholeWeight(_ weights: [Int]) {
        let candidates = weights.enumerated().map { OwnerCandidate(email: Text("o\($0.offset)"), weight: $0.element) }
        let total = weights.reduce(0, +)
        let owners = Self.deal(total * 20, candidates)
        for start in 0...(total * 19) {
            let window = owners[start..<(start + total)]
            for candidate in candidates { #expect(window.count { $0 == candidate.email } == candidate.weight) }
        }
    }

    @Test func spreadsInsteadOfClumping() {
        let candidates = [OwnerCandidate(email: "a", weight: 2), OwnerCandidate(email: "b", weight: 1)]
        #expect(Self.deal(6, candidates) == ["a", "b", "a", "a", "b", "a"])
    }

    @Test func nobodyIsFloodedAfterAHoliday() {
        var entries: [Text: RotationEntry] = [:]
        func give(_ count: Int, away: Text?, from start: Int64) -> [Text] {
            (0..<Int64(count)).compactMap { number in
                let candidates = ["a", "b"].map { (email: Text) in
                    OwnerCandidate(email: email, weight: 1, obstacle: email == away ? "is away" : nil)
                }
                let choice = OwnerRotation.next(of: candidates, entries, at: Instant(milliseconds: start + number))
                for entry in choice?.changed ?? [] { entries[entry.owner] = entry }
                return choice?.owner
            }
        }
        #expect(give(10, away: "b", from: 0).allSatisfy { $0 == "a" })
        let after = give(10, away: nil, from: 10)
        #expect(after.count { $0 == "b" } == 5)
    }

    @Test func saysWhoWasPassedOverAndWhy() {
        let candidates = [
            OwnerCandidate(email: "a", weight: 1, obstacle: "is away"),
            OwnerCandidate(email: "b", weight: 1, obstacle: "has enough"), OwnerCandidate(email: "c", weight: 1),
        ]
        let choice = OwnerRotation.next(of: candidates, [:], at: Instant(milliseconds: 0))
        #expect(choice?.owner == "c")
        #expect(choice?.reason == "next in turn of 1 (passed over: a is away, b has enough)")
    }

    @Test func asksForNobodyIfNobodyIsFree() {
        #expect(OwnerRotation.next(of: [], [:], at: Instant(milliseconds: 0)) == nil)
    }

    private static let text = """
        connection: crm
        review: none
        owners:
          pool:
            - { email: lea@example.com, weight: 2, capacity: 3 }
            - { email: max@example.com, absent: [ { from: 2026-03-01, until: 2026-03-02 } ] }
            - { email: zoe@example.com, when: "contact.country == 'DE'" }
            - { email: old@example.com }
        """

    @Test func skipsWhoIsAwayFullInactiveOrDoesNotTakeSuchLeads() async throws {
        let world = try SalesWorld(Self.text)
        try world.store.write { transaction in
            let crm = try transaction.registerConnection("crm", connector: "fake")
            let owners = ["lea", "max", "zoe", "old"].map { name in
                KnownOwner(
                    id: Text(name),
                    email: Text("\(name)@example.com"),
                    name: Text(name),
                    isActive: name != "old"
                )
            }
            try transaction.setOwners(owners, of: crm)
        }
        _ = try (0..<4).map { _ in try world.qualifiedLead() }
        _ = try world.qualifiedLead(["country": "DE"])
        try await world.tick()
        let lea: Text = "lea@example.com"
        #expect(try world.handOffs().map(\.owner) == [lea, lea, lea, nil, "zoe@example.com"])
        #expect(try world.handOff(3).waitingFor == "nobody in the pool can take it")
        // Tomorrow max is back.
        try await world.tick(after: "1d")
        #expect(try world.handOff(3).owner == "max@example.com")
    }

    @Test func whoOwnsTheContactKeepsIt() async throws {
        let world = try SalesWorld(Self.text)
        _ = try world.qualifiedLead(["owner": "anna@example.com"])
        try await world.tick()
        #expect(try world.handOff().owner == "anna@example.com")
        #expect(try world.handOff().ownerReason == "owns the contact already")
    }

    @Test func theTurnOutlivesARestart() async throws {
        let text = """
            connection: none
            review: none
            owners: { pool: [ { email: a@example.com }, { email: b@example.com }, { email: c@example.com } ] }
            """
        let world = try SalesWorld(text)
        for _ in 0..<9 {
            _ = try world.qualifiedLead()
            try await world.tick(after: "1s")
            try world.restart()
        }
        let owners = try world.handOffs().compactMap { $0.owner?.string.prefix(1) }.joined()
        #expect(owners == "abcabcabc")
    }
}
