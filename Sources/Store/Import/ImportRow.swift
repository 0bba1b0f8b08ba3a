import Records

/// One row of a file, whatever its form.
struct ImportRow {
    /// Where it begins, from 1.
    let line: Int
    /// The values by column or key, in the order of the file; blank cells of a CSV are left out.
    let cells: [(name: String, cell: ImportCell)]

    /// The cell of a name.
    subscript(_ name: String) -> ImportCell? { self.cells.first { $0.name.hasSameBytes(as: name) }?.cell }
}

/// One value of a row.
enum ImportCell {
    /// What a CSV's cell or a JSON string says.
    case text(String)
    /// Another JSON value.
    case json(JSON)

    /// The text of a cell that is text or a number; nil for others.
    var text: String? {
        switch self {
        case .text(let text): text
        case .json(.number(let digits)): digits
        case .json: nil
        }
    }
}

/// What a reader gives: a row, or a line that cannot be read.
enum ImportLine {
    case row(ImportRow)
    case rejected(line: Int, String)
}

/// Reads rows from a source as they are asked for.
struct ImportLines {
    /// The longest line of JSON, in bytes.
    static let maximumLineBytes = 1 << 20

    private let source: ImportSource
    private var csv: CSVParser?
    private(set) var columns: [String] = []
    private var pending: [UInt8] = []
    private var line = 0
    private var isFirst = true
    private var isAtEnd = false

    init(_ source: ImportSource) {
        self.source = source
    }

    /// The next lines, at least one unless the file is at its end; throws `ImportRefusal` for a file that is no text.
    mutating func next() throws -> [ImportLine] {
        var lines: [ImportLine] = []
        while lines.isEmpty, !self.isAtEnd {
            let chunk = try self.chunk()
            switch self.source.format {
            case .csv: lines = try self.csvLines(chunk)
            case .jsonLines: lines = self.jsonLines(chunk)
            }
        }
        return lines
    }

    /// The next bytes, without a byte order mark; empty at the end.
    private mutating func chunk() throws -> [UInt8] {
        guard var bytes = try self.source.next() else {
            self.isAtEnd = true
            return []
        }
        if self.isFirst, !bytes.isEmpty {
            self.isFirst = false
            if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || bytes.prefix(4096).contains(0) {
                let message = "the file is not UTF-8 text (UTF-16, or no text at all)"
                throw ImportRefusal(line: 1, message: message, mend: "save it as UTF-8")
            }
            if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        }
        return bytes
    }

    private mutating func csvLines(_ chunk: [UInt8]) throws -> [ImportLine] {
        if self.csv == nil {
            self.pending += chunk
            guard self.isAtEnd || self.pending.contains(0x0A) else { return [] }
            let separator = CSVParser.separator(of: self.pending.prefix { $0 != 0x0A })
            self.csv = CSVParser(separator: separator)
            defer { self.pending = [] }
            return try self.parsed(self.pending)
        }
        return try self.parsed(chunk)
    }

    private mutating func parsed(_ bytes: [UInt8]) throws -> [ImportLine] {
        var rows = self.csv?.feed(bytes) ?? []
        if self.isAtEnd { rows += self.csv?.finish() ?? [] }
        return try rows.compactMap { row in
            guard self.columns.isEmpty else { return self.line(row) }
            guard case .fields(let fields, let line) = row else {
                throw ImportRefusal(
                    line: 1,
                    message: "the header line cannot be read",
                    mend: "name the columns in line 1"
                )
            }
            self.columns = try fields.map { field in
                guard let name = String(validating: field, as: UTF8.self) else {
                    throw ImportRefusal(line: line, message: "the header is not UTF-8", mend: "save the file as UTF-8")
                }
                return ImportNames.plain(name)
            }
            return nil
        }
    }

    private func line(_ row: CSVParser.Row) -> ImportLine {
        switch row {
        case .broken(let problem, let line): return .rejected(line: line, problem)
        case .fields(let fields, let line):
            if fields.count > self.columns.count {
                let message = "the line has \(fields.count) fields, the header \(self.columns.count)"
                return .rejected(line: line, message)
            }
            var cells: [(name: String, cell: ImportCell)] = []
            for (name, field) in zip(self.columns, fields) {
                guard let text = String(validating: field, as: UTF8.self), !field.contains(0) else {
                    return .rejected(line: line, "the line is not UTF-8; save the file as UTF-8")
                }
                let trimmed = ImportNames.trimmed(text)
                if !trimmed.isEmpty { cells.append((name: name, cell: .text(trimmed))) }
            }
            return .row(ImportRow(line: line, cells: cells))
        }
    }

    private mutating func jsonLines(_ chunk: [UInt8]) -> [ImportLine] {
        self.pending += chunk
        var lines: [ImportLine] = []
        var start = 0
        while let end = self.pending[start...].firstIndex(of: 0x0A) {
            self.line += 1
            if let line = self.json(self.pending[start..<end]) { lines.append(line) }
            start = end + 1
        }
        self.pending.removeFirst(start)
        if self.isAtEnd, !self.pending.isEmpty {
            self.line += 1
            if let line = self.json(self.pending[...]) { lines.append(line) }
            self.pending = []
        } else if self.pending.count > Self.maximumLineBytes {
            // Drop what there is of an endless line; its rest is told as another bad line.
            self.line += 1
            lines.append(.rejected(line: self.line, "the line is longer than 1 MB"))
            self.line -= 1
            self.pending = []
        }
        return lines
    }

    private func json(_ bytes: ArraySlice<UInt8>) -> ImportLine? {
        guard bytes.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { return nil }
        do throws(JSONError) {
            guard let members = try JSON(parsing: Array(bytes)).object else {
                return .rejected(line: self.line, "the line is no JSON object")
            }
            let cells = members.map { key, value -> (name: String, cell: ImportCell) in
                let name = ImportNames.plain(key)
                return (name: name, cell: value.string.map { .text(ImportNames.trimmed($0)) } ?? .json(value))
            }
            return .row(ImportRow(line: self.line, cells: cells))
        } catch {
            return .rejected(line: self.line, "the line is no JSON: \(error)")
        }
    }
}

/// The small ways in which people write names differently.
enum ImportNames {
    /// `First Name` and `first-name` as `first_name`.
    static func plain(_ name: String) -> String {
        let bytes = self.trimmed(name).utf8.map { byte -> UInt8 in
            switch byte {
            case 0x41...0x5A: byte | 0x20
            case 0x20, UInt8(ascii: "-"): UInt8(ascii: "_")
            default: byte
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text without ASCII white space around it.
    static func trimmed(_ text: String) -> String {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        var bytes = Array(text.utf8)[...]
        while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
