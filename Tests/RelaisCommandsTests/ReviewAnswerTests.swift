import FakeCRM
import Foundation
import Records
import Store
import Testing

@testable import RelaisCommands

/// Questions about identity, and records that are set aside, as rows of the store.
@Suite struct ReviewAnswerTests {
    /// A question whether the CRM's record 77 is one of two of ours; returns their ids.
    private static func ask(_ workspace: TestWorkspace) throws -> (review: Int64, candidates: [RecordID]) {
        let store = try Workspace.load(workspace.root.path, environment: [:]).openStore()
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
            let fields = [Shape.Field(local: "email", remote: "email", fingerprint: "1")]
            let shape = try transaction.number(of: Shape(mapping: "hubspot/contact", fields: fields))
            let key = LinkKey(connection, object, "77")
            let seen = RemoteObservation(key: key, version: 5, values: ["ada@x"], shape: shape, observedAt: now)
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
        #expect(list[0]?["candidates"]?.array?.count == 2)
        let ambiguous = ["conflicts", "resolve", "--review", String(review), "--link", "ada@acme.example"]
        #expect(try await workspace.run(ambiguous).status == .usage)
        let answer = ["conflicts", "resolve", "--review", String(review), "--link", "22222222"]
        let given = try await workspace.run(answer)
        #expect(given.status == .done, "\(given.complaints)")
        let record = try await workspace.run("record", "show", "22222222", "--json").json()
        #expect(record["record"]?.string == candidates[1].description)
        #expect(record["links"]?[0]?["remote"]?.string == "77")
        #expect(try await workspace.run("conflicts", "list", "--reviews", "--json").json().array?.isEmpty ?? false)
        #expect(try await workspace.run(answer).status == .attention)
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

    @Test func textThatReversesTheWritingDirectionIsDefused() {
        #expect(Printable.text("a\u{202E}b\u{2066}c\u{9B}d\u{7F}") == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d\u{FFFD}")
        #expect(Printable.line("one\ntwo") == "one⏎two")
        #expect(Printable.text("Größe — 5 €") == "Größe — 5 €")
    }
}
