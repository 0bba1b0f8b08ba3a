import GRDBSQLite
import Records

/// The columns of the row at which a statement stands, by place from 0.
struct Columns {
    let statement: OpaquePointer

    func isNull(_ place: Int32) -> Bool { sqlite3_column_type(self.statement, place) == SQLITE_NULL }

    func int(_ place: Int32) -> Int64 { sqlite3_column_int64(self.statement, place) }

    func count(_ place: Int32) -> Int { Int(self.int(place)) }

    func flag(_ place: Int32) -> Bool { self.int(place) != 0 }

    func instant(_ place: Int32) -> Instant { Instant(microseconds: self.int(place)) }

    func optionalInt(_ place: Int32) -> Int64? { self.isNull(place) ? nil : self.int(place) }

    func optionalInstant(_ place: Int32) -> Instant? { self.isNull(place) ? nil : self.instant(place) }

    /// The bytes of a text or blob, valid until the statement moves on.
    func buffer(_ place: Int32) -> UnsafeBufferPointer<UInt8> {
        let base = sqlite3_column_blob(self.statement, place)?.assumingMemoryBound(to: UInt8.self)
        return UnsafeBufferPointer(
            start: base,
            count: base == nil ? 0 : Int(sqlite3_column_bytes(self.statement, place))
        )
    }

    func bytes(_ place: Int32) -> [UInt8] { Array(self.buffer(place)) }

    func optionalBytes(_ place: Int32) -> [UInt8]? { self.isNull(place) ? nil : self.bytes(place) }

    func string(_ place: Int32) -> String { String(decoding: self.buffer(place), as: UTF8.self) }

    func optionalString(_ place: Int32) -> String? { self.isNull(place) ? nil : self.string(place) }

    func text(_ place: Int32) -> Text { Text(self.string(place)) }

    func optionalText(_ place: Int32) -> Text? { self.isNull(place) ? nil : self.text(place) }

    func number<Number: StoredNumber>(_ place: Int32) -> Number { Number(rawValue: self.int(place)) }

    func optionalNumber<Number: StoredNumber>(_ place: Int32) -> Number? {
        self.isNull(place) ? nil : self.number(place)
    }

    func record(_ place: Int32) throws -> RecordID {
        guard let id = RecordID(bytes: self.buffer(place)) else {
            throw StoreError(.corrupt, "a record id that is not 16 bytes")
        }
        return id
    }

    func optionalRecord(_ place: Int32) throws -> RecordID? { self.isNull(place) ? nil : try self.record(place) }

    /// A word of a closed list.
    func word<Word: RawRepresentable<String>>(_ place: Int32) throws -> Word {
        guard let word = Word(rawValue: self.string(place)) else {
            throw StoreError(.corrupt, "an unknown word for \(Word.self)")
        }
        return word
    }

    func optionalWord<Word: RawRepresentable<String>>(_ place: Int32) throws -> Word? {
        self.isNull(place) ? nil : try self.word(place)
    }

    /// One value in the self-describing form; nil is "no shadow".
    func value(_ place: Int32) throws -> Value? {
        var reader = ValueReader(self.buffer(place))
        return try reader.selfDescribing()
    }
}
