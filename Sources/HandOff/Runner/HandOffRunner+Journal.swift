import CEL
import Mapping
import Records
import Scoring
import Store

extension HandOffRunner {
    private static let pageSize = 200
    private static let scanPage = 500

    /// Begins to remember who fulfils the qualifying condition, if it is new; those who do already start nothing.
    func beginCondition(_ now: Instant) throws {
        guard case .condition(let program, let hash) = self.rules.qualification else { return }
        try self.store.write { transaction in
            guard try transaction.segment(Self.segment)?.hash != hash else { return }
            let object = try transaction.object(self.rules.vocabulary.object.name)
            try transaction.startSegment(Self.segment, hash: hash, object: object)
            // The journal of a new store tells of everybody.
            if try transaction.journalCursor(Self.reader) == 0 {
                try transaction.setSegmentScan(Self.segment, to: nil)
            }
        }
        while try !self.scan(program, now) {}
    }

    private func scan(_ program: CELProgram, _ now: Instant) throws -> Bool {
        try self.store.write { transaction in
            guard let stored = try transaction.segment(Self.segment), !stored.isReady else { return true }
            let object = try transaction.object(self.rules.vocabulary.object.name)
            let records = try transaction.liveRecords(object, after: stored.scannedTo, limit: Self.scanPage)
            for record in records where try self.fulfils(program, record) {
                try transaction.setMember(record.id, of: Self.segment, true, at: now)
            }
            try transaction.setSegmentScan(Self.segment, to: records.last?.id)
            return records.isEmpty
        }
    }

    private func fulfils(_ program: CELProgram, _ record: StoredRecord) throws -> Bool {
        try program.matches(self.rules.vocabulary.activation(record.values, .noEvent, .noEvent)) == true
    }

    /// Reads the journal up to where it ends now.
    func readJournal(_ now: Instant, _ report: inout HandOffReport) throws {
        let end = try self.store.read { try $0.journalEnd() }
        var limit = Self.pageSize
        while true {
            do {
                let page = try self.store.write { try self.readPage(until: end, limit: limit, now, $0) }
                report.add(page)
                if page.journalRows == 0 { return }
                limit = Self.pageSize
            } catch let error where Self.isOwnFault(error) {
                // One bad row must not stop the rest: find it alone, tell, and leave it behind.
                if limit == 1 { try self.skipRow(error, &report) }
                limit = limit == 1 ? Self.pageSize : 1
            }
        }
    }

    private func readPage(
        until end: Int64,
        limit: Int,
        _ now: Instant,
        _ transaction: Transaction
    ) throws -> HandOffReport {
        let cursor = try transaction.journalCursor(Self.reader)
        let rows = try transaction.journal(after: cursor, limit: limit).filter { $0.sequence <= end }
        var report = HandOffReport()
        guard let last = rows.last else { return report }
        var quiet: [RunNumber: Bool] = [:]
        for row in rows {
            var isQuiet = false
            if let run = row.run {
                isQuiet = try quiet[run] ?? transaction.startsNothing(run)
                quiet[run] = isQuiet
            }
            try self.handle(row, isQuiet, transaction, now, &report)
        }
        try transaction.setJournalCursor(Self.reader, to: last.sequence)
        report.journalRows = rows.count
        return report
    }

    private func skipRow(_ error: any Error, _ report: inout HandOffReport) throws {
        let sequence = try self.store.write { transaction in
            let cursor = try transaction.journalCursor(Self.reader)
            let row = try transaction.journal(after: cursor, limit: 1).first?.sequence ?? cursor
            try transaction.setJournalCursor(Self.reader, to: row)
            return row
        }
        report.problems.append(Text("row \(sequence) of the journal was left out: \(error)"))
    }

    private func handle(
        _ row: JournalEntry,
        _ isQuiet: Bool,
        _ transaction: Transaction,
        _ now: Instant,
        _ report: inout HandOffReport
    ) throws {
        switch row.kind {
        case .event: if !isQuiet { try self.happened(row, transaction, now, &report) }
        case .create, .restore: try self.qualifies(row, isQuiet, transaction, now, &report)
        case .update:
            try self.hearOfSales(row, transaction, now, &report)
            try self.hearOfContact(row, transaction, now, &report)
            try self.qualifies(row, isQuiet, transaction, now, &report)
        case .delete, .merge:
            guard let open = try transaction.openHandOff(of: row.record) else { return }
            let moved = try self.move(open, by: "handoff", "the lead is gone", transaction, now) { $0.state = .dropped }
            report.ended += moved == nil ? 0 : 1
        default: break
        }
    }

    private func happened(
        _ row: JournalEntry,
        _ transaction: Transaction,
        _ now: Instant,
        _ report: inout HandOffReport
    ) throws {
        guard let event = try row.event() else { return }
        switch (event.name, self.rules.qualification) {
        case (AutomationEvents.qualified, .score):
            try self.open(row.record, origin: "score", reason: nil, transaction, now, &report)
        case (AutomationEvents.handOffRequested, _):
            let workflow = event.attributes["workflow"]?.text ?? "workflow"
            let reason = event.attributes["reason"]?.text
            try self.open(row.record, origin: Text("workflow:\(workflow)"), reason: reason, transaction, now, &report)
        default: break
        }
    }

    private func qualifies(
        _ row: JournalEntry,
        _ isQuiet: Bool,
        _ transaction: Transaction,
        _ now: Instant,
        _ report: inout HandOffReport
    ) throws {
        guard case .condition(let program, _) = self.rules.qualification,
            let record = try transaction.record(row.record), record.isLive,
            try transaction.name(of: record.object).hasSameBytes(as: self.rules.vocabulary.object.name)
        else { return }
        let isMember = try self.fulfils(program, record)
        let changed = try transaction.setMember(record.id, of: Self.segment, isMember, at: now)
        guard changed, isMember, !isQuiet else { return }
        try self.open(record.id, origin: "condition", reason: nil, transaction, now, &report)
    }
}
