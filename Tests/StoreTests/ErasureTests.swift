import Foundation
import Records
import Store
import Testing

/// R8: after an erasure no byte of the person is left in the database file or in the log beside it.
@Suite struct ErasureTests {
    /// Values of one person, each to be found nowhere afterwards.
    private static let markers = [
        "zq1-now@example.com", "zq2-before@example.com", "zq3-first", "zq4-last", "zq5-remote", "zq6-base", "zq7-event",
        "zq8-hold", "zq9-payload", "zq10-recipient", "zq11-interest", "zq12-seen", "zq13-detail", "zq14-twin",
        "zq15-writer", "zq16-here",
    ]

    /// Gives a person a trace in every table that can hold one.
    private func live(_ fixture: Fixture) throws -> RecordID {
        let id = Fixture.id(1)
        try fixture.store.write { tx throws in
            try tx.prepareErasure(randomness: Randomness { 7 }, matching: [:])
            let first: [PropertySetting] = [
                PropertySetting("email", "zq2-before@example.com"), PropertySetting("first_name", "zq3-first"),
                PropertySetting("last_name", "zq4-last"), PropertySetting("interests", .set(["zq11-interest"])),
            ]
            try tx.create(id, object: fixture.contact, properties: first, cause: fixture.cause)
            try tx.insertLink(
                fixture.key("77"),
                record: id,
                version: 1,
                shape: fixture.shape,
                agreed: [AgreedField(1, local: "zq6-base", remote: "zq5-remote")],
                cause: fixture.cause
            )
            try tx.change(id, set: [PropertySetting("email", "zq1-now@example.com")], cause: fixture.at(2))
            let event = PersonEvent(
                id: "zq7-event",
                name: "visited",
                at: fixture.cause.at,
                attributes: ["q": "zq7-event"]
            )
            _ = try tx.addEvent(event, to: id, cause: fixture.cause)
            try self.wait(fixture, id, in: tx)
        }
        return id
    }

    private func wait(_ fixture: Fixture, _ id: RecordID, in tx: Transaction) throws {
        let about = ConflictCase(
            link: fixture.key("77"),
            record: id,
            field: "first_name",
            localBase: "zq6-base",
            remoteBase: "zq6-base",
            local: "zq3-first",
            remote: "zq5-remote",
            rule: "manual",
            localBy: "zq16-here",
            remoteBy: "zq15-writer"
        )
        _ = try tx.openConflict(about, cause: fixture.cause)
        try tx.appendJournal(id, kind: .overwritten, detail: "hubspot/contacts/77 by zq15-writer", cause: fixture.cause)
        try tx.hold(
            Hold(
                connection: fixture.connection,
                object: fixture.contacts,
                record: id,
                field: "email",
                reason: .rejected,
                detail: "zq13-detail",
                local: "zq8-hold",
                remote: "zq8-hold",
                since: fixture.cause.at
            )
        )
        let operation = PendingOperation(
            connection: fixture.connection,
            object: fixture.contacts,
            record: id,
            remote: "77",
            kind: .update,
            basedOn: 1,
            shape: fixture.shape,
            fields: [OperationField(0, source: "zq9-payload", sent: "zq9-payload", previous: .null)]
        )
        _ = try tx.put(operation)
        let seen: [Value] = ["zq12-seen", "zq12-seen", .null, .null, .null]
        for (remote, values) in [("77", seen), ("78", ["zq14-twin", .null, .null, .null, .null])] as [(Text, [Value])] {
            _ = try tx.observe(
                RemoteObservation(
                    key: fixture.key(remote),
                    version: 2,
                    values: values,
                    shape: fixture.shape,
                    observedAt: fixture.cause.at
                )
            )
        }
        try tx.openReview(
            .duplicateOf,
            connection: fixture.connection,
            object: fixture.contacts,
            remote: "78",
            record: nil,
            candidates: [id],
            detail: "",
            at: fixture.cause.at
        )
        try tx.quarantine(
            connection: fixture.connection,
            object: fixture.contacts,
            side: .remote,
            subject: Text(id.description),
            record: id,
            reason: "refused",
            detail: "zq13-detail",
            at: fixture.cause.at
        )
        try tx.suppress("zq1-now@example.com", reason: "bounced", at: fixture.cause.at)
        try tx.exclude(id, reason: "zq13-detail", cause: fixture.cause)
    }

    private func found(in path: String) throws -> [String] {
        var bytes = Data()
        for suffix in ["", "-wal"] {
            if let data = FileManager.default.contents(atPath: path + suffix) { bytes += data }
        }
        return Self.markers.filter { bytes.range(of: Data($0.utf8)) != nil }
    }

    @Test func noByteOfTheirsRemains() throws {
        let file = TemporaryFile()
        let fixture = try Fixture(store: Store(path: file.path, options: Fixture.options()))
        let id = try self.live(fixture)
        // Who else is in the file stays.
        try fixture.store.write { tx throws in
            let other = [PropertySetting("email", "other@example.com")]
            try tx.create(Fixture.id(2), object: fixture.contact, properties: other, cause: fixture.cause)
        }
        #expect(try self.found(in: file.path).count == Self.markers.count - 1, "all but the recipient of a mail")
        try fixture.store.write { try $0.erase(id, reason: "asked by letter", cause: fixture.at(3)) }
        try fixture.store.scrub()
        #expect(try self.found(in: file.path) == [])
        try fixture.store.read { tx throws in
            #expect(try tx.record(Fixture.id(2))?["email"] == "other@example.com")
            #expect(try tx.erasureTargets(of: id).map(\.key.remote) == ["77"])
            #expect(try tx.erasure(of: id)?.confirmedAt == nil)
            #expect(try tx.history(of: id).map(\.kind).last == .erase)
        }
    }

    @Test(arguments: ["zq1-now@example.com", "ZQ1-NOW@example.com", "zq2-before@example.com"])
    func whoWasErasedIsNotMadeAgainUntilAdmitted(email: String) throws {
        let fixture = try Fixture()
        let id = try self.live(fixture)
        try fixture.store.write { try $0.erase(id, reason: "asked", cause: fixture.at(3)) }
        let set = [PropertySetting("email", .text(Text(email)))]
        let error = #expect(throws: StoreError.self) {
            try fixture.store.write {
                try $0.create(Fixture.id(9), object: fixture.contact, properties: set, cause: fixture.cause)
            }
        }
        #expect(error?.code == .erased)
        #expect(throws: StoreError.self) { try fixture.store.write { try $0.restore(id, cause: fixture.cause) } }
        try fixture.store.write { tx throws in
            var values = [Value](repeating: .absent, count: Fixture.schema.objects[0].properties.count)
            values[0] = .text(Text(email))
            #expect(try tx.admitErased(fixture.contact, values))
            try tx.create(Fixture.id(9), object: fixture.contact, properties: set, cause: fixture.cause)
        }
    }

    @Test func theErasureIsPendingUntilTheLastCRMConfirms() throws {
        let fixture = try Fixture()
        let id = try self.live(fixture)
        try fixture.store.write { tx throws in
            try tx.erase(id, reason: "asked", cause: fixture.at(3))
            try tx.addErasureTarget(fixture.key("79"), record: id, at: fixture.cause.at)
            try tx.setErasure(fixture.key("77"), .confirmed, attempts: 1, at: fixture.cause.at)
            #expect(try tx.erasure(of: id)?.confirmedAt == nil)
            try tx.setErasure(fixture.key("79"), .confirmed, attempts: 1, at: fixture.cause.at)
            #expect(try tx.erasure(of: id)?.confirmedAt != nil)
        }
    }
}
