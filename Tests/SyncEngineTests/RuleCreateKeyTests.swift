import Connectors
import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// R4: a create without an answer where nobody keeps our id unique; R7: two records of ours with one key.
@Suite struct RuleCreateKeyTests {
    /// The request is still on its way when the next run looks: a second create would make two, for nobody refuses it.
    @Test func r4WhereNobodyRefusesASecondOneAnUnansweredCreateWaits() async throws {
        let bench = try SyncBench(enforcesKey: false)
        let ada = try bench.edit(nil, ["first_name": "Ada", "city": "Paris"])
        bench.account.with { $0.faults = [.loseRequest] }
        try await bench.sync()
        let early = try await bench.sync(after: .seconds(1))
        #expect(early.counts.unknown == 1 && early.counts.createdRemotely == 0 && early.counts.needsAttention)
        // It arrives late.
        bench.account.edit("contacts", nil, ["first_name": "Ada", "relais_id": .text(ada.description)])
        try await bench.sync()
        #expect(bench.account.ids("contacts").count == 1)
        #expect(try bench.remoteID(of: ada) == bench.account.ids("contacts").first)
    }

    @Test func r4AfterTheLagItIsSentAgain() async throws {
        let bench = try SyncBench(enforcesKey: false)
        let ada = try bench.edit(nil, ["first_name": "Ada"])
        bench.account.with { $0.faults = [.loseRequest] }
        try await bench.sync()
        try await bench.sync(after: .seconds(9))
        #expect(bench.account.ids("contacts").isEmpty)
        try await bench.sync(after: .seconds(2))
        #expect(bench.account.ids("contacts").count == 1)
        #expect(try bench.remoteID(of: ada) != nil)
    }

    /// A refusal is an answer: the field that the CRM named is held, and the rest goes out at once.
    @Test func r4ARefusedCreateWaitsForNothing() async throws {
        let bench = try SyncBench(enforcesKey: false)
        bench.account.with { $0.habits.refuses["city"] = { _ in "no such city" } }
        let ada = try bench.edit(nil, ["first_name": "Ada", "city": "Atlantis"])
        let report = try await bench.sync()
        #expect(report.counts.createdRemotely == 1 && report.counts.fieldsRejected == 1)
        #expect(try bench.remoteID(of: ada) != nil)
    }

    /// A CRM that keeps the key unique refuses the second one itself: nobody has to wait.
    @Test func r4WhereTheCRMKeepsTheKeyUniqueItIsSentAgainAtOnce() async throws {
        let bench = try SyncBench()
        let ada = try bench.edit(nil, ["first_name": "Ada"])
        bench.account.with { $0.faults = [.loseRequest] }
        try await bench.sync()
        try await bench.sync(after: .seconds(1))
        #expect(try bench.remoteID(of: ada) != nil)
    }

    /// Two records carry our id: which one is ours is for a person to say, not for the order of an answer.
    @Test func r4SeveralHitsAreAQuestion() async throws {
        let bench = try SyncBench(enforcesKey: false)
        let ada = try bench.edit(nil, ["first_name": "Ada"])
        bench.account.with { $0.faults = [.loseAnswer] }
        bench.account.with { state in
            state.afterWrite = { state in
                let made = state.objects["contacts"]?.first?.value
                state.objects["contacts"]?["2001"] = made
                state.afterWrite = nil
            }
        }
        for _ in 0..<3 {
            let report = try await bench.sync()
            #expect(report.counts.reviews == 1 && report.counts.unknown == 1 && report.counts.createdRemotely == 0)
            #expect(try bench.remoteID(of: ada) == nil)
        }
        let reviews = try bench.store.read { try $0.openReviews(limit: 9) }
        #expect(reviews.map(\.kind) == [.createUnknown] && reviews.map(\.record) == [ada])
        #expect(reviews.first?.detail.contains("1001, 2001") == true)
        // Somebody archives one of them.
        bench.account.setArchived("contacts", "2001", true)
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.remoteID(of: ada) == "1001")
        #expect(try bench.store.read { try $0.openReviews(limit: 9) }.isEmpty)
        #expect(try bench.contacts().count == 1)
    }

    // MARK: Twins (R7)

    /// Neither has an e-mail address, and the second match key says that they are one.
    @Test func r7TwoRecordsOfABatchAreOneByAnyMatchKey() async throws {
        let bench = try SyncBench()
        try bench.edit(nil, ["phone": "+33 1", "first_name": "Ada", "city": "Paris"])
        try bench.edit(nil, ["email": "ada@x.org", "phone": "+33 1", "first_name": "Ada"])
        let report = try await bench.sync()
        #expect(bench.account.ids("contacts").count == 1)
        #expect(report.counts.reviews == 1)
        // And likewise if one of them is in the CRM already.
        try bench.edit(nil, ["phone": "+33 1", "first_name": "Ada", "city": "Lyon"])
        #expect(try await bench.sync().counts.createdRemotely == 0)
        #expect(bench.account.ids("contacts").count == 1)
    }

    /// A role's address is nobody's key; where the CRM keeps addresses unique it can be there once all the same.
    @Test(arguments: [true, false])
    func r7TwoPeopleBehindOneRoleAddress(isUnique: Bool) async throws {
        let mapping = isUnique ? "email" : "mail"
        let field = MappingField(local: "email", remote: mapping, initial: .preferRemote, fingerprint: "email")
        let bench = try SyncBench(mappings: [SyncBench.contacts(field)])
        for name in ["Ada", "Eve"] { try bench.edit(nil, ["email": "info@x.org", "first_name": .text(Text(name))]) }
        bench.clock.advance(by: .seconds(60))
        let plan = try await bench.syncer.plan()
        let report = try await bench.sync()
        let (made, asked) = isUnique ? (1, 1) : (2, 0)
        #expect(plan.counts.createdRemotely == made && plan.counts.reviews == asked)
        #expect(report.counts.createdRemotely == made && report.counts.reviews == asked)
    }

    /// A couple shares a landline, and one of them is named like the other: the addresses say that they are two.
    @Test func r7AnEarlierKeyThatContradictsMakesTwo() async throws {
        let bench = try SyncBench()
        try bench.edit(nil, ["email": "ada@x.org", "phone": "+33 1", "first_name": "Ada"])
        try bench.edit(nil, ["email": "eve@x.org", "phone": "+33 1", "first_name": "Ada"])
        let report = try await bench.sync()
        #expect(bench.account.ids("contacts").count == 2)
        #expect(report.counts.reviews == 0)
    }
}
