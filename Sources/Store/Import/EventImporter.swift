package import Records

/// Imports events from CSV or JSON lines.
///
/// A row names the person by the key (`email`), the event (`event` or `name`) and its time (`at`; now if there is none).
/// `id` makes it countable; without one it is made from the rest, so that importing a file twice counts once. In a CSV
/// all further columns are attributes; in JSON lines they stand in `with`.
package struct EventImporter {
    private static let batch = 200

    private let store: Store
    private let options: ImportOptions
    private let clock: WallClock

    /// Creates an importer.
    package init(store: Store, options: ImportOptions, clock: WallClock) {
        self.store = store
        self.options = options
        self.clock = clock
    }

    /// Imports a file; throws `ImportRefusal` if it is none that can be imported, `StoreError` if the store fails.
    package func run(_ source: ImportSource) throws -> ImportReport {
        var lines = ImportLines(source)
        var rest = try lines.next()
        if source.format == .csv { try self.check(lines.columns) }
        var report = ImportReport()
        let run = try self.store.write { transaction in
            let object = try transaction.object(self.options.object)
            let key = IdentityKey(self.options.key)
            if try transaction.identityKey(key, of: object) == nil { try transaction.buildIdentityKey(key, of: object) }
            let kind = self.options.startsWorkflows ? "import" : "backfill"
            return try transaction.startRun(nil, kind: kind, at: self.clock.now)
        }
        report.run = run
        while !rest.isEmpty {
            let part = rest.prefix(Self.batch)
            let counts = report
            report = try self.store.write { transaction in
                var counts = counts
                for line in part { try self.take(line, run, transaction, &counts) }
                return counts
            }
            rest.removeFirst(part.count)
            if rest.isEmpty { rest = try lines.next() }
        }
        let ending = report
        try self.store.write { transaction in
            let state: RunState = ending.rejected == 0 ? .done : .attention
            try transaction.endRun(run, state, counts: ending.counts, requests: 0, at: self.clock.now)
        }
        return report
    }

    /// The record that a key means, in a transaction; throws `ImportProblem`.
    static func record(
        _ object: String,
        key: [String],
        values: [Value],
        _ transaction: Transaction
    ) throws -> RecordID {
        let number = try transaction.object(object)
        let names = key.joined(separator: ", ")
        guard let canon = IdentityKey.canon(of: values) else { throw ImportProblem(message: "there is no \(names)") }
        guard let keyNumber = try transaction.identityKey(IdentityKey(key), of: number) else {
            throw StoreError(.notFound, "\(object) is not known by \(names)")
        }
        let known = try transaction.records(number, matching: keyNumber, canon, limit: 2)
        guard let id = known.first else { throw ImportProblem(message: "no \(object) has this \(names)") }
        guard known.count == 1 else { throw ImportProblem(message: "several records have this \(names)") }
        return id
    }

    private func check(_ columns: [String]) throws {
        for name in self.options.key + ["event"] where !columns.contains(name) {
            if name == "event", columns.contains("name") { continue }
            throw ImportRefusal(line: 1, message: "there is no column \(name)", mend: "add it")
        }
    }

    private func take(
        _ line: ImportLine,
        _ run: RunNumber,
        _ transaction: Transaction,
        _ report: inout ImportReport
    ) throws {
        switch line {
        case .rejected(let line, let reason): report.reject(line, reason)
        case .row(let row):
            do {
                let cause = Cause(actor: try transaction.actor(self.options.actor), run: run, at: self.clock.now)
                switch try self.add(row, transaction, cause) {
                case .added: report.created += 1
                case .known: report.unchanged += 1
                }
            } catch let problem as ImportProblem {
                report.reject(row.line, problem.message)
            } catch let error as StoreError where error.disposition == .skipRecord {
                report.reject(row.line, error.message)
            }
        }
    }

    private func add(_ row: ImportRow, _ transaction: Transaction, _ cause: Cause) throws -> EventAddition {
        let values = self.options.key.map { name in row[name]?.text.map { Value.text($0) } ?? .absent }
        let record = try Self.record(self.options.object, key: self.options.key, values: values, transaction)
        guard let name = (row["event"] ?? row["name"])?.text, !name.isEmpty else {
            throw ImportProblem(message: "there is no event")
        }
        var at = cause.at
        if let text = row["at"]?.text {
            guard case .instant(let instant)? = ImportValues.instant(text) else {
                throw ImportProblem(message: "at must be a time such as 2026-03-02T09:00:00Z")
            }
            at = instant
        }
        let attributes = try self.attributes(row)
        let id = try row["id"]?.text ?? Self.id(record, name, row["at"] == nil ? nil : at, attributes)
        let event = PersonEvent(id: Text(id), name: Text(name), at: at, attributes: attributes)
        return try transaction.addEvent(event, to: record, cause: cause)
    }

    private func attributes(_ row: ImportRow) throws -> [Text: Value] {
        let fixed = self.options.key + ["id", "event", "name", "at", "with"] + self.options.ignoredColumns
        var attributes: [Text: Value] = [:]
        for (name, cell) in row.cells where !fixed.contains(where: { $0.hasSameBytes(as: name) }) {
            attributes[Text(name)] = try Self.attribute(name, cell)
        }
        guard case .json(let with)? = row["with"] else { return attributes }
        guard let members = with.object else { throw ImportProblem(message: "with must be a JSON object") }
        for (key, value) in members {
            attributes[Text(key)] = try Self.attribute(key, value.string.map { .text($0) } ?? .json(value))
        }
        return attributes
    }

    private static func attribute(_ name: String, _ cell: ImportCell) throws(ImportProblem) -> Value {
        switch cell {
        case .text(let text): return .text(text)
        case .json(.null): return .null
        case .json(.bool(let flag)): return .flag(flag)
        case .json(.number(let digits)):
            if let number = Number(digits) { return .number(number) }
        case .json(.string(let text)): return .text(text)
        case .json(.array(let elements)):
            let texts = elements.compactMap { $0.string.map { Text($0) } }
            if texts.count == elements.count { return .set(of: texts) }
        case .json(.object): break
        }
        throw ImportProblem(message: "the attribute \(name.prefix(60)) cannot be this kind of JSON value")
    }

    /// An id from what the event says: FNV-1a (64 bits) of its attributes keeps it short, record and time in full.
    private static func id(
        _ record: RecordID,
        _ name: String,
        _ at: Instant?,
        _ attributes: [Text: Value]
    ) throws -> String {
        var writer = JSONWriter(capacity: 128)
        writer.quoted(name)
        try EventCodec.append(attributes, to: &writer)
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in writer.bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return "import/\(record)/\(at.map { String($0.microseconds) } ?? "")/\(String(hash, radix: 16))"
    }
}
