import FakeCRM
import Foundation
import Planning
import Records
import Testing

@testable import RelaisCommands
@testable import Store
@testable import SyncEngine

/// What `relais runs` tells of a run, in words that people know.
@Suite struct RunCommandTests {
    /// Whoever adds a count says with it what people are to read.
    @Test func everyStoredCountHasWords() {
        var counts = SyncCounts()
        counts.troubles = ["news": "it is not there"]
        counts.driftFields = ["hubspot/contact city": 1]
        let guarded = Breaker.Kind.allCases.map { RunGuard.name($0, "deal") }
        for name in Array(counts.stored.keys) + Array(ImportReport().counts.keys) + guarded {
            let word = CountWord.of(name)
            #expect(word != nil, "\(name) has no words: add them to CountWord.all")
            #expect(word.map { !$0.text.contains("_") } ?? true, "\(name) is told in no words: \(word?.text ?? "")")
        }
    }

    /// What a run and a plan print of the same counts has its words from there, too.
    @Test func everyCountOfASyncIsFoundByItsPlace() {
        for (name, path) in SyncCounts.named { #expect(CountWord.of(path)?.name == name) }
        let names = CountWord.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(CountWord.of("no_such_count") == nil)
    }

    @Test func aWordOfTheRunIsToldInTheOrderOfReading() async throws {
        let workspace = try await TestWorkspace()
        let counts: [String: Int64] = [
            "created_locally": 3, "updated_remotely": 4, "unchanged": 5, "unmapped": 6, "excluded": 7, "quarantined": 8,
            "guarded_blanks_deal": 9, "requests_today": 10, "stale": 0, "drift in hubspot/contact city": 11,
        ]
        let run = try Self.store(counts, requests: 12, error: "it broke", in: workspace)
        let text = try await workspace.run("runs", "show", String(run)).text
        let order = [
            "Created:", "3  records made here", "Updated:", "4  records changed in the CRM", "Unchanged:",
            "5  records unchanged", "11  of them in hubspot/contact city", "Left alone, and why:",
            "6 × values without a counterpart (`relais quarantine list --fields --connection hubspot`)",
            "7 × records outside the filter", "Failed:",
            "8  records set aside with a reason (`relais quarantine list`)", "it broke",
            "9  deal records in which a value was replaced by nothing", "Requests:", "12  requests spent by the run",
            "10  requests of the day so far",
        ]
        var rest = text[...]
        for words in order {
            let range = rest.range(of: words)
            #expect(range != nil, "\(words) is missing or out of order:\n\(text)")
            if let range { rest = rest[range.upperBound...] }
        }
        #expect(!text.contains("_") && !text.contains("dropped"), "\(text)")
        let json = try await workspace.run("runs", "show", String(run), "--json").json()
        #expect(json["counts"]?["guarded_blanks_deal"]?.int == 9)
        let left = try #require(json["left_alone"]?.array)
        #expect(left.map { $0["count"]?.int } == [6, 7])
        #expect(left.first?["reason"]?.string == "values without a counterpart")
        #expect(left.first?["command"]?.string == "relais quarantine list --fields --connection hubspot")
        #expect(left.last?["command"] == .null)
        let list = try await workspace.run("runs", "list").text
        #expect(!list.contains("_"), "\(list)")
    }

    /// After the newest run the fields are named; once something has moved since, the run's own counts stand.
    @Test(.timeLimit(.minutes(1))) func theReasonsNameTheFieldsThatAreLeftAlone() async throws {
        try await LiveWorkspace.run(contacts: 12) { workspace, crm in
            try await workspace.run("connect", "hubspot")
            try await workspace.run("sync", "hubspot", "--approve")
            for id in crm.ids(.deals).prefix(2) {
                try crm.edit(.deals, id, set: ["dealstage": "a_stage_of_theirs"], by: 1)
            }
            let synced = try await workspace.run("sync", "hubspot", "--json").json()
            let run = String(try #require(synced["run"]?.int))
            let unmapped = try #require(synced["counts"]?["unmapped"]?.int)
            #expect(unmapped >= 2)
            let json = try await workspace.run("runs", "show", run, "--json").json()
            let left = try #require(json["left_alone"]?.array)
            let stages = left.first { $0["reason"]?.string?.hasPrefix("stage: ") == true }
            #expect(stages?["count"]?.int ?? 0 >= 2, "\(json)")
            let command = try #require(stages?["command"]?.string).split(separator: " ").dropFirst().map { String($0) }
            let shown = try await workspace.run(command)
            #expect(shown.status == .done && shown.text.contains("stage"), "\(shown.text)")

            try await workspace.run("quarantine", "retry", "--fields", "--field", "stage")
            let later = try await workspace.run("runs", "show", run).text
            #expect(later.contains("\(unmapped) × values without a counterpart"), "\(later)")
        }
    }

    @Test(.timeLimit(.minutes(1))) func aPlanTellsWhatWouldBe() async throws {
        try await LiveWorkspace.run(contacts: 3) { workspace, _ in
            try await workspace.run("connect", "hubspot")
            let plan = try await workspace.run("plan", "hubspot", "--json").json()
            let text = try await workspace.run("runs", "show", String(try #require(plan["run"]?.int))).text
            #expect(text.contains("records would be made here") && !text.contains("records made here"), "\(text)")
        }
    }

    /// A plan of ids only says nothing to whoever has to approve it.
    @Test(.timeLimit(.minutes(1))) func anUndoNamesTheRecords() async throws {
        try await LiveWorkspace.run(contacts: 6) { workspace, crm in
            try await workspace.run("connect", "hubspot")
            try await workspace.run("sync", "hubspot", "--approve")
            let id = try #require(crm.ids(.contacts).first { !(crm.value(.contacts, $0, "email") ?? "").isEmpty })
            let email = try #require(crm.value(.contacts, id, "email"))
            try crm.edit(.contacts, id, set: ["jobtitle": "Countess"], by: 1)
            let run = String(try #require(try await workspace.run("sync", "hubspot", "--json").json()["run"]?.int))
            let json = try await workspace.run("undo", run, "--side", "local", "--json").json()
            let change = json["changes"]?.array?.first { $0["now"]?.string == "Countess" }
            #expect(change?["title"]?.string == email, "\(json)")
            let record = try #require(change?["record"]?.string)
            let text = try await workspace.run("undo", run, "--side", "local").text
            #expect(text.contains("\(email) (\(record)) job_title, local: Countess → "), "\(text)")
        }
    }

    /// Every count that real runs leave in a store is told in words.
    @Test(.timeLimit(.minutes(1))) func noRunLeavesACountWithoutWords() async throws {
        try await LiveWorkspace.run(contacts: 8) { workspace, crm in
            try workspace.edit("Config/relais.yaml", "budget: unlimited", "budget: { daily: 5000 }")
            try await workspace.run("connect", "hubspot")
            try await workspace.run("sync", "hubspot", "--approve")
            for id in crm.ids(.contacts).prefix(3) { try crm.edit(.contacts, id, set: ["firstname": ""], by: 1) }
            try await workspace.run("sync", "hubspot", "--reconcile")
            let store = try Workspace.load(workspace.root.path, environment: [:]).openStore()
            let names = Set(try store.read { try $0.runs(limit: 100) }.flatMap(\.counts.keys))
            #expect(
                names.contains("requests_today") && names.contains { $0.hasPrefix("guarded_") },
                "\(names.sorted())"
            )
            for name in names.sorted() { #expect(CountWord.of(name) != nil, "\(name) has no words") }
        }
    }

    /// A run of a connection with these counts.
    private static func store(
        _ counts: [String: Int64],
        requests: Int,
        error: String,
        in workspace: TestWorkspace
    ) throws -> Int64 {
        let store = try Workspace.load(workspace.root.path, environment: [:]).openStore()
        defer { try? store.close() }
        return try store.write { transaction in
            let now = WallClock.system.now
            let connection = try transaction.registerConnection("hubspot", connector: "hubspot")
            let run = try transaction.startRun(connection, kind: "sync", at: now)
            try transaction.endRun(run, .failed, counts: counts, requests: requests, error: error, at: now)
            return run.rawValue
        }
    }
}
