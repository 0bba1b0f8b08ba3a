package import Records

/// Imports records from CSV or JSON lines: each row makes a record or changes the one that its key means.
///
/// A row that cannot be taken is told with its line and its reason, and costs nobody else anything. Blank cells change
/// nothing. Importing the same file again changes nothing either.
package struct RecordImporter {
    private static let batch = 200

    private let store: Store
    private let options: ImportOptions
    private let ids: RecordIDSource
    private let clock: WallClock
    private let values: ImportValues

    /// Creates an importer.
    package init(store: Store, options: ImportOptions, ids: RecordIDSource, clock: WallClock) {
        self.store = store
        self.options = options
        self.ids = ids
        self.clock = clock
        self.values = ImportValues(lifecycle: store.schema.lifecycle)
    }

    /// Imports a file; throws `ImportRefusal` if it is none that can be imported, `StoreError` if the store fails.
    package func run(_ source: ImportSource) throws -> ImportReport {
        guard let object = self.store.schema.object(self.options.object) else {
            throw ImportRefusal(line: 1, message: "there is no object \(self.options.object)", mend: "name another one")
        }
        var lines = ImportLines(source)
        var rest = try lines.next()
        if source.format == .csv { try self.check(lines.columns, object) }
        var importer = try RowImporter(self.store, self.options, object, self.ids, self.values, self.clock.now)
        while !rest.isEmpty {
            let part = rest.prefix(Self.batch)
            try self.store.write { transaction in
                for line in part { try importer.take(line, transaction, self.clock.now) }
            }
            rest.removeFirst(part.count)
            if rest.isEmpty { rest = try lines.next() }
        }
        return try importer.finish(self.store, self.clock.now)
    }

    /// Every column must be a property, or left out on purpose, before anything is written.
    private func check(_ columns: [String], _ object: ObjectSchema) throws {
        for column in columns where object.property(column) == nil {
            guard !self.options.ignoredColumns.contains(where: { ImportNames.plain($0) == column }) else { continue }
            let names = object.properties.map(\.name).joined(separator: ", ")
            throw ImportRefusal(
                line: 1,
                message: "\(object.name) has no property for the column \"\(column.prefix(60))\"",
                mend: "rename it (\(names)), or leave it out with --ignore"
            )
        }
        for property in self.options.key where !columns.contains(property) {
            let message = "there is no column \(property), which tells which \(object.name) a line means"
            throw ImportRefusal(line: 1, message: message, mend: "add it")
        }
    }
}

/// Imports rows one by one.
private struct RowImporter {
    private let options: ImportOptions
    private let object: ObjectSchema
    private let ids: RecordIDSource
    private let values: ImportValues
    private let number: ObjectNumber
    private let key: IdentityKeyNumber
    private let actor: ActorNumber
    private var report = ImportReport()

    init(
        _ store: Store,
        _ options: ImportOptions,
        _ object: ObjectSchema,
        _ ids: RecordIDSource,
        _ values: ImportValues,
        _ now: Instant
    ) throws {
        self.options = options
        self.object = object
        self.ids = ids
        self.values = values
        (self.number, self.key, self.actor, self.report.run) = try store.write { transaction in
            let number = try transaction.object(object.name)
            let key = IdentityKey(options.key)
            if try transaction.identityKey(key, of: number) == nil { try transaction.buildIdentityKey(key, of: number) }
            guard let keyNumber = try transaction.identityKey(key, of: number) else {
                throw StoreError(.corrupt, "a match key got lost")
            }
            let kind = options.startsWorkflows ? "import" : "backfill"
            let run = try transaction.startRun(nil, kind: kind, at: now)
            return (number, keyNumber, try transaction.actor(options.actor), run)
        }
    }

    mutating func take(_ line: ImportLine, _ transaction: Transaction, _ now: Instant) throws {
        switch line {
        case .rejected(let line, let reason): self.report.reject(line, reason)
        case .row(let row):
            do {
                try self.take(row, transaction, Cause(actor: self.actor, run: self.report.run, at: now))
            } catch let problem as ImportProblem {
                self.report.reject(row.line, problem.message)
            } catch let error as StoreError where error.disposition == .skipRecord {
                self.report.reject(row.line, error.message)
            }
        }
    }

    func finish(_ store: Store, _ now: Instant) throws -> ImportReport {
        guard let run = self.report.run else { return self.report }
        let state: RunState = self.report.rejected == 0 ? .done : .attention
        try store.write { try $0.endRun(run, state, counts: self.report.counts, requests: 0, at: now) }
        return self.report
    }

    private mutating func take(_ row: ImportRow, _ transaction: Transaction, _ cause: Cause) throws {
        var settings: [PropertySetting] = []
        for (name, cell) in row.cells {
            guard let property = self.object.property(name) else {
                if self.options.ignoredColumns.contains(where: { ImportNames.plain($0) == name }) { continue }
                throw ImportProblem(message: "\(self.object.name) has no property \(name.prefix(60))")
            }
            let value = try self.values.value(cell, for: property)
            if value != .absent { settings.append(PropertySetting(property.name, value)) }
        }
        let parts = self.options.key.map { name in
            settings.last { $0.property.hasSameBytes(as: name) }?.value ?? .absent
        }
        guard let canon = IdentityKey.canon(of: parts) else {
            throw ImportProblem(message: "there is no \(self.options.key.joined(separator: ", "))")
        }
        let known = try transaction.records(self.number, matching: self.key, canon, limit: 2)
        switch known.count {
        case 0:
            try transaction.create(self.ids.next(), object: self.number, properties: settings, cause: cause)
            self.report.created += 1
        case 1:
            settings = try self.admissible(settings, for: known[0], line: row.line, transaction)
            let change = try transaction.change(known[0], set: settings, cause: cause)
            if change.changes.isEmpty { self.report.unchanged += 1 } else { self.report.updated += 1 }
        default:
            throw ImportProblem(message: "several records have this \(self.options.key.joined(separator: ", "))")
        }
    }

    /// Leaves out what a file must not do: move a lifecycle back, or undo an opt-out (R5).
    private mutating func admissible(
        _ settings: [PropertySetting],
        for id: RecordID,
        line: Int,
        _ transaction: Transaction
    ) throws -> [PropertySetting] {
        guard let record = try transaction.record(id) else { return settings }
        var kept: [PropertySetting] = []
        for setting in settings {
            if let reason = self.obstacle(setting, record[setting.property]) {
                self.report.keep(line, reason)
            } else {
                kept.append(setting)
            }
        }
        return kept
    }

    private func obstacle(_ setting: PropertySetting, _ old: Value) -> String? {
        switch (setting.property, old, setting.value) {
        case ("unsubscribed", .flag(true), let new) where new != .flag(true): return "unsubscribed stays true"
        case ("newsletter", .flag(false), .flag(true)): return "newsletter stays false"
        default: break
        }
        guard self.object.property(setting.property)?.type == .stage, let old = old.text, !old.isEmpty,
            let new = setting.value.text, new != old
        else { return nil }
        let lifecycle = self.values.lifecycle
        if let before = lifecycle.rank(of: old), let after = lifecycle.rank(of: new), after > before { return nil }
        return "\(setting.property) stays \(old)"
    }
}
