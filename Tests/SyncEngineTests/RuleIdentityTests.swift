import Connectors
import FakeCRM
import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// R7: an e-mail address is a property, not the identity; address and name changed at once are a question.
@Suite struct RuleIdentityTests {
    private static let ada: [String: Value] = ["email": "ada@example.com", "first_name": "Ada Byron", "city": "Paris"]
    private static let bob: [String: Value] = ["email": "bob@example.com", "first_name": "Robert Noyce"]

    private struct Scene {
        let bench: SyncBench
        let record: RecordID
        let remote: Text

        func change(_ side: Side, _ values: [String: Value]) throws {
            switch side {
            case .local: try self.bench.edit(self.record, values)
            case .remote: self.bench.account.edit("contacts", self.remote, values)
            }
        }

        func there(_ property: String) -> Value { self.bench.account.value("contacts", self.remote, property) }

        func here(_ property: String) throws -> Value { try self.bench.value(self.record, property) }

        func reviews() throws -> [Review] { try self.bench.store.read { try $0.openReviews(limit: 9) } }

        func answer<Result>(_ body: (IdentityAnswer, LinkKey, Transaction) throws -> Result) throws -> Result {
            try self.bench.store.write { transaction in
                let review = try #require(try transaction.openReviews(limit: 9).first)
                let cause = Cause(actor: try transaction.actor("person:ada"), at: self.bench.clock.now)
                let answer = try #require(try IdentityAnswer(review, in: transaction, cause: cause))
                return try body(answer, LinkKey(review.connection, review.object, review.remote ?? ""), transaction)
            }
        }

        func separate(from other: RecordID? = nil) throws -> RecordID {
            try self.answer { answer, key, transaction in
                try self.bench.syncer.separate(answer, key, from: other, by: "ada", in: transaction)
            }
        }

        func quiet(sourceLocation: Testing.SourceLocation = #_sourceLocation) async throws {
            for _ in 0..<2 {
                let counts = try await self.bench.sync().counts
                let writes = counts.localWrites + counts.remoteWrites
                #expect(writes == 0, "\(counts)", sourceLocation: sourceLocation)
            }
        }
    }

    private func scene(enforcesKey: Bool = true) async throws -> Scene {
        let bench = try SyncBench(enforcesKey: enforcesKey)
        let record = try bench.edit(nil, Self.ada)
        try await bench.sync()
        let remote = try #require(try bench.remoteID(of: record))
        return Scene(bench: bench, record: record, remote: remote)
    }

    // MARK: The question

    @Test(arguments: Side.allCases)
    func r7AnotherAddressWithAnotherNameIsAQuestion(side: Side) async throws {
        let scene = try await self.scene()
        try scene.change(side, Self.bob)
        try scene.change(side, ["city": "Lyon"])
        scene.bench.account.edit("contacts", nil, ["email": "eve@example.com", "first_name": "Eve"])
        let report = try await scene.bench.sync()
        #expect(report.counts.reviews == 1 && report.counts.needsAttention)
        #expect(report.counts.createdLocally == 1, "the rest of the batch goes on")
        #expect(try scene.reviews().map(\.kind) == [.identityChanged])
        #expect(try scene.reviews().map(\.candidates) == [[scene.record]])
        let other = side == .local ? scene.there("email") : try scene.here("email")
        let city = side == .local ? scene.there("city") : try scene.here("city")
        #expect(other == "ada@example.com" && city == "Paris", "nothing of a stranger travels")
        try await scene.quiet()
        #expect(try scene.reviews().count == 1)
    }

    @Test func r7APlanShowsTheQuestionAndAsksNobody() async throws {
        let scene = try await self.scene()
        try scene.change(.remote, Self.bob)
        scene.bench.clock.advance(by: .seconds(60))
        let plan = try await scene.bench.syncer.plan()
        #expect(plan.counts.reviews == 1 && plan.counts.updatedLocally == 0)
        #expect(try scene.reviews().isEmpty)
    }

