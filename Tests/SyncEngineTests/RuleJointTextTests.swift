import Connectors
import Mapping
import Planning
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// A street and a city here, both ways, and one text with both in the CRM.
@Suite struct RuleJointTextTests {
    private static let fields = [
        "{ local: street, remote: place, via: [ { split: { by: ', ', part: 1 } } ] }",
        "{ local: city, remote: place, via: [ { split: { by: ', ', part: 2 } } ] }",
    ]

    private typealias Linked = (bench: SyncBench, ada: RecordID, remote: Text)

    private func linked(
        place: Value = "1 rue X, Paris",
        fields: [String] = Self.fields,
        more: [String] = ["initial: prefer_remote"],
        lostUpdate: LostUpdateProtection = .window
    ) async throws -> Linked {
        let mapping = try SyncBench.mapping(fields: fields, more: more)
        let bench = try SyncBench(mappings: [mapping], lostUpdate: lostUpdate)
        let remote = bench.account.edit("contacts", nil, ["email": "ada@x.org", "place": place])
        try await bench.sync()
        return (bench, try #require(try bench.contacts().first).id, remote)
    }

    private func expect(
        _ street: Value,
        _ city: Value,
        _ whole: Value,
        _ state: Linked,
        _ comment: Comment
    ) async throws {
        let bench = state.bench
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.value(state.ada, "street") == street, comment)
        #expect(try bench.value(state.ada, "city") == city, comment)
        #expect(bench.account.value("contacts", state.remote, "place") == whole, comment)
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0, comment)
    }

    @Test func editsOfPartsTravelBothWays() async throws {
        let state = try await self.linked()
        let (bench, ada, remote) = state
        try await self.expect("1 rue X", "Paris", "1 rue X, Paris", state, "as it came")
        try bench.edit(ada, ["city": "Lyon"])
        try await self.expect("1 rue X", "Lyon", "1 rue X, Lyon", state, "one part here")
        try bench.edit(ada, ["street": "2 rue Y", "city": "Nice"])
        try await self.expect("2 rue Y", "Nice", "2 rue Y, Nice", state, "both parts here")
        bench.account.edit("contacts", remote, ["place": "3 rue Z, Nice"])
        try await self.expect("3 rue Z", "Nice", "3 rue Z, Nice", state, "one part there")
        bench.account.edit("contacts", remote, ["place": .null])
        try await self.expect(.null, .null, .null, state, "none there")
        try bench.edit(ada, ["street": "4 rue A", "city": "Lille"])
        try await self.expect("4 rue A", "Lille", "4 rue A, Lille", state, "both here over nothing")
        try bench.edit(ada, ["street": .null, "city": .null])
        try await self.expect(.null, .null, .null, state, "none here")
    }

    /// Each side edits another part: no conflict, and nobody's part is written back.
    @Test func differentPartsAreNoConflict() async throws {
        let state = try await self.linked()
        let (bench, ada, remote) = state
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.edit("contacts", remote, ["place": "2 rue Y, Paris"])
        try await self.expect("2 rue Y", "Lyon", "2 rue Y, Lyon", state, "one part each")
        #expect(try bench.conflicts(.open).isEmpty && bench.conflicts(.settled).isEmpty)
    }

    @Test func onePartInConflictWaitsAndTheOtherGoesOn() async throws {
        let state = try await self.linked(more: ["initial: prefer_remote", "on_conflict: manual"])
        let (bench, ada, remote) = state
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.edit("contacts", remote, ["place": "1 rue X, Nice"])
        try await bench.sync()
        #expect(try bench.conflicts(.open).map(\.about.field) == ["city"])
        try bench.edit(ada, ["street": "2 rue Y"])
        try await self.expect("2 rue Y", "Lyon", "2 rue Y, Nice", state, "the part in conflict stays as it is there")
        #expect(try bench.conflicts(.open).map(\.about.remote) == ["Nice"])
    }

    /// R2: what somebody types into another part at any moment of a sync is not written back.
    @Test func r2AnotherPartThatChangesMeanwhileIsNotOverwritten() async throws {
        var moment = 1
        var isOver = false
        while !isOver {
            let state = try await self.linked(lostUpdate: .none)
            let (bench, ada, remote) = state
            try bench.edit(ada, ["city": "Lyon"])
            bench.account.atMoments { [moment] now in
                guard now == moment, let place = bench.account.value("contacts", remote, "place").text else { return }
                bench.account.edit(
                    "contacts",
                    remote,
                    ["place": .text(place.string.replacing("1 rue X", with: "9 rue Q"))]
                )
            }
            try await bench.sync()
            isOver = bench.account.endMoments() < moment
            if !isOver { try await self.expect("9 rue Q", "Lyon", "9 rue Q, Lyon", state, "at moment \(moment)") }
            moment += 1
        }
        #expect(moment > 3)
    }

    /// R2: a part that our write replaced unseen is told, also the one that only went along.
    @Test func r2APartThatOnlyWentAlongEntersTheConflictLog() async throws {
        let state = try await self.linked(lostUpdate: .detected)
        let (bench, ada, remote) = state
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.with { account in
            account.beforeWrite = { account in
                let now = account.objects["contacts"]?[remote]?.version ?? 0
                account.objects["contacts"]?[remote]?
                    .write(["place": "9 rue Q, Paris"], by: "CRM_UI userId:7", at: now + 1_000_000)
                account.beforeWrite = nil
            }
        }
        let report = try await bench.sync()
        #expect(report.counts.overwrittenUnseen == 1)
        let log = try bench.conflicts(.settled)
        #expect(log.map(\.about.field) == ["street"])
        #expect(log.map(\.about.remote) == ["9 rue Q"] && log.map(\.about.local) == ["1 rue X"])
        try await self.expect("1 rue X", "Lyon", "1 rue X, Lyon", state, "ours stands")
    }

    @Test func aTextOutsideTheDomainIsLeftAloneAndTold() async throws {
        let state = try await self.linked()
        let (bench, ada, remote) = state
        bench.account.edit("contacts", remote, ["place": "Nice"])
        try await self.expect("1 rue X", "Paris", "Nice", state, "no two parts there")
        try bench.edit(ada, ["city": "Lyon"])
        let report = try await bench.sync()
        #expect(report.counts.unmapped > 0)
        try await self.expect("1 rue X", "Lyon", "Nice", state, "neither side overwrites it")
        bench.account.edit("contacts", remote, ["place": "1 rue X, Lyon"])
        try await self.expect("1 rue X", "Lyon", "1 rue X, Lyon", state, "somebody mended it")
        let holds = try bench.store.read { transaction in
            try transaction.holds(try #require(try transaction.connection("crm")).number, limit: 9)
        }
        #expect(holds.isEmpty)
    }

    @Test func aPartAloneWaitsForTheOtherOne() async throws {
        let state = try await self.linked()
        let (bench, ada, _) = state
        try bench.edit(ada, ["city": .null])
        try await self.expect("1 rue X", .null, "1 rue X, Paris", state, "one part cannot be cleared")
        try bench.edit(ada, ["city": "Lyon"])
        try await self.expect("1 rue X", "Lyon", "1 rue X, Lyon", state, "both are there again")
    }

    @Test func aNewRecordGetsTheTextOnceAllPartsAreThere() async throws {
        let (bench, _, _) = try await self.linked()
        let bob = try bench.edit(nil, ["email": "bob@x.org", "street": "4 rue B", "city": "Lille"])
        let eve = try bench.edit(nil, ["email": "eve@x.org", "city": "Metz"])
        for _ in 0..<2 { try await bench.sync() }
        func place(_ id: RecordID) throws -> Value {
            bench.account.value("contacts", try #require(try bench.remoteID(of: id)), "place")
        }
        #expect(try place(bob) == "4 rue B, Lille")
        #expect(try place(eve).isBlank)
        #expect(try bench.value(eve, "city") == "Metz")
        try bench.edit(eve, ["street": "5 rue C"])
        for _ in 0..<2 { try await bench.sync() }
        #expect(try place(eve) == "5 rue C, Metz")
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0)
    }

    /// A record that was refused for want of a part is made as soon as the part is there.
    @Test func aPartThatWaitedForTheOtherIsSentWithANewRecord() async throws {
        let (bench, _, _) = try await self.linked()
        bench.account.with { state in
            state.habits.refusesRecord = { values in values["place"]?.isBlank ?? true ? "place is required" : nil }
        }
        let eve = try bench.edit(nil, ["email": "eve@x.org", "city": "Metz"])
        try await bench.sync()
        #expect(try bench.remoteID(of: eve) == nil)
        try bench.edit(eve, ["street": "5 rue C"])
        try await bench.sync()
        let remote = try #require(try bench.remoteID(of: eve))
        #expect(bench.account.value("contacts", remote, "place") == "5 rue C, Metz")
    }

    /// R13: a refusal names the text, and parks the parts that were sent.
    @Test func r13ARefusedTextParksItsPartsOnly() async throws {
        let state = try await self.linked()
        let (bench, ada, remote) = state
        bench.account.with { state in
            state.habits.refuses["place"] = { $0 == "1 rue X, Atlantis" ? "no such place" : nil }
        }
        try bench.edit(ada, ["city": "Atlantis", "email": "countess@x.org"])
        try await self.expect("1 rue X", "Atlantis", "1 rue X, Paris", state, "refused")
        #expect(bench.account.value("contacts", remote, "email") == "countess@x.org")
        try bench.edit(ada, ["city": "Lyon"])
        try await self.expect("1 rue X", "Lyon", "1 rue X, Lyon", state, "another one is sent")
    }

    /// R1: what somebody types into a part after our unanswered write is a change of that part.
    @Test func r1AnUnansweredWriteIsSettledByPart() async throws {
        let state = try await self.linked()
        let (bench, ada, remote) = state
        try bench.edit(ada, ["city": "Lyon"])
        bench.account.with { $0.faults = [.loseAnswer] }
        _ = try? await bench.sync()
        bench.account.edit("contacts", remote, ["place": "2 rue Y, Lyon"])
        try await self.expect("2 rue Y", "Lyon", "2 rue Y, Lyon", state, "both edits are there")
    }

    @Test func aTextOfOnePartAloneTravels() async throws {
        let fields = Self.fields.map { $0.replacing("} }", with: ", alone: 2 } }") }
        let state = try await self.linked(place: "Paris", fields: fields)
        let (bench, ada, _) = state
        try await self.expect(.absent, "Paris", "Paris", state, "the city alone")
        try bench.edit(ada, ["street": "1 rue X"])
        try await self.expect("1 rue X", "Paris", "1 rue X, Paris", state, "the street comes before it")
        try bench.edit(ada, ["street": .null])
        try await self.expect(.null, "Paris", "Paris", state, "and goes again")
    }

    @Test func anUndoPutsThePartBack() async throws {
        let state = try await self.linked()
        let (bench, ada, remote) = state
        try bench.edit(ada, ["city": "Lyon"])
        let run = RunNumber(rawValue: try await bench.sync().run)
        bench.account.edit("contacts", remote, ["place": "2 rue Y, Lyon"])
        try await bench.sync()
        bench.clock.advance(by: .seconds(60))
        _ = try await bench.syncer.undo(run, side: .remote, carryOut: true)
        #expect(bench.account.value("contacts", remote, "place") == "2 rue Y, Paris")
    }
}
