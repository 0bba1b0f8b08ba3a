import GRDBSQLite
import Records

/// A value that can be bound to an argument of a statement.
protocol SQLArgument {
    /// Binds the value, which SQLite copies; returns SQLite's result code.
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32
}

/// SQLite's marker for "copy the bytes now"; the macro is not imported.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

extension Int64: SQLArgument {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { sqlite3_bind_int64(statement, index, self) }
}

extension Int: SQLArgument {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        sqlite3_bind_int64(statement, index, Int64(self))
    }
}

extension Bool: SQLArgument {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        sqlite3_bind_int64(statement, index, self ? 1 : 0)
    }
}

extension Instant: SQLArgument {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        self.microseconds.bind(to: statement, at: index)
    }
}

extension String: SQLArgument {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        var copy = self
        return copy.withUTF8 { SQLBytes.bindText($0, to: statement, at: index) }
    }
}

extension Text: SQLArgument {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { self.string.bind(to: statement, at: index) }
}

extension RecordID: SQLArgument {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        self.withBytes { sqlite3_bind_blob(statement, index, $0.baseAddress, 16, copied) }
    }
}

extension [UInt8]: SQLArgument {
    /// Binds as bytes; for text that is at hand as bytes see `SQLText`.
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        self.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress, !bytes.isEmpty else {
                return sqlite3_bind_zeroblob(statement, index, 0)
            }
            return sqlite3_bind_blob64(statement, index, base, UInt64(bytes.count), copied)
        }
    }
}

/// Bytes of UTF-8 that are bound as text, such as written JSON.
struct SQLText: SQLArgument {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        self.bytes.withUnsafeBufferPointer { SQLBytes.bindText($0, to: statement, at: index) }
    }
}

extension Optional: SQLArgument where Wrapped: SQLArgument {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        switch self {
        case .none: sqlite3_bind_null(statement, index)
        case .some(let value): value.bind(to: statement, at: index)
        }
    }
}

extension SQLArgument where Self: RawRepresentable, RawValue: SQLArgument {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 { self.rawValue.bind(to: statement, at: index) }
}

/// The byte-wise parts of binding.
enum SQLBytes {
    /// Binds a copy of UTF-8 bytes as text; an empty buffer is the empty text, not NULL.
    static func bindText(_ bytes: UnsafeBufferPointer<UInt8>, to statement: OpaquePointer, at index: Int32) -> Int32 {
        guard let base = bytes.baseAddress, !bytes.isEmpty else {
            return sqlite3_bind_text(statement, index, "", 0, nil)
        }
        return base.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
            sqlite3_bind_text64(statement, index, $0, UInt64(bytes.count), copied, UInt8(SQLITE_UTF8))
        }
    }
}