    /// What is no change of identity: a new address alone, a marriage, a misspelling, a filled or cleared name.
    @Test(
        arguments: [
            ["email": "countess@example.com"], ["first_name": "Robert Noyce"],
            ["email": "ada@lovelace.org", "first_name": "Ada Lovelace"],
            ["email": "ADA@example.com", "first_name": "Robert Noyce"],
            ["email": "ada@lovelace.org", "first_name": "ÁDA BYRÓN"],
            ["email": "ada@lovelace.org", "first_name": "Adda Biron"],
            ["email": "ada@lovelace.org", "first_name": .null], ["email": .null, "first_name": "Robert Noyce"],
        ] as [[String: Value]],
        Side.allCases
    )
    func r7WhoIsStillTheSameIsSynced(change: [String: Value], side: Side) async throws {
        let scene = try await self.scene()
        try scene.change(side, change)
        let report = try await scene.bench.sync()
        #expect(report.counts.reviews == 0)
        for (property, value) in change {
            let other = side == .local ? scene.there(property) : try scene.here(property)
            #expect(other == value || (other.isBlank && value.isBlank))
        }
        try await scene.quiet()
    }

    @Test func r7ARecordThatHadNoNameGetsOne() async throws {
        let bench = try SyncBench()
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com"])
        try await bench.sync()
        bench.account.edit("contacts", remote, Self.bob)
        #expect(try await bench.sync().counts.reviews == 0)
        #expect(try bench.contacts().map { $0["first_name"] } == ["Robert Noyce"])
    }

    @Test func r7AMappingMaySayThatItIsNoQuestion() async throws {
        let field = "{ local: first_name, remote: first_name, initial: prefer_remote }"
        let mapping = try SyncBench.mapping(fields: [field], more: ["identity: off"])
        let bench = try SyncBench(mappings: [mapping])
        let remote = bench.account.edit("contacts", nil, ["email": "ada@example.com", "first_name": "Ada"])
        try await bench.sync()
        bench.account.edit("contacts", remote, Self.bob)
        #expect(try await bench.sync().counts.reviews == 0)
        #expect(try bench.contacts().map { $0["email"] } == ["bob@example.com"])
    }

    @Test func r7WhatIsChangedBackIsNoQuestionAnyMore() async throws {
        let scene = try await self.scene()
        try scene.change(.remote, Self.bob)
        try await scene.bench.sync()
        try scene.change(.remote, Self.ada)
        try await scene.bench.sync()
        #expect(try scene.reviews().isEmpty)
        try scene.change(.remote, ["city": "Lyon"])
        try await scene.bench.sync()
        #expect(try scene.here("city") == "Lyon")
    }

    // MARK: The answers

    @Test(arguments: Side.allCases)
    func r7ThePersonSaysThatItIsStillTheSame(side: Side) async throws {
        let scene = try await self.scene()
        try scene.change(side, Self.bob)
        try await scene.bench.sync()
        try scene.answer { answer, _, _ in try answer.isTheSame(by: "ada") }
        try await scene.bench.sync()
        #expect(try scene.here("email") == "bob@example.com" && scene.there("email") == "bob@example.com")
        #expect(try scene.here("first_name") == "Robert Noyce" && scene.there("first_name") == "Robert Noyce")
        #expect(scene.bench.account.ids("contacts") == [scene.remote])
        try await scene.quiet()
        #expect(try scene.reviews().isEmpty)
    }

    /// R18: the answer is about what the person saw.
    @Test func r7AnAnswerHoldsForWhatWasSeenOnly() async throws {
        let scene = try await self.scene()
        try scene.change(.remote, Self.bob)
        try await scene.bench.sync()
        try scene.answer { answer, _, _ in try answer.isTheSame(by: "ada") }
        try scene.change(.remote, ["email": "eve@example.com", "first_name": "Evelyn Berezin"])
        let report = try await scene.bench.sync()
        #expect(report.counts.reviews == 1)
        #expect(try scene.here("email") == "ada@example.com")
    }

