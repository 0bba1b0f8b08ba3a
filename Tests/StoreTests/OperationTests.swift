import Records
import Store
import Testing

@Suite struct OperationTests {
    private let fixture: Fixture

    init() throws { self.fixture = try Fixture() }

    private func operation(
        _ number: UInt64,
        kind: OperationKind = .update,
        lane: OperationLane = .normal
    )
        -> PendingOperation
    {
        PendingOperation(
            connection: self.fixture.connection,
            object: self.fixture.contacts,
            record: Fixture.id(number),
            remote: kind == .create ? nil : Text("\(number)"),
            kind: kind,
            lane: lane,
            createKey: kind == .create ? "key" : nil,
            basedOn: 3,
            shape: self.fixture.shape,
            fields: [
                OperationField(0, source: .text("l\u{E9}"), sent: .null, previous: .absent),
                OperationField(2, source: .number(3), sent: .text("3"), previous: .set(of: ["a"])),
                OperationField(3, source: .text("a"), sent: .text("A"), previous: .text("a"), isCarried: true),
            ]
        )
    }

    @Test func keepsEverything() throws {
        var operation = self.operation(1, kind: .create, lane: .urgent)
        try self.fixture.store.write { tx throws in
            operation.run = try tx.startRun(self.fixture.connection, kind: "sync", at: self.fixture.cause.at)
            operation.id = try tx.put(operation)
            #expect(try tx.operation(operation.id) == operation)
            let (connection, object) = (self.fixture.connection, self.fixture.contacts)
            #expect(try tx.operation(of: operation.record, connection: connection, object: object) == operation)
        }
    }

    @Test func oneUnfinishedOperationForARecord() throws {
        try self.fixture.store.write { _ = try $0.put(self.operation(1)) }
        let error = #expect(throws: StoreError.self) {
            try self.fixture.store.write { _ = try $0.put(self.operation(1, kind: .archive)) }
        }
        #expect(error?.code == .constraint)
    }

    @Test func goesThroughItsStates() throws {
        let at = Instant(milliseconds: 50)
        let connection = self.fixture.connection
        try self.fixture.store.write { tx throws in
            let id = try tx.put(self.operation(1))
            try tx.markInFlight(id, at: at)
            let sent = try #require(try tx.operation(id))
            #expect(sent.state == .inFlight)
            #expect(sent.attempts == 1)
            #expect(sent.sentAt == at)
            #expect(try tx.operations(connection, in: .inFlight, limit: 5).map(\.id) == [id])
            try tx.markUnknown(id, notBefore: Instant(milliseconds: 99))
            #expect(try tx.operations(connection, in: .unknown, limit: 5).first?.notBefore == Instant(milliseconds: 99))
            try tx.markWaiting(id)
            #expect(try tx.operation(id)?.notBefore == nil)
            #expect(try tx.countOperations(connection, in: .waiting) == 1)
            try tx.finish(id)
            #expect(try tx.operation(id) == nil)
        }
    }

    @Test func dueOnesComeByLaneInTheirOrder() throws {
        let (connection, now) = (self.fixture.connection, Instant(milliseconds: 100))
        try self.fixture.store.write { tx throws in
            let ids = try (1...5).map { try tx.put(self.operation($0, lane: $0 == 4 ? .urgent : .normal)) }
            try tx.markWaiting(ids[0], notBefore: Instant(milliseconds: 101))
            try tx.markWaiting(ids[1], notBefore: now)
            try tx.markInFlight(ids[2], at: now)
            #expect(try tx.dueOperations(connection, lane: .normal, at: now, limit: 9).map(\.id) == [ids[1], ids[4]])
            #expect(try tx.dueOperations(connection, lane: .urgent, at: now, limit: 9).map(\.id) == [ids[3]])
            let next = try tx.dueOperations(connection, lane: .normal, at: now, after: ids[1], limit: 9)
            #expect(next.map(\.id) == [ids[4]])
        }
    }
}
