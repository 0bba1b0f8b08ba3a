import Records

/// Reads the CSV file of a `lookup` (RFC 4180, UTF-8): a head line, then a row for each pair of values.
struct LookupFile {
    let path: String
    let findings: Findings

    /// The most rows that a table may have.
    private static let limit = 100_000
    /// The largest table, in bytes.
    private static let maximumSize = 8 << 20
    /// The most rows with mistakes that are told one by one.
    private static let shownRows = 20

    /// The rows, local value first; rows with mistakes are left out, with findings at their lines of the CSV.
    func rows(_ bytes: [UInt8], local: String, remote: String) -> [(local: Text, remote: Text)] {
        let read: [Record]?
        do {
            let text = try YAMLText.decode(bytes, file: self.path, most: Self.maximumSize, mend: "use a smaller table")
            read = self.records(Array(text.utf8))
        } catch let list as DiagnosticList {
            self.findings.add(list.diagnostics)
            return []
        } catch {
            self.error(1, "the table cannot be read", mend: "check the file")
            return []
        }
        guard var records = read else { return [] }
        guard !records.isEmpty else {
            self.error(1, "the table is empty", mend: "write a head line \(local),\(remote) and a row for each pair")
            return []
        }
        let head = records.removeFirst()
        if head.cells.count == 1, head.cells[0].utf8.contains(where: { $0 == 0x3B || $0 == 0x09 }) {
            self.error(head.line, "the head line has no comma", mend: "save the table with commas between its columns")
            return []
        }
        let columns = [local, remote].map { name in
            let column = head.cells.firstIndex { $0.hasSameBytes(as: name) }
            if column == nil {
                let nearest = NearestName.of(name, among: head.cells.prefix(100))
                let mend = nearest.map { "rename the column \"\($0)\", or name the columns in lookup" }
                self.error(
                    head.line,
                    "the table has no column \"\(name)\"",
                    mend: mend ?? "add it to the head line, or name the columns in lookup"
                )
            }
            return column
        }
        guard let left = columns[0], let right = columns[1] else { return [] }
        if records.count > Self.limit {
            self.error(head.line, "the table has \(records.count) rows", mend: "keep at most \(Self.limit)")
            return []
        }
        return self.pairs(records, left, right, count: head.cells.count)
    }

    private func pairs(
        _ records: [Record],
        _ left: Int,
        _ right: Int,
        count: Int
    ) -> [(local: Text, remote: Text)] {
        var (rows, locals, remotes) = ([(local: Text, remote: Text)](), [Text: Int](), [Text: Int]())
        var mistakes: [(line: Int, message: String, mend: String)] = []
        for record in records {
            guard record.cells.count == count else {
                let found = "the row has \(record.cells.count) cells, the head line \(count)"
                mistakes.append(
                    (record.line, found, "write one cell for each column, in quotes where it holds a comma")
                )
                continue
            }
            let (local, remote) = (Text(record.cells[left]), Text(record.cells[right]))
            if local.isEmpty || remote.isEmpty {
                mistakes.append((record.line, "the row has an empty cell", "fill it in, or remove the row"))
            } else if let other = locals[local] ?? remotes[remote] {
                let value = locals[local] == nil ? remote : local
                mistakes.append(
                    (
                        record.line,
                        "\"\(String(value.string.unicodeScalars.prefix(60)))\" is in line \(other) already",
                        "remove one of the rows, as it could not be told which is meant"
                    )
                )
            } else {
                (locals[local], remotes[remote]) = (record.line, record.line)
                rows.append((local, remote))
            }
        }
        for mistake in mistakes.prefix(Self.shownRows) { self.error(mistake.line, mistake.message, mend: mistake.mend) }
        if mistakes.count > Self.shownRows {
            let rest = mistakes.count - Self.shownRows
            self.error(
                mistakes[Self.shownRows].line,
                "\(rest) more rows are wrong, from here on",
                mend: "mend the first"
            )
        }
        return rows
    }

    private struct Record {
        var cells: [String] = []
        let line: Int
    }

    /// The records that are not blank; nil with a finding if they cannot be told apart.
    private func records(_ bytes: [UInt8]) -> [Record]? {
        var (records, record, cell, line) = ([Record](), Record(line: 1), [UInt8](), 1)
        var (isQuoted, index) = (false, 0)
        func endRecord() {
            record.cells.append(String(decoding: cell, as: UTF8.self))
            cell = []
            if record.cells != [""] { records.append(record) }
        }
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == 0x0A { line += 1 }
            switch byte {
            case 0x22 where isQuoted:
                if index < bytes.count, bytes[index] == 0x22 {
                    cell.append(byte)
                    index += 1
                } else {
                    isQuoted = false
                }
            case 0x22 where cell.isEmpty: isQuoted = true
            case 0x2C where !isQuoted:
                record.cells.append(String(decoding: cell, as: UTF8.self))
                cell = []
            case 0x0D where !isQuoted && index < bytes.count && bytes[index] == 0x0A: break
            case 0x0A where !isQuoted:
                endRecord()
                record = Record(line: line)
            default: cell.append(byte)
            }
        }
        guard !isQuoted else {
            self.error(record.line, "a quote is never closed", mend: "close it with \"")
            return nil
        }
        endRecord()
        return records
    }

    private func error(_ line: Int, _ message: String, mend: String) {
        self.findings.error(at: SourceLocation(file: self.path, line: line, column: 1), message, mend: mend)
    }
}
