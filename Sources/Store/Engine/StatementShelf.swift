import GRDB

/// The prepared statements of one connection by the address of their text, which a `StaticString` never changes.
///
/// GRDB finds a statement by its whole text, which costs more than most of them take to run; so does hashing, so that the
/// places are taken from the addresses themselves.
// `@unchecked`: a shelf is used on the queue of its connection only, in one transaction at a time.
final class StatementShelf: @unchecked Sendable {
    private var places: [(text: UnsafePointer<UInt8>, statement: PreparedStatement)?] = StatementShelf.empty(64)
    private var count = 0
    private var frame: (begin: Statement, commit: Statement)?
    /// What the connection read lately, beside the statements that read it.
    let decoded = DecodedRecords()

    subscript(sql: StaticString) -> PreparedStatement? {
        get { self.places[self.place(of: sql.utf8Start)]?.statement }
        set {
            let place = self.place(of: sql.utf8Start)
            if self.places[place] == nil, newValue != nil { self.count += 1 }
            self.places[place] = newValue.map { (sql.utf8Start, $0) }
            if self.count * 2 > self.places.count { self.grow() }
        }
    }

    /// The statements that begin and end a transaction that writes.
    func frame(of database: Database) throws -> (begin: Statement, commit: Statement) {
        if let frame { return frame }
        let begin = try database.cachedStatement(sql: "BEGIN IMMEDIATE TRANSACTION")
        let made = (begin: begin, commit: try database.cachedStatement(sql: "COMMIT TRANSACTION"))
        self.frame = made
        return made
    }

    /// Lets go of all statements, before the connection ends.
    func clear() {
        self.places = Self.empty(self.places.count)
        self.count = 0
        self.frame = nil
        self.decoded.clear()
    }

    private static func empty(_ count: Int) -> [(text: UnsafePointer<UInt8>, statement: PreparedStatement)?] {
        Array(repeating: nil, count: count)
    }

    /// Where a text's statement is, or is to be put; there are always free places, and their number is a power of two.
    private func place(of text: UnsafePointer<UInt8>) -> Int {
        let mask = self.places.count - 1
        var place = Int(truncatingIfNeeded: (UInt(bitPattern: text) &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
        while let taken = self.places[place], taken.text != text { place = (place + 1) & mask }
        return place
    }

    private func grow() {
        let old = self.places
        self.places = Self.empty(old.count * 2)
        for case .some(let taken) in old { self.places[self.place(of: taken.text)] = taken }
    }
}
