import Foundation
import GRDB
import Records
import Store
import Synchronization
import Testing

@Suite struct StoreTests {
    private struct Stop: Error {}

    @Test func whatIsRolledBackIsForgotten() throws {
        let store = try Store(inMemory: Fixture.options())
        var first: ObjectNumber?
        #expect(throws: Stop.self) {
            try store.write { tx throws in
                first = try tx.object("one")
                throw Stop()
            }
        }
        // The number is given out again; a remembered name would now mean another object.
        let second = try store.write { try $0.object("two") }
        #expect(first == second)
        #expect(try store.read { try $0.knownObject("one") } == nil)
        #expect(try store.read { try $0.name(of: second) } == "two")
    }

    @Test func reopeningFindsEverything() throws {
        let file = TemporaryFile()
        let id = Fixture.id(1)
        do {
            let store = try Store(path: file.path, options: Fixture.options())
            let fixture = try Fixture(store: store)
            let settings = [PropertySetting("email", .text("a@b.c"))]
            try store.write { try $0.create(id, object: fixture.contact, properties: settings, cause: fixture.cause) }
            try store.close()
        }
        var options = Fixture.options()
        options.durability = .full
        let store = try Store(path: file.path, options: options)
        #expect(try store.read { try $0.record(id)?["email"] } == .text("a@b.c"))
        #expect(try store.read { try $0.history(of: id).count } == 1)
    }

    @Test func aStoreOfANewerReleaseIsRefused() throws {
        let file = TemporaryFile()
        try Store(path: file.path, options: Fixture.options()).close()
        let queue = try DatabaseQueue(path: file.path)
        try queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations(identifier) VALUES('999-future')") }
        try queue.close()
        let error = #expect(throws: StoreError.self) { try Store(path: file.path, options: Fixture.options()) }
        #expect(error?.code == .newerSchema)
    }

    @Test func aFileThatIsNoStoreIsRefused() throws {
        let file = TemporaryFile()
        try Data("this is not a database, not at all, and it is long enough to tell".utf8)
            .write(to: URL(fileURLWithPath: file.path))
        let error = #expect(throws: StoreError.self) { try Store(path: file.path, options: Fixture.options()) }
        #expect(error?.code == .unusable)
    }

    @Test func aKilledHandleDoesNothing() throws {
        let fixture = try Fixture()
        let isDead = Mutex(false)
        let handle = fixture.store.handle { if isDead.withLock({ $0 }) { throw Stop() } }
        try handle.write { try $0.setCursor("a", to: "1") }
        #expect(throws: Stop.self) {
            try handle.write { tx throws in
                try tx.setCursor("a", to: "2")
                isDead.withLock { $0 = true }
            }
        }
        #expect(throws: Stop.self) { try handle.read { try $0.cursor("a") } }
        #expect(try fixture.store.read { try $0.cursor("a") } == "1")
    }

    @Test func aReaderSeesOneSnapshotBesideAWriter() throws {
        let file = TemporaryFile()
        let store = try Store(path: file.path, options: Fixture.options())
        try store.read { tx throws in
            #expect(try tx.cursor("a") == nil)
            try store.write { try $0.setCursor("a", to: "1") }
            #expect(try tx.cursor("a") == nil)
        }
        #expect(try store.read { try $0.cursor("a") } == "1")
    }

    @Test func aSecondProcessWaitsForTheFirst() async throws {
        let file = TemporaryFile()
        let serve = try Store(path: file.path, options: Fixture.options())
        var impatient = Fixture.options()
        impatient.busyTimeoutSeconds = 0.05
        let hasty = try Store(path: file.path, options: impatient)
        let command = try Store(path: file.path, options: Fixture.options())
        let isWriting = DispatchSemaphore(value: 0)
        let mayCommit = DispatchSemaphore(value: 0)
        let writer = Thread {
            try? serve.write { tx throws in
                try tx.setCursor("a", to: "serve")
                isWriting.signal()
                mayCommit.wait()
            }
        }
        writer.start()
        isWriting.wait()
        // Opening and reading never wait for a writer; writing waits as long as it was told to.
        #expect(try Store(path: file.path, options: impatient).read { try $0.cursor("a") } == nil)
        let error = #expect(throws: StoreError.self) { try hasty.write { try $0.setCursor("a", to: "hasty") } }
        #expect(error?.code == .busy)
        #expect(error?.disposition == .retry)
        async let waiting: Void = command.write { try $0.setCursor("a", to: "command") }
        mayCommit.signal()
        try await waiting
        #expect(try serve.read { try $0.cursor("a") } == "command")
    }

    @Test func aMatchKeyAddedByAnotherProcessIsKeptFromThenOn() throws {
        let file = TemporaryFile()
        var plain = Fixture.options()
        plain.identityKeys = [:]
        let serve = try Store(path: file.path, options: plain)
        let fixture = try Fixture(store: serve)
        let ids = [Fixture.id(1), Fixture.id(2)]
        let settings = [PropertySetting("email", .text("a@b.c"))]
        try serve.write { try $0.create(ids[0], object: fixture.contact, properties: settings, cause: fixture.cause) }
        let command = try Store(path: file.path, options: Fixture.options())
        try serve.write { try $0.create(ids[1], object: fixture.contact, properties: settings, cause: fixture.cause) }
        try command.read { tx throws in
            let key = try #require(try tx.identityKey(Fixture.email, of: fixture.contact))
            #expect(try tx.records(fixture.contact, matching: key, Array("a@b.c".utf8)) == ids)
        }
    }
}
