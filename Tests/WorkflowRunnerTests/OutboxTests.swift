import Messaging
import Records
import Store
import Testing
import WorkflowRunner

@Suite struct OutboxTests {
    private static let file = "workflow: w\ntrigger: manual\nsteps: [ { id: mail, send_email: hello } ]"

    private static func world(_ answers: MailOutcome...) throws -> (World, RecordID) {
        let world = try World(Self.file, mailer: ScriptedMailer(answers))
        let id = try world.contact()
        _ = try world.runner.enrol(id, in: "w", now: world.now)
        return (world, id)
    }

    @Test func anUnknownMailIsVisibleAndNeverSentAgainByItself() async throws {
        let (world, id) = try Self.world(.unknown(reason: "the connection broke"))
        #expect(try await world.tick().outbox?.unknown == 1)
        for _ in 0..<5 { try await world.tick(after: "1d") }
        #expect(world.mailer.sent.count == 1)
        let effect = try #require(try world.store.read { try $0.troubledEffects(limit: 10) }.first)
        #expect(effect.state == .unknown)
        #expect(effect.detail == "the connection broke")
        #expect(effect.record == id)
        // A person may have looked, and say what became of it, or want it sent in spite of doubt.
        try world.store.write {
            _ = try $0.retry(effect.key, notBefore: world.now, detail: "again, by ada", at: world.now)
        }
        try await world.tick()
        #expect(world.mailer.sent.count == 2)
        #expect(try world.effects(id).map(\.state) == [.sent])
    }

    @Test func aRefusalForNowIsTriedAgainLaterAndLater() async throws {
        let deferred = MailOutcome.deferred(reason: "450 busy")
        let (world, id) = try Self.world(deferred, deferred)
        #expect(try await world.tick().outbox?.deferred == 1)
        try await world.tick(after: "4m")
        #expect(world.mailer.sent.count == 1)
        try await world.tick(after: "1m")
        #expect(world.mailer.sent.count == 2)
        try await world.tick(after: "9m")
        #expect(world.mailer.sent.count == 2)
        try await world.tick(after: "1m")
        #expect(try world.effects(id).map(\.state) == [.sent])
        #expect(try world.effects(id).map(\.attempts) == [3])
    }

    @Test func aRefusalForGoodIsFinal() async throws {
        let (world, id) = try Self.world(.rejected(reason: "550 no such user"))
        try await world.tick()
        try await world.tick(after: "1d")
        #expect(world.mailer.sent.count == 1)
        #expect(try world.effects(id).map(\.state) == [.failed])
    }

    @Test func aServerThatIsDownIsAskedOnceATick() async throws {
        let world = try World(Self.file, mailer: ScriptedMailer([.unreachable(reason: "refused")]))
        for _ in 0..<3 { _ = try world.runner.enrol(try world.contact(), in: "w", now: world.now) }
        #expect(try await world.tick().outbox?.unreachable == "refused")
        #expect(world.mailer.sent.count == 1)
        try await world.tick()
        #expect(world.mailer.sent.count == 3)
        try await world.tick(after: "5m")
        #expect(world.mailer.sent.count == 4)
    }

    @Test func isGivenUpAfterThreeDays() async throws {
        let down = (0..<100).map { _ in MailOutcome.unreachable(reason: "refused") }
        let world = try World(Self.file, mailer: ScriptedMailer(down))
        let id = try world.contact()
        _ = try world.runner.enrol(id, in: "w", now: world.now)
        for _ in 0..<14 { try await world.tick(after: "6h") }
        #expect(try world.effects(id).map(\.state) == [.failed])
        #expect(try world.effects(id).first?.detail == "given up: refused")
    }

    @Test func whoIsSuppressedAfterTheReservationGetsNothing() async throws {
        let (world, id) = try Self.world()
        _ = try world.runner.work(now: world.now)
        let address = try #require(try world.effects(id).first?.recipient)
        try world.store.write { try $0.suppress(address, reason: "complained", at: world.now) }
        #expect(try await world.tick().outbox?.skipped == 1)
        #expect(world.mailer.sent.isEmpty)
    }

    @Test func keysAreStableSecretAndTheirOwn() throws {
        let place = EffectPlace(.enrolment, 1, step: "a", visit: 1)
        let keys = EffectKeys(secret: Array("0123456789abcdef".utf8))
        #expect(keys.key(place) == keys.key(place))
        #expect(keys.key(place) != EffectKeys(secret: Array("0123456789abcdeF".utf8)).key(place))
        let others = [
            EffectPlace(.handOff, 1, step: "a", visit: 1), EffectPlace(.enrolment, 11, step: "a", visit: 1),
            EffectPlace(.enrolment, 1, step: "b", visit: 1), EffectPlace(.enrolment, 1, step: "a", visit: 2),
        ]
        #expect(Set(others.map { keys.key($0) } + [keys.key(place)]).count == 5)
    }

    @Test func aWorkspaceMakesItsSecretOnce() throws {
        let store = try Store(inMemory: StoreOptions(schema: World.schema))
        let place = EffectPlace(.enrolment, 1, step: "a", visit: 1)
        let first = try EffectKeys.load(from: store, randomness: Randomness { 7 }).key(place)
        #expect(try EffectKeys.load(from: store, randomness: Randomness { 8 }).key(place) == first)
    }
}
