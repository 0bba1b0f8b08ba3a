import FakeCRM
import Foundation
import Mapping
import Records
import Store
import Testing

@testable import RelaisCommands

/// Questions about identity, and records that are set aside, as rows of the store.
@Suite struct ReviewAnswerTests {
    /// A question whether the CRM's record 77 is one of two of ours; returns their ids.
    private static func ask(
        _ workspace: TestWorkspace,
        asSeenByTheMapping: Bool = false
    ) throws -> (review: Int64, candidates: [RecordID]) {
        let loaded = try Workspace.load(workspace.root.path, environment: workspace.environment)
        let store = try loaded.openStore()
        let mapping = try loaded.mappings(loaded.connection("hubspot")).first { $0.localObject == "contact" }
        let now = WallClock.system.now
        return try store.write { transaction in
            let connection = try transaction.registerConnection("hubspot", connector: "hubspot")
            let (contact, object) = (try transaction.object("contact"), try transaction.object("contacts"))
            let cause = Cause(actor: try transaction.actor("person:ada"), at: now)
            let ids = [RecordID(high: 0x1111_1111_1111_7111, low: 1), RecordID(high: 0x2222_2222_2222_7222, low: 2)]
            for id in ids {
                let email = PropertySetting("email", "ada@acme.example")
                try transaction.create(id, object: contact, properties: [email], cause: cause)
            }
            var fields = [Shape.Field(local: "email", remote: "email", fingerprint: "1")]
            if asSeenByTheMapping, let mapping {
                fields = mapping.fields.map {
                    Shape.Field(local: $0.local, inputs: $0.inputs, remote: $0.remote, fingerprint: $0.fingerprint)
                }
            }
            let shape = try transaction.number(of: Shape(mapping: "hubspot/contact", fields: fields))
            let key = LinkKey(connection, object, "77")
            let values: [Value] = fields.map { $0.local == "email" ? "Ada@acme.example " : .null }
            let seen = RemoteObservation(key: key, version: 5, values: values, shape: shape, observedAt: now)
            _ = try transaction.observe(seen)
            let review = try transaction.openReview(
                .ambiguous,
                connection: connection,
                object: object,
                remote: "77",
                record: nil,
                candidates: ids,
                at: now
            )
            return (review, ids)
        }
    }

