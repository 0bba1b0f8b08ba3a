import Connectors
import FakeCRM
import Foundation
import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// Lists and activities through the shipped HubSpot manifest, against a fake account with all its habits.
@Suite struct HubSpotListTests {
    private static let person: Int64 = 7
    private static let segments = "warm: { object: contact, when: \"contact.first_name == 'Ada'\" }\n"

    /// The shipped bench with more in its contact mapping.
    private func bench(_ more: String, connects: Bool = true) async throws -> HubSpotBench {
        // A first sync: what lists do was approved with its plan.
        var bench = try HubSpotBench(first: true)
        let path = HubSpotBench.root.appending(path: "Mappings/hubspot/contact.yaml")
        let text = try String(contentsOf: path, encoding: .utf8) + more
        var compiler = MappingCompiler(schema: bench.store.schema)
        compiler.variables = ["hubspot": "hubspot"]
        compiler.readFile = { $0 == "Config/segments.yaml" ? Array(Self.segments.utf8) : nil }
        let file = MappingFile(path: "contact.yaml", bytes: Array(text.utf8))
        let contact = try #require(try compiler.compile([file]).get().first)
        bench.mappings = bench.mappings.map { $0.name == contact.name ? contact : $0 }
        if connects { try await bench.connect() }
        return bench
    }

    /// Somebody fills in a form here.
    private func fillIn(_ bench: HubSpotBench, _ contact: Int64) throws {
        try bench.store.write { transaction in
            let connection = try #require(try transaction.connection("hubspot")?.number)
            let key = LinkKey(connection, try transaction.object("contacts"), Text(String(contact)))
            let record = try #require(try transaction.link(key)?.record)
            let event = PersonEvent(
                id: "1",
                name: "form_submitted",
                at: bench.clock.now,
                attributes: ["form": "<b>pricing</b>"]
            )
            let cause = Cause(actor: try transaction.actor("website"), at: bench.clock.now)
            try transaction.addEvent(event, to: record, cause: cause)
        }
    }

    private func person(_ bench: HubSpotBench, _ name: String, _ email: String) throws -> Int64 {
        try bench.crm.add(.contacts, ["email": email, "firstname": name, "lastname": "Q"], by: Self.person)
    }

    @Test(.timeLimit(.minutes(2))) func aSegmentIsKeptOnAListOfTheCRM() async throws {
        let bench = try await self.bench("lists:\n  - { segment: warm, list: Warm leads }\n")
        let list = bench.crm.addList("Warm leads", of: .contacts)
        let (ada, eve) = (
            try self.person(bench, "Ada", "ada@x.example"), try self.person(bench, "Eve", "eve@x.example")
        )
        bench.crm.setMember(true, eve, of: list)
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.crm.members(of: list) == [ada, eve].sorted())
        // The segment follows what people edit in the CRM.
        try bench.crm.edit(.contacts, ada, set: ["firstname": "Adele"], by: Self.person)
        for _ in 0..<2 { try await bench.sync() }
        #expect(bench.crm.members(of: list) == [eve])
        // An hour later the members are read; nobody is moved by that.
        let later = try await bench.sync(after: .seconds(4000))
        #expect(later.counts.strangersOnLists == 1)
        let before = bench.crm.stats.requests["lists.read", default: 0]
        let quiet = try await bench.sync()
        #expect(quiet.counts.remoteWrites == 0)
        #expect(bench.crm.stats.requests["lists.read", default: 0] == before)
    }

    @Test(.timeLimit(.minutes(2))) func anAddThatWasNeverAnsweredIsMadeAgain() async throws {
        let bench = try await self.bench("lists:\n  - { segment: warm, list: Warm leads }\n")
        let list = bench.crm.addList("Warm leads", of: .contacts)
        let ada = try self.person(bench, "Ada", "ada@x.example")
        bench.crm.faults = Faults(rules: [Faults.Rule(.dropAfter, pathContains: "/memberships/add")])
        for _ in 0..<3 { try await bench.sync() }
        #expect(bench.crm.members(of: list) == [ada])
        #expect(bench.crm.stats.requests["lists.change"] == 2)
    }

    @Test(.timeLimit(.minutes(2))) func aDynamicListStopsOnlyItself() async throws {
        let bench = try await self.bench("lists:\n  - { segment: warm, list: Warm leads }\n")
        _ = bench.crm.addList("Warm leads", of: .contacts, isDynamic: true)
        _ = try self.person(bench, "Ada", "ada@x.example")
        let report = try await bench.sync()
        #expect(report.counts.createdLocally == 1)
        #expect(report.counts.troubles.values.first?.contains("by itself") == true)
    }

    @Test(.timeLimit(.minutes(2)), arguments: [Faults.Action?.none, .dropAfter, .failBefore(503)])
    func anEventBecomesANoteOnItsContact(fault: Faults.Action?) async throws {
        let bench = try await self.bench(
            """
            activities:
              - { event: form_submitted, kind: note, text: "'Filled in ' + event.form" }

            """
        )
        let ada = try self.person(bench, "Ada", "ada@x.example")
        for _ in 0..<2 { try await bench.sync() }
        try self.fillIn(bench, ada)
        if let fault {
            bench.crm.faults = Faults(rules: [Faults.Rule(fault, pathContains: "/notes/batch/create")])
        }
        for _ in 0..<3 { _ = try? await bench.sync() }
        let notes = bench.crm.ids(.notes)
        #expect(notes.count == 1)
        let note = try #require(notes.first)
        #expect(bench.crm.value(.notes, note, "hs_note_body") == "Filled in &lt;b&gt;pricing&lt;/b&gt;")
        #expect(bench.crm.associated(.notes, note, to: .contacts) == [ada])
        let quiet = try await bench.sync()
        #expect(quiet.counts.remoteWrites == 0)
    }

    /// A connection that was set up before the entry was written lacks the property: nothing is lost, and people are told.
    @Test(.timeLimit(.minutes(2))) func withoutThePropertyForOurIDEventsWait() async throws {
        let bench = try await self.bench(
            """
            activities:
              - { event: form_submitted, kind: note, text: event.form }

            """,
            connects: false
        )
        for object in bench.mappings.map(\.remoteObject) { _ = try await bench.account.prepareCreateKey(for: object) }
        let ada = try self.person(bench, "Ada", "ada@x.example")
        for _ in 0..<2 { try await bench.sync() }
        try self.fillIn(bench, ada)
        let report = try await bench.sync()
        #expect(report.counts.troubles.values.first?.contains("relais connect hubspot") == true, "\(report.counts)")
        #expect(report.counts.activitiesRefused == 0 && bench.crm.ids(.notes).isEmpty)
        try await bench.connect()
        #expect(try await bench.sync().counts.activitiesWritten == 1)
        #expect(bench.crm.ids(.notes).count == 1)
    }
}
