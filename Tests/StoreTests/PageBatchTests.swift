import Records
import Store
import Testing

/// Many rows with one statement are the rows of many statements.
@Suite struct PageBatchTests {
    private let fixture: Fixture

    init() throws { self.fixture = try Fixture() }

    private func writer(_ tx: Transaction) throws -> PageWriter {
        try PageWriter(
            tx,
            connection: self.fixture.connection,
            local: self.fixture.contact,
            remote: self.fixture.contacts,
            shape: self.fixture.shape,
            cause: self.fixture.cause
        )
    }

    private func email(_ tx: Transaction) throws -> IdentityKeyNumber {
        try #require(try tx.identityKey(Fixture.email, of: self.fixture.contact))
    }

    /// Adds records with these numbers as remote ids and e-mail addresses, and writes all of them at once.
    private func write(_ numbers: some Sequence<Int>, in tx: Transaction) throws {
        let writer = try self.writer(tx)
        let key = try self.email(tx)
        let numbers = Array(numbers)
        // One buffer for all bytes, as a page has.
        let texts = numbers.map { Array("\($0)".utf8) }
        let bytes = texts.flatMap(\.self)
        try bytes.withUnsafeBufferPointer { bytes in
            var start = 0
            for (number, text) in zip(numbers, texts) {
                let slice = UnsafeBufferPointer(rebasing: bytes[start..<start + text.count])
                start += text.count
                let id = Fixture.id(UInt64(number + 1))
                writer.add(id, remote: slice, version: Int64(number), properties: slice, shadow: slice)
                writer.addIdentity(key, canon: slice)
            }
            try writer.flush()
        }
    }

    private func withBuffers<Result>(
        _ texts: [String],
        _ body: ([UnsafeBufferPointer<UInt8>]) throws -> Result
    ) rethrows -> Result {
        let bytes = texts.map { Array($0.utf8) }
        return try bytes.flatMap(\.self)
            .withUnsafeBufferPointer { all in
                var start = 0
                return try body(
                    bytes.map { text in
                        defer { start += text.count }
                        return UnsafeBufferPointer(rebasing: all[start..<start + text.count])
                    }
                )
            }
    }

    /// 1, 10 and 50 are how many rows a statement writes.
    @Test(arguments: [1, 9, 10, 50, 61, 173]) func everyRowArrivesWhereItBelongs(count: Int) throws {
        try self.fixture.store.write { try self.write(0..<count, in: $0) }
        try self.fixture.store.read { tx throws in
            let key = try self.email(tx)
            #expect(try tx.countLinks(self.fixture.connection, self.fixture.contacts) == count)
            #expect(try tx.journal(after: 0, limit: 1000).map(\.record) == (1...count).map { Fixture.id(UInt64($0)) })
            for number in 0..<count {
                let id = Fixture.id(UInt64(number + 1))
                let link = try #require(try tx.link(self.fixture.key(Text("\(number)"))))
                #expect(link.record == id)
                #expect(link.remoteVersion == Int64(number))
                #expect(link.remoteShadowBytes == Array("\(number)".utf8))
                #expect(try tx.records(self.fixture.contact, matching: key, Array("\(number)".utf8)) == [id])
            }
        }
    }

    @Test func findsThePlacesOfTheKnownAmongMany() throws {
        let found = try self.fixture.store.write { tx throws in
            try self.write([0, 7, 55, 119], in: tx)
            let writer = try self.writer(tx)
            let asked = (0..<130).map { $0.isMultiple(of: 2) ? "" : "\($0)" } + ["7"]
            return try self.withBuffers(asked) { try writer.places(of: self.email(tx), among: $0) }
        }
        #expect(found.sorted() == [7, 55, 119, 130])
    }

    @Test func aKeyOfAnotherKindIsNotKnown() throws {
        let found = try self.fixture.store.write { tx throws in
            try self.write([7], in: tx)
            let person = try #require(try tx.identityKey(Fixture.person, of: self.fixture.contact))
            let writer = try self.writer(tx)
            return try self.withBuffers(["7"]) { try writer.places(of: person, among: $0) }
        }
        #expect(found.isEmpty)
    }

    /// The order is that of bytes: 10 comes before 9.
    @Test(arguments: [
        (["5"], true), (["4", "6"], true), (["6", "4"], true), (["1", "4"], false), (["6", "9"], false),
        (["10", "9"], true), ([], false),
    ]) func mayHaveLinksLooksBetweenTheLeastAndTheGreatest(ids: [String], expected: Bool) throws {
        let mayHave = try self.fixture.store.write { tx throws in
            try self.write([5], in: tx)
            let writer = try self.writer(tx)
            return try self.withBuffers(ids) { try writer.mayHaveLinks($0) }
        }
        #expect(mayHave == expected)
    }

    @Test func theWriterSeesWhatWaits() throws {
        try self.fixture.store.write { tx throws in
            let writer = try self.writer(tx)
            let key = try self.email(tx)
            try self.withBuffers(["1", "a@b.c", "2", "c@b.c"]) { bytes throws in
                writer.startPage()
                #expect(!writer.hasAdded(remote: bytes[0]))
                writer.add(Fixture.id(1), remote: bytes[0], version: 5, properties: bytes[0], shadow: bytes[1])
                writer.addIdentity(key, canon: bytes[1])
                #expect(writer.hasAdded(remote: bytes[0]))
                #expect(writer.hasAdded(key, canon: bytes[1]))
                #expect(!writer.hasAdded(key, canon: bytes[3]))
                #expect(try writer.compare(remote: bytes[0], version: 5, shadow: bytes[1]) == .same(isNewer: false))
                writer.add(Fixture.id(2), remote: bytes[2], version: 5, properties: bytes[0], shadow: bytes[1])
                writer.addIdentity(key, canon: bytes[3])
                #expect(try writer.find(key, canon: bytes[3]) == .one(Fixture.id(2)))
                #expect(writer.hasAdded(key, canon: bytes[1]))
            }
        }
    }

    @Test func aRowThatIsThereAlreadyUndoesThePage() throws {
        #expect(throws: StoreError.self) {
            try self.fixture.store.write { tx throws in
                try self.write([70], in: tx)
                try self.write(0..<80, in: tx)
            }
        }
        try self.fixture.store.read { tx throws in
            #expect(try tx.countLinks(self.fixture.connection, self.fixture.contacts) == 0)
            #expect(try tx.journal(after: 0, limit: 9).isEmpty)
        }
        try self.fixture.store.write { try self.write(0..<80, in: $0) }
    }
}