    @Test func anAnswerLinksBothRecords() async throws {
        let workspace = try await TestWorkspace()
        let (review, candidates) = try Self.ask(workspace)
        let list = try await workspace.run("conflicts", "list", "--reviews", "--json").json()
        #expect(list["reviews"]?[0]?["candidates"]?.array?.count == 2)
        let ambiguous = ["conflicts", "resolve", "--review", String(review), "--link", "ada@acme.example"]
        #expect(try await workspace.run(ambiguous).status == .usage)
        let answer = ["conflicts", "resolve", "--review", String(review), "--link", "22222222"]
        let given = try await workspace.run(answer)
        #expect(given.status == .done, "\(given.complaints)")
        let record = try await workspace.run("record", "show", "22222222", "--json").json()
        #expect(record["record"]?.string == candidates[1].description)
        #expect(record["links"]?[0]?["remote"]?.string == "77")
        #expect(
            try await workspace.run("conflicts", "list", "--reviews", "--json").json()["reviews"]?.array?.isEmpty
                ?? false
        )
        #expect(try await workspace.run(answer).status == .attention)
    }

    /// Neither of these: the remote record becomes one of its own.
    @Test func aPersonMayMakeANewRecord() async throws {
        let workspace = try await TestWorkspace(environment: ["HUBSPOT_TOKEN": "t"])
        let (review, candidates) = try Self.ask(workspace, asSeenByTheMapping: true)
        let resolve = ["conflicts", "resolve", "--review", String(review)]
        await #expect(throws: (any Error).self) { try await workspace.run(resolve) }
        await #expect(throws: (any Error).self) {
            try await workspace.run(resolve + ["--create", "--link", "2222222"])
        }
        await #expect(throws: (any Error).self) { try await workspace.run("conflicts", "resolve", "1", "--create") }
        #expect(try await workspace.run("conflicts", "list", "--reviews").text.contains("--create"))
        let given = try await workspace.run(resolve + ["--create", "--json"])
        #expect(given.status == .done, "\(given.complaints)")
        let id = try #require(given.json()["record"]?.string)
        #expect(!candidates.map(\.description).contains(id))
        #expect(try given.json()["created"]?.bool == true)
        let record = try await workspace.run("record", "show", id, "--json").json()
        #expect(record["links"]?[0]?["remote"]?.string == "77")
        #expect(record["properties"]?["email"]?.string == "ada@acme.example")
        #expect(
            try await workspace.run("conflicts", "list", "--reviews", "--json").json()["reviews"]?.array?.isEmpty
                ?? false
        )
        #expect(try await workspace.run(resolve + ["--create"]).status == .attention)
        #expect(try await workspace.run("conflicts", "resolve", "--review", "99", "--create").status == .usage)
    }

    /// What was seen through an earlier mapping cannot be understood any more.
    @Test func aRecordSeenThroughAnotherMappingIsNotMade() async throws {
        let workspace = try await TestWorkspace(environment: ["HUBSPOT_TOKEN": "t"])
        let (review, _) = try Self.ask(workspace)
        let given = try await workspace.run("conflicts", "resolve", "--review", String(review), "--create")
        #expect(given.status != .done && given.complaints.joined().contains("relais sync"))
        #expect(
            try await workspace.run("conflicts", "list", "--reviews", "--json").json()["reviews"]?.array?.count == 1
        )
    }

    @Test func aRefusedRecordIsLetBackIn() async throws {
        let workspace = try await TestWorkspace()
        let (_, candidates) = try Self.ask(workspace)
        let store = try Workspace.load(workspace.root.path, environment: [:]).openStore()
        let end = try store.write { transaction -> Int64 in
            try transaction.quarantine(
                connection: try #require(try transaction.connection("hubspot")?.number),
                object: try transaction.object("contacts"),
                side: .remote,
                subject: Text(candidates[0].description),
                record: candidates[0],
                reason: "refused at version 1",
                detail: "PROPERTY_DOESNT_EXIST\u{1B}[2J\nforged line",
                at: WallClock.system.now
            )
            return try transaction.journalEnd()
        }
        let list = try await workspace.run("quarantine", "list")
        #expect(list.text.contains("PROPERTY_DOESNT_EXIST"))
        #expect(!list.text.contains("\u{1B}") && !list.lines.contains("forged line"))
        #expect(try await workspace.run("quarantine", "retry", "--all").status == .done)
        #expect(try store.read { try $0.quarantined(limit: 9).isEmpty })
        // The journal is where a sync looks for records to make.
        let rows = try store.read { try $0.journal(after: end, limit: 9) }
        #expect(rows.map(\.record) == [candidates[0]] && rows.first?.kind == .update)
    }

    /// Each run reads again what is on the list: off it, a record that cannot be read would be missed by everybody.
    @Test func anUnreadableRecordStaysOnTheListUntilItCanBeRead() async throws {
        let workspace = try await TestWorkspace()
        _ = try Self.ask(workspace)
        let store = try Workspace.load(workspace.root.path, environment: [:]).openStore()
        try store.write { transaction in
            for remote: Text? in ["77", nil] {
                try transaction.quarantine(
                    connection: try #require(try transaction.connection("hubspot")?.number),
                    object: try transaction.object("contacts"),
                    side: .local,
                    subject: remote ?? "unreadable",
                    remote: remote,
                    reason: "unreadable",
                    detail: "U+0000 in a string",
                    at: WallClock.system.now
                )
            }
        }
        let retried = try await workspace.run("quarantine", "retry", "--all", "--json").json()
        #expect(retried["released"]?.array?.count == 1 && retried["read_by_each_sync"]?.array?.count == 1, "\(retried)")
        #expect(try store.read { try $0.quarantined(limit: 9).map(\.remote) } == ["77"])
        let again = try await workspace.run("quarantine", "retry", "--all")
        #expect(again.text.contains("1 could not be read") && !again.text.contains("let back in"), "\(again.text)")
    }

    @Test func aFieldThatIsLeftAloneIsLetGo() async throws {
        let workspace = try await TestWorkspace()
        let (_, candidates) = try Self.ask(workspace)
        let store = try Workspace.load(workspace.root.path, environment: [:]).openStore()
        let end = try store.write { transaction -> Int64 in
            let connection = try #require(try transaction.connection("hubspot")?.number)
            let object = try transaction.object("contacts")
            for (field, reason) in [("city", HoldReason.rejected), ("stage", .ignored), ("phone", .undone)] {
                let hold = Hold(
                    connection: connection,
                    object: object,
                    record: candidates[0],
                    field: field,
                    reason: reason,
                    detail: "no\u{1B}[2J",
                    local: "\u{202E}here",
                    remote: "there\nforged line",
                    since: WallClock.system.now
                )
                try transaction.hold(hold)
            }
            return try transaction.journalEnd()
        }
        let list = try await workspace.run("quarantine", "list", "--fields")
        #expect(list.lines.count == 5 && list.text.contains("rejected: no"))
        #expect(!list.text.contains("\u{1B}") && !list.text.contains("\u{202E}") && !list.lines.contains("forged line"))
        await #expect(throws: (any Error).self) { try await workspace.run("quarantine", "retry", "1", "--fields") }
        await #expect(throws: (any Error).self) { try await workspace.run("quarantine", "retry", "--field", "city") }
        let other = try await workspace.run("quarantine", "retry", "--fields", "--of", "22222222")
        #expect(other.status == .done && other.text.contains("No such field"))
        #expect(try await workspace.run("quarantine", "retry", "--fields", "--of", "nobody").status == .usage)
        let one = try await workspace.run("quarantine", "retry", "--fields", "--field", "city", "--json").json()
        #expect(one["fields"]?.array?.count == 1)
        #expect(try await workspace.run("quarantine", "retry", "--fields").status == .done)
        // What a person undid stays undone.
        let left = try await workspace.run("quarantine", "list", "--fields", "--json").json()["fields"]
        #expect(left?.array?.count == 1 && left?[0]?["reason"]?.string == "undone")
        #expect(
            try store.read { try $0.journal(after: end, limit: 9) }.map(\.record) == [candidates[0], candidates[0]]
        )
    }

    @Test func textThatReversesTheWritingDirectionIsDefused() {
        #expect(Printable.text("a\u{202E}b\u{2066}c\u{9B}d\u{7F}") == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d\u{FFFD}")
        #expect(Printable.text("a\u{200B}b\u{FEFF}c\u{200F}d\u{061C}") == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d\u{FFFD}")
        #expect(Printable.line("one\ntwo") == "one⏎two")
        // A letter with a thousand accents is one character.
        let tower = "e" + String(repeating: "\u{301}", count: 10_000)
        #expect(Printable.line(tower, width: 40).unicodeScalars.count < 200)
        #expect(Printable.text("Größe — 5 €") == "Größe — 5 €")
    }
}
