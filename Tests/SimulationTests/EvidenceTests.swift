import FakeCRM
import Records
import Store
import Testing

@testable import Simulation

/// What the judges are given.
@Suite struct EvidenceTests {
    /// Who is merged with somebody kept out of syncs is kept out too, and shown so.
    @Test(arguments: [true, false])
    func whoIsMergedWithSomebodyKeptOutIsKeptOut(isKeptOut: Bool) throws {
        let store = try Store(inMemory: StoreOptions(schema: try WorldMappings.schema.get()))
        let (ada, eve) = (RecordID(high: 0, low: 1), RecordID(high: 0, low: 2))
        let scenario = Scenario.make(seed: 1, days: 1)
        let evidence = try store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person"), at: World.beginning)
            for (id, mark) in [(ada, 901), (eve, 902)] {
                try transaction.create(
                    id,
                    object: try transaction.object("contact"),
                    properties: [PropertySetting("mark", .text(Text(Scenario.mark(mark))))],
                    cause: cause
                )
            }
            _ = try transaction.registerConnection("alpha", connector: "hubspot")
            try transaction.merge(eve, into: ada, cause: cause)
            var chronicle = Chronicle()
            if isKeptOut { chronicle.excluded[eve] = World.beginning }
            var maker = EvidenceMaker(
                scenario: scenario,
                crms: [.alpha: FakeCRMAccount(clock: FakeClock(startingAt: 0))],
                mappings: [.alpha: try WorldMappings.mappings(.alpha, policies: scenario.policies)],
                exchanges: [:],
                transaction: transaction,
                chronicle: chronicle
            )
            return try maker.make()
        }
        #expect(evidence.strays.map(\.flag) == [isKeptOut ? "excluded" : nil])
    }
}
