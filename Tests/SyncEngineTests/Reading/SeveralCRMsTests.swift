import Connectors
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// R19: one store, several CRMs.
@Suite struct SeveralCRMsTests {
    /// One person whom both CRMs know, linked and settled.
    private func settled(_ bench: HubBench, _ values: [String: Value] = [:]) async throws -> RecordID {
        bench.account("north").edit(
            "contacts",
            nil,
            ["email": "ada@x.org", "city": "Paris"].merging(values) { $1 }
        )
        try await bench.sync()
        return try #require(try bench.contacts().first?.id)
    }

    private func remote(_ bench: HubBench, _ name: String) throws -> Text {
        try #require(bench.account(name).ids("contacts").first)
    }

    @Test func r19AChangeInOneReachesTheOthersOnce() async throws {
        let bench = try HubBench(["north", "south", "east"])
        _ = try await self.settled(bench)
        for name in ["south", "east"] { #expect(bench.account(name).ids("contacts").count == 1) }
        let before = bench.writes
        bench.account("south").edit("contacts", try self.remote(bench, "south"), ["city": "Nice"])
        let summary = try await bench.sync()
        #expect(summary.isSettled)
        for name in ["north", "east"] {
            #expect(bench.account(name).value("contacts", try self.remote(bench, name), "city") == "Nice")
        }
        // One write in each of the two others, and none back to where it came from.
        #expect(bench.writes - before == 2)
        #expect(bench.account("south").with { $0.writes } == 1, "made once, never written to since")
    }

    @Test func r19WhatIsSettledIsQuiet() async throws {
        let bench = try HubBench(["north", "south", "east"])
        _ = try await self.settled(bench)
        try await bench.sync()
        let (writes, journal) = (bench.writes, try bench.store.read { try $0.journalEnd() })
        for _ in 0..<3 {
            let summary = try await bench.sync()
            #expect(summary.rounds == 1 && summary.isSettled)
            #expect(summary.results.allSatisfy { $0.reports.count == 1 })
        }
        #expect(bench.writes == writes)
        #expect(try bench.store.read { try $0.journalEnd() } == journal)
    }

    /// 20 characters, whole numbers, lower case: each CRM keeps what it can, and nobody else loses anything by it.
    @Test func r19ACRMThatKeepsLessDegradesNobody() async throws {
        let bench = try HubBench(["rich", "poor"])
        bench.account("poor").with { state in
            state.habits.normalise = { property, value in
                switch (property, value) {
                case ("motto", .text(let text)): .text(String(text.string.prefix(20)))
                case ("city", .text(let text)): .text(text.string.lowercased())
                case ("employees", .number(let number)):
                    .number(Number(String(number.description.prefix { $0 != "." })) ?? number)
                default: value
                }
            }
        }
        let motto: Value = "The Analytical Engine weaves algebraic patterns"
        let employees = Value.number(try #require(Number("12.75")))
        let rich = bench.account("rich").edit(
            "contacts",
            nil,
            ["email": "ada@x.org", "city": "Paris", "motto": motto, "employees": employees]
        )
        try await bench.sync()
        let poor = try self.remote(bench, "poor")
        #expect(bench.account("poor").value("contacts", poor, "motto") == "The Analytical Engin")
        #expect(bench.account("poor").value("contacts", poor, "city") == "paris")
        for _ in 0..<3 { try await bench.sync() }
        let ours = try #require(try bench.contacts().first)
        #expect(ours["motto"] == motto && ours["city"] == "Paris" && ours["employees"] == employees)
        #expect(bench.account("rich").value("contacts", rich, "motto") == motto)
        #expect(bench.account("rich").value("contacts", rich, "employees") == employees)
        #expect(bench.account("rich").with { $0.writes } == 0)
        // An edit of another field in the poor one carries none of its short values along.
        bench.account("poor").edit("contacts", poor, ["first_name": "Ada"])
        try await bench.sync()
        #expect(bench.account("rich").value("contacts", rich, "first_name") == "Ada")
        #expect(bench.account("rich").value("contacts", rich, "motto") == motto)
        #expect(bench.account("rich").value("contacts", rich, "city") == "Paris")
    }

    /// A person who is in both before either is connected becomes one record with two links.
    @Test func r19ARecordMatchedInBothIsOne() async throws {
        let bench = try HubBench()
        bench.account("north").edit("contacts", nil, ["email": "ada@x.org", "city": "Paris"])
        bench.account("south").edit("contacts", nil, ["email": "ada@x.org", "first_name": "Ada"])
        try await bench.sync()
        let ours = try bench.contacts()
        #expect(ours.count == 1)
        #expect(try bench.store.read { try $0.links(of: ours[0].id).count } == 2)
        for name in ["north", "south"] {
            let id = try self.remote(bench, name)
            #expect(bench.account(name).ids("contacts").count == 1)
            #expect(bench.account(name).value("contacts", id, "city") == "Paris")
            #expect(bench.account(name).value("contacts", id, "first_name") == "Ada")
        }
    }

    /// Ours, one CRM's and another's: the conflict names two, and what the third holds is told beside it.
    @Test func r19AThreeWayConflictShowsAllThreeValues() async throws {
        let bench = try HubBench()
        let ada = try await self.settled(bench)
        try bench.edit(ada, ["city": "Bordeaux"])
        bench.account("north").edit("contacts", try self.remote(bench, "north"), ["city": "Lyon"])
        bench.account("south").edit("contacts", try self.remote(bench, "south"), ["city": "Nice"])
        try await bench.sync()
        let conflicts = try bench.store.read { try $0.conflicts(ConflictFilter(state: .open), limit: 10) }
        #expect(conflicts.map(\.about.local) == ["Bordeaux", "Bordeaux"])
        #expect(conflicts.map(\.about.remote) == ["Lyon", "Nice"])
        #expect(conflicts.allSatisfy { $0.about.localBase == "Paris" && $0.about.remoteBase == "Paris" })
        let sides = try bench.store.read { try $0.remoteSides(of: "city", record: ada) }
        #expect(sides.map(\.now) == ["Lyon", "Nice"] && sides.map(\.agreed) == ["Paris", "Paris"])
        // Nothing was overwritten anywhere while it waits.
        #expect(bench.account("north").value("contacts", try self.remote(bench, "north"), "city") == "Lyon")
        #expect(bench.account("south").value("contacts", try self.remote(bench, "south"), "city") == "Nice")
    }

    /// Two CRMs change one field at once, and no policy is a person: the winner is everywhere, and stays.
    @Test(arguments: [ConflictPolicy.preferLocal, .preferRemote, .newest])
    func r19TwoCRMsThatDifferEndUpTheSame(policy: ConflictPolicy) async throws {
        let bench = try HubBench(["north", "south", "east"], onConflict: policy)
        let ada = try await self.settled(bench)
        bench.account("north").edit("contacts", try self.remote(bench, "north"), ["city": "Lyon"])
        bench.clock.advance(by: .seconds(3600))
        bench.account("south").edit("contacts", try self.remote(bench, "south"), ["city": "Nice"])
        for _ in 0..<2 { try await bench.sync() }
        let city = try #require(try bench.contacts().first { $0.id == ada })["city"]
        #expect(city == (policy == .preferLocal ? "Lyon" : "Nice"))
        for name in ["north", "south", "east"] {
            #expect(bench.account(name).value("contacts", try self.remote(bench, name), "city") == city)
        }
        let writes = bench.writes
        for _ in 0..<3 { try await bench.sync() }
        #expect(bench.writes == writes)
    }

    /// One CRM that fails, or shows another account, stops nobody else.
    @Test func r19AFailingCRMStopsNobodyElse() async throws {
        let bench = try HubBench(["north", "south", "east"])
        _ = try await self.settled(bench)
        bench.account("south").with { $0.accountID = "portal-2" }
        bench.account("north").edit("contacts", try self.remote(bench, "north"), ["city": "Nice"])
        let summary = try await bench.sync()
        #expect(summary.results[1].failure is SyncError)
        #expect(summary.isSettled)
        #expect(bench.account("east").value("contacts", try self.remote(bench, "east"), "city") == "Nice")
        #expect(bench.account("south").value("contacts", try self.remote(bench, "south"), "city") == "Paris")
        bench.account("south").with { $0.accountID = "portal-1" }
        try await bench.sync()
        #expect(bench.account("south").value("contacts", try self.remote(bench, "south"), "city") == "Nice")
    }

    /// The order of the turns is the one that was stated, whatever the names are.
    @Test func theOrderOfTurnsIsStated() async throws {
        let bench = try HubBench(["zulu", "alpha", "mike"])
        bench.account("mike").edit("contacts", nil, ["email": "ada@x.org"])
        let summary = try await bench.sync()
        #expect(summary.results.map(\.connection) == ["zulu", "alpha", "mike"])
        // mike comes last, so that the two before it hear of it in a second round; what they make is no news to it.
        #expect(summary.results.map(\.reports.count) == [2, 2, 1] && summary.isSettled)
    }
}
