import Foundation
import Mapping
import Records
import Store
import Testing

@testable import RelaisCommands

/// R7: what a person says about a linked record of which address and name changed at once.
@Suite struct IdentityAnswerTests {
    private static let own = RecordID(high: 0x1111_1111_1111_7111, low: 1)
    private static let other = RecordID(high: 0x2222_2222_2222_7222, low: 2)

    /// The CRM's record 77 was Ada, and is Bob now; returns the question.
    private static func ask(_ workspace: TestWorkspace) throws -> (review: Int64, store: Store) {
        let loaded = try Workspace.load(workspace.root.path, environment: workspace.environment)
        let store = try loaded.openStore()
        let mapping = try #require(
            try loaded.mappings(loaded.connection("hubspot")).first { $0.localObject == "contact" }
        )
        let now = WallClock.system.now
        let review = try store.write { transaction in
            let connection = try transaction.registerConnection("hubspot", connector: "hubspot")
            let (contact, object) = (try transaction.object("contact"), try transaction.object("contacts"))
            let cause = Cause(actor: try transaction.actor("person:ada"), at: now)
            for (id, name) in [(Self.own, "Ada"), (Self.other, "Eve")] {
                let set = [
                    PropertySetting("email", .text(Text("\(name)@acme.example"))),
                    PropertySetting("first_name", .text(Text(name))),
                ]
                try transaction.create(id, object: contact, properties: set, cause: cause)
            }
            let fields = mapping.fields.map {
                Shape.Field(local: $0.local, inputs: $0.inputs, remote: $0.remote, fingerprint: $0.fingerprint)
            }
            let shape = try transaction.number(of: Shape(mapping: mapping.name, fields: fields))
            let key = LinkKey(connection, object, "77")
            try transaction.insertLink(key, record: Self.own, version: 1, shape: shape, agreed: [], cause: cause)
            let values: [Value] = fields.map { field in
                field.local == "email" ? "bob@acme.example" : field.local == "first_name" ? "Bob" : .null
            }
            _ = try transaction.observe(
                RemoteObservation(key: key, version: 5, values: values, shape: shape, observedAt: now)
            )
            try transaction.doubtIdentity(
                of: Self.own,
                connection: connection,
                object: object,
                seen: ["bob@acme.example"]
            )
            return try transaction.openReview(
                .identityChanged,
                connection: connection,
                object: object,
                remote: "77",
                record: nil,
                candidates: [Self.own],
                detail: "email, first_name changed at once in the CRM",
                at: now
            )
        }
        return (review, store)
    }

    private static func links(_ store: Store, _ id: RecordID) throws -> [Text] {
        try store.read { try $0.links(of: id).map(\.key.remote) }
    }

    @Test func theListShowsBothAndSaysHowToDecide() async throws {
        let workspace = try await TestWorkspace()
        _ = try Self.ask(workspace)
        let list = try await workspace.run("conflicts", "list", "--reviews")
        #expect(list.text.contains("it may be somebody else") && list.text.contains("bob@acme.example Bob"))
        #expect(list.text.contains("Still the same person: relais conflicts resolve --review ID --link RECORD"))
        #expect(list.text.contains("email, first_name changed at once in the CRM"))
    }

    @Test func itIsStillTheSame() async throws {
        let workspace = try await TestWorkspace()
        let (review, store) = try Self.ask(workspace)
        let side = ["conflicts", "resolve", "--review", String(review), "--take", "remote"]
        #expect(try await workspace.run(side).status == .usage)
        let answer = ["conflicts", "resolve", "--review", String(review), "--link", "11111111"]
        let given = try await workspace.run(answer)
        #expect(given.status == .done && given.text.contains("is still the same"), "\(given.complaints)")
        #expect(try Self.links(store, Self.own) == ["77"])
        #expect(try await workspace.run(answer).status == .attention)
    }

    @Test func itIsSomebodyNew() async throws {
        let workspace = try await TestWorkspace(environment: ["HUBSPOT_TOKEN": "t"])
        let (review, store) = try Self.ask(workspace)
        let given = try await workspace.run("conflicts", "resolve", "--review", String(review), "--create", "--json")
        #expect(given.status == .done, "\(given.complaints)")
        #expect(try given.json()["created"]?.bool == true)
        let id = try #require(try given.json()["record"]?.string.flatMap { RecordID($0) })
        #expect(try id != Self.own && Self.links(store, id) == ["77"])
        #expect(try Self.links(store, Self.own).isEmpty)
        #expect(try store.read { try $0.record(id)?["email"] } == "bob@acme.example")
        #expect(try store.read { try $0.record(Self.own)?["first_name"] } == "Ada")
        #expect(try store.read { try $0.openReviews(limit: 9) }.isEmpty)
    }

    @Test func itIsSomebodyWhomWeKnow() async throws {
        let workspace = try await TestWorkspace(environment: ["HUBSPOT_TOKEN": "t"])
        let (review, store) = try Self.ask(workspace)
        let given = try await workspace.run("conflicts", "resolve", "--review", String(review), "--link", "22222222")
        #expect(given.status == .done, "\(given.complaints)")
        #expect(try Self.links(store, Self.other) == ["77"] && Self.links(store, Self.own).isEmpty)
    }

    /// The link went meanwhile: there is nothing to answer.
    @Test func aQuestionAboutALinkThatIsGoneIsNotAnswered() async throws {
        let workspace = try await TestWorkspace()
        let (review, store) = try Self.ask(workspace)
        try store.write { transaction in
            let link = try #require(try transaction.links(of: Self.own).first)
            let cause = Cause(actor: try transaction.actor("person:ada"), at: WallClock.system.now)
            try transaction.removeLink(link.key, cause: cause)
        }
        let given = try await workspace.run("conflicts", "resolve", "--review", String(review), "--link", "11111111")
        #expect(given.status == .attention)
    }
}
