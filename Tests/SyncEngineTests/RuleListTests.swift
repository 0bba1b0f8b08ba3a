import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// Who is in a segment of ours, in a property of the CRM.
@Suite struct RuleListTests {
    private static func mapping(_ when: String, _ list: String) throws -> CompiledMapping {
        try SyncBench.mapping(
            fields: ["{ local: score, remote: score }"],
            more: ["initial: prefer_remote", "lists:", "- \(list)"],
            segments: SyncBench.warmSegment(when)
        )
    }

    @Test func whoJoinsAndLeavesIsTold() async throws {
        let list = "{ segment: warm, remote: list, in: Warm leads, out: \"\" }"
        var bench = try SyncBench(mappings: [Self.mapping("contact.score >= 50.0", list)])
        let remote = bench.account.edit("contacts", nil, ["email": "ada@x.org"])
        try await bench.sync()
        let ada = try #require(try bench.contacts().first).id
        func there() -> Value { bench.account.value("contacts", remote, "list") }
        #expect(there().isBlank)
        try bench.edit(ada, ["score": .number(60)])
        for _ in 0..<2 { try await bench.sync() }
        #expect(there() == "Warm leads")
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0)
        try bench.edit(ada, ["score": .null])
        for _ in 0..<2 { try await bench.sync() }
        #expect(there().isBlank)
        try bench.edit(ada, ["score": .number(40)])
        for _ in 0..<2 { try await bench.sync() }
        #expect(there().isBlank)
        // Another meaning of the segment reaches everybody, also those who did not change.
        bench.mappings = [try Self.mapping("contact.score >= 30.0", list)]
        for pause in [60, 4000, 60] { try await bench.sync(after: .seconds(pause)) }
        #expect(there() == "Warm leads")
    }

    /// A change that comes from the CRM goes back to it as the membership that follows from it.
    @Test func whoJoinsByAnEditThereIsTold() async throws {
        let bench = try SyncBench(mappings: [Self.mapping("contact.score >= 50.0", "{ segment: warm, remote: list }")])
        let remote = bench.account.edit("contacts", nil, ["email": "ada@x.org", "score": .number(10)])
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.account.value("contacts", remote, "list") == .flag(false))
        bench.account.edit("contacts", remote, ["score": .number(60)])
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.account.value("contacts", remote, "list") == .flag(true))
    }

    /// What somebody types over it is put back, as for every field that is pushed.
    @Test(arguments: ["leave", "restore"]) func anEditThereFollowsDrift(drift: String) async throws {
        let list = "{ segment: warm, remote: list, in: Warm leads, drift: \(drift) }"
        let bench = try SyncBench(mappings: [Self.mapping("contact.score >= 50.0", list)])
        let ada = try bench.edit(nil, ["email": "ada@x.org", "score": .number(60)])
        for _ in 0..<2 { try await bench.sync() }
        let remote = try #require(try bench.remoteID(of: ada))
        bench.account.edit("contacts", remote, ["list": "mine"])
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.account.value("contacts", remote, "list") == (drift == "leave" ? "mine" : "Warm leads"))
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0)
    }

    /// A computed field that is defined anew reaches the records that are linked already.
    @Test func anotherExpressionReachesEverybody() async throws {
        func mapping(_ value: String) throws -> CompiledMapping {
            try SyncBench.mapping(fields: ["{ remote: tag, value: \"\(value)\", initial: prefer_local }"])
        }
        var bench = try SyncBench(mappings: [try mapping("'a ' + contact.city")])
        let ada = try bench.edit(nil, ["email": "ada@x.org", "city": "Paris"])
        for _ in 0..<2 { try await bench.sync() }
        let remote = try #require(try bench.remoteID(of: ada))
        #expect(bench.account.value("contacts", remote, "tag") == "a Paris")
        bench.mappings = [try mapping("'b ' + contact.city")]
        for pause in [60, 4000, 60] { try await bench.sync(after: .seconds(pause)) }
        #expect(bench.account.value("contacts", remote, "tag") == "b Paris")
    }

    @Test func withoutWordsItIsAFlag() async throws {
        let bench = try SyncBench(mappings: [Self.mapping("contact.city == 'Paris'", "{ segment: warm, remote: list }")]
        )
        let ada = try bench.edit(nil, ["email": "ada@x.org", "city": "Paris"])
        let eve = try bench.edit(nil, ["email": "eve@x.org"])
        for _ in 0..<2 { try await bench.sync() }
        for (id, expected) in [(ada, true), (eve, false)] {
            let remote = try #require(try bench.remoteID(of: id))
            #expect(bench.account.value("contacts", remote, "list") == .flag(expected))
        }
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0)
    }
}
