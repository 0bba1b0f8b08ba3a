/// Splits CSV into rows of fields, byte by byte, as the bytes come (RFC 4180, with LF as well as CRLF).
///
/// A row that is broken is given as such and the next line is read afresh: a quote that nobody closes costs one row, not
/// the rest of the file.
struct CSVParser {
    /// One row.
    enum Row {
        /// Its fields, undecoded.
        case fields([[UInt8]], line: Int)
        /// It cannot be read.
        case broken(String, line: Int)
    }

    /// The longest row, in bytes; a quoted field may span lines.
    static let maximumRowBytes = 1 << 20
    /// The most fields of a row.
    static let maximumFields = 2000

    private let separator: UInt8
    /// The bytes of the row so far, to read them again if the row is broken.
    private var raw: [UInt8] = []
    private var fields: [[UInt8]] = []
    private var field: [UInt8] = []
    private var state = State.fieldStart
    private var line = 1
    private var rowLine = 1
    private var problem: String?

    private enum State {
        case fieldStart
        case plain
        case quoted
        case quoteInQuoted
        case afterQuoted
    }

    init(separator: UInt8) {
        self.separator = separator
    }

    /// The separator of a header line: the one of comma, semicolon and tab that stands in it most often.
    static func separator(of header: some Sequence<UInt8>) -> UInt8 {
        var counts: [UInt8: Int] = [:]
        var isQuoted = false
        for byte in header {
            if byte == 0x22 { isQuoted.toggle() }
            if !isQuoted { counts[byte, default: 0] += 1 }
        }
        let candidates: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09]
        return candidates.max { (counts[$0] ?? 0) < (counts[$1] ?? 0) } ?? UInt8(ascii: ",")
    }

    /// Reads further bytes and gives the rows that they complete.
    mutating func feed(_ bytes: some Sequence<UInt8>) -> [Row] {
        var rows: [Row] = []
        for byte in bytes { self.take(byte, &rows) }
        return rows
    }

    /// The rows that end with the file.
    mutating func finish() -> [Row] {
        var rows: [Row] = []
        while !self.raw.isEmpty {
            if self.state == .quoted {
                self.abandon("a quote is never closed", &rows)
            } else {
                self.endRow(&rows)
            }
        }
        return rows
    }

    private mutating func take(_ byte: UInt8, _ rows: inout [Row]) {
        self.raw.append(byte)
        if byte == 0x0A { self.line += 1 }
        if self.raw.count > Self.maximumRowBytes {
            let what = self.state == .quoted ? "a quote is never closed" : "the line is longer than 1 MB"
            return self.abandon(what, &rows)
        }
        switch self.state {
        case .quoted:
            if byte == 0x22 { self.state = .quoteInQuoted } else { self.field.append(byte) }
        case .quoteInQuoted where byte == 0x22:
            self.field.append(byte)
            self.state = .quoted
        default: self.takeOutside(byte, &rows)
        }
    }

    private mutating func takeOutside(_ byte: UInt8, _ rows: inout [Row]) {
        switch byte {
        case self.separator: self.endField()
        case 0x0A: self.endRow(&rows)
        case 0x0D where self.state != .plain: self.state = .afterQuoted
        case 0x22 where self.state == .fieldStart: self.state = .quoted
        default:
            switch self.state {
            case .quoteInQuoted, .afterQuoted: self.problem = "something stands behind a closing quote"
            case .fieldStart, .plain, .quoted:
                if byte == 0x22 { self.problem = "a quote stands inside a field without quotes" }
                self.state = .plain
                self.field.append(byte)
            }
        }
    }

    private mutating func endField() {
        self.fields.append(self.field)
        self.field = []
        self.state = .fieldStart
        if self.fields.count > Self.maximumFields {
            self.problem = "the line has more than \(Self.maximumFields) fields"
        }
    }

    private mutating func endRow(_ rows: inout [Row]) {
        if self.state == .plain, self.field.last == 0x0D { self.field.removeLast() }
        self.endField()
        let isBlank = self.fields.count == 1 && self.fields[0].isEmpty
        if let problem = self.problem {
            rows.append(.broken(problem, line: self.rowLine))
        } else if !isBlank {
            rows.append(.fields(self.fields, line: self.rowLine))
        }
        self.reset()
        self.rowLine = self.line
    }

    /// Gives up the line on which the row began, and reads what follows it afresh.
    private mutating func abandon(_ problem: String, _ rows: inout [Row]) {
        rows.append(.broken(problem, line: self.rowLine))
        let raw = self.raw
        let end = raw.firstIndex(of: 0x0A)
        self.reset()
        self.rowLine += 1
        self.line = self.rowLine
        guard let end else { return }
        for byte in raw[(end + 1)...] { self.take(byte, &rows) }
    }

    private mutating func reset() {
        self.raw.removeAll(keepingCapacity: true)
        self.fields = []
        self.field = []
        self.problem = nil
        self.state = .fieldStart
    }
}