    /// The CRM's record is somebody else now: it gets a record of its own, and ours one of its own in the CRM.
    @Test(arguments: Side.allCases, [true, false])
    func r7SomebodyElseGetsARecordOfTheirOwn(side: Side, enforcesKey: Bool) async throws {
        let scene = try await self.scene(enforcesKey: enforcesKey)
        let bench = scene.bench
        try scene.change(side, Self.bob)
        try await bench.sync()
        let new = try scene.separate()
        for _ in 0..<2 { try await bench.sync() }
        let again = try #require(try bench.remoteID(of: scene.record))
        #expect(try bench.remoteID(of: new) == scene.remote && again != scene.remote)
        #expect(bench.account.ids("contacts").count == 2)
        #expect(try bench.contacts().count == 2)
        let (there, here): (Value, Value) =
            side == .remote ? ("bob@example.com", "ada@example.com") : ("ada@example.com", "bob@example.com")
        #expect(try scene.there("email") == there && bench.value(new, "email") == there)
        #expect(try scene.here("email") == here && bench.account.value("contacts", again, "email") == here)
        #expect(scene.there("relais_id") == .text(Text(new.description)))
        #expect(bench.account.value("contacts", again, "relais_id") == .text(Text(scene.record.description)))
        try await scene.quiet()
        #expect(try scene.reviews().isEmpty)
    }

    /// The CRM's users gave the record to somebody whom we know already.
    @Test func r7SomebodyWhomWeKnowGetsTheLink() async throws {
        let scene = try await self.scene()
        let bench = scene.bench
        try scene.change(.remote, ["email": "bob@example.com", "first_name": "Robert Noyce", "phone": "+1"])
        try await bench.sync()
        // Made here meanwhile, and only linked by the answer.
        let bob = try bench.edit(nil, ["first_name": "Robert Noyce", "street": "1 rue B"])
        #expect(try scene.separate(from: bob) == bob)
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.remoteID(of: bob) == scene.remote && bench.value(bob, "email") == "bob@example.com")
        #expect(scene.there("street") == "1 rue B")
        #expect(bench.account.ids("contacts").count == 2)
        try await scene.quiet()
    }

    /// A create that is not answered, while another record still carries the id: it is not taken for the one we made.
    @Test func r7ALookByTheIDDoesNotFindTheOtherPerson() async throws {
        let scene = try await self.scene(enforcesKey: false)
        let bench = scene.bench
        try scene.change(.remote, Self.bob)
        try await bench.sync()
        let new = try scene.separate()
        bench.account.with { $0.faults = [.loseRequest, .loseRequest] }
        for _ in 0..<5 { try await bench.sync() }
        #expect(try bench.remoteID(of: new) == scene.remote)
        #expect(try bench.remoteID(of: scene.record).map { $0 != scene.remote } == true)
        #expect(bench.account.ids("contacts").count == 2)
        try await scene.quiet()
    }

    // MARK: HubSpot

    /// The whole way through the shipped manifest: HubSpot keeps our id unique, so the other person's record gives it up first.
    @Test(.timeLimit(.minutes(2)))
    func r7OnHubSpotARecycledContactIsToldApart() async throws {
        let bench = try HubSpotBench()
        try await bench.connect()
        let ada = try bench.edit(
            "contact",
            nil,
            ["email": "ada@example.com", "first_name": "Ada", "last_name": "Byron"]
        )
        for _ in 0..<2 { try await bench.sync() }
        let id = try #require(bench.crm.ids(.contacts).first)
        let bob = ["email": "bob@example.com", "firstname": "Robert", "lastname": "Noyce"]
        try bench.crm.edit(.contacts, id, set: bob, by: 7)
        let report = try await bench.sync(after: .seconds(120))
        #expect(report.counts.reviews == 1 && report.counts.updatedLocally == 0)
        try bench.store.write { transaction in
            let review = try #require(try transaction.openReviews(limit: 9).first)
            let cause = Cause(actor: try transaction.actor("person:ada"), at: bench.clock.now)
            let answer = try #require(try IdentityAnswer(review, in: transaction, cause: cause))
            let key = LinkKey(review.connection, review.object, review.remote ?? "")
            _ = try bench.syncer.separate(answer, key, from: nil, by: "ada", in: transaction)
        }
        for _ in 0..<3 { try await bench.sync(after: .seconds(120)) }
        #expect(bench.crm.ids(.contacts).count == 2)
        #expect(try bench.records("contact").count == 2)
        let link = try bench.store.read { try $0.links(of: ada).first?.key.remote }
        #expect(link != nil && link != Text(String(id)))
        let quiet = try await bench.sync(after: .seconds(120))
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0 && !quiet.counts.needsAttention)
    }
}
