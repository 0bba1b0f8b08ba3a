import CEL
import Mapping
import Records
import Scoring
import Store

/// What one page of the journal leads to beside what is done at once.
struct JournalPage {
    let now: Instant
    var report = TickReport()
    /// Records whose score must be worked out, with the run if nothing may start because of it.
    var rescore: [RecordID: RunNumber?] = [:]
    private var quietRuns: [RunNumber: Bool] = [:]

    init(now: Instant) {
        self.now = now
    }

    /// Whether nothing may start because of a row (R11).
    mutating func startsNothing(_ entry: JournalEntry, _ transaction: Transaction) throws -> Bool {
        guard let run = entry.run else { return false }
        if let known = self.quietRuns[run] { return known }
        let answer = try transaction.startsNothing(run)
        self.quietRuns[run] = answer
        return answer
    }

    /// Notes that a score must be worked out; one row that may start something is enough to let it.
    mutating func wantsScore(_ record: RecordID, quiet run: RunNumber?) {
        if let known = self.rescore[record], known == nil { return }
        self.rescore[record] = .some(run)
    }
}

extension WorkflowRunner {
    /// Reads the journal up to where it ends now.
    func readJournal(_ now: Instant, _ report: inout TickReport) throws {
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
                if limit == 1 { try self.skipRow(Self.reason(error), &report) }
                limit = limit == 1 ? Self.pageSize : 1
            }
        }
    }

    private func readPage(
        until end: Int64,
        limit: Int,
        _ now: Instant,
        _ transaction: Transaction
    ) throws -> TickReport {
        let cursor = try transaction.journalCursor(Self.reader)
        let rows = try transaction.journal(after: cursor, limit: limit).filter { $0.sequence <= end }
        guard let last = rows.last else { return TickReport() }
        var page = JournalPage(now: now)
        for row in rows { try self.handle(row, &page, transaction) }
        for (record, run) in page.rescore.sorted(by: { $0.key < $1.key }) {
            try self.rescore(record, quiet: run, now, transaction, &page.report)
        }
        try transaction.setJournalCursor(Self.reader, to: last.sequence)
        page.report.journalRows = rows.count
        return page.report
    }

    private func skipRow(_ reason: Text, _ report: inout TickReport) throws {
        let sequence = try self.store.write { transaction in
            let cursor = try transaction.journalCursor(Self.reader)
            let row = try transaction.journal(after: cursor, limit: 1).first?.sequence ?? cursor
            try transaction.setJournalCursor(Self.reader, to: row)
            return row
        }
        report.problems.append(Text("row \(sequence) of the journal was left out: \(reason)"))
    }

    private func handle(_ row: JournalEntry, _ page: inout JournalPage, _ transaction: Transaction) throws {
        // What was written in a CRM changed nothing here.
        guard row.kind.changesRecord else { return }
        let isQuiet = try page.startsNothing(row, transaction)
        // The first sync of a large account: nothing can wait for a record that was just made.
        if isQuiet, row.kind == .create, self.library.segments.isEmpty { return }
        guard let record = try transaction.record(row.record), record.isLive else {
            try self.leaveEverything(row.record, &page, transaction)
            return
        }
        try self.wake(record.id, &page, transaction)
        let object = Text(try transaction.name(of: record.object))
        switch row.kind {
        case .create, .restore:
            try self.changed(record, object, properties: nil, row, isQuiet, &page, transaction)
        case .update:
            let properties = Set(row.changes.map { Text($0.property) })
            try self.changed(record, object, properties: properties, row, isQuiet, &page, transaction)
        case .event:
            if let event = try row.event() {
                try self.happened(event, record, object, row, isQuiet, &page, transaction)
            }
        case .absorb: page.wantsScore(record.id, quiet: isQuiet ? row.run : nil)
        default: break
        }
    }

    /// Looks again at the enrolments of a record: it may have reached a goal, or what they wait for may have come.
    private func wake(_ record: RecordID, _ page: inout JournalPage, _ transaction: Transaction) throws {
        for enrolment in try transaction.enrolments(of: record) where enrolment.state == .active {
            do {
                _ = try self.step(enrolment, transaction, page.now, &page.report)
            } catch let error where error is WorkflowFailure || error is CELError {
                // Thrown before anything was written.
                _ = try self.park(enrolment, Self.reason(error), transaction, &page.report)
            }
        }
    }

    private func leaveEverything(_ record: RecordID, _ page: inout JournalPage, _ transaction: Transaction) throws {
        for enrolment in try transaction.enrolments(of: record) where enrolment.state != .ended {
            _ = try self.finish(enrolment, "the record is gone", transaction, page.now, &page.report)
        }
        for segment in self.library.segments {
            try transaction.setMember(record, of: segment.name, false, at: page.now)
        }
    }

    /// Properties changed; nil for all of them.
    private func changed(
        _ record: StoredRecord,
        _ object: Text,
        properties: Set<Text>?,
        _ row: JournalEntry,
        _ isQuiet: Bool,
        _ page: inout JournalPage,
        _ transaction: Transaction
    ) throws {
        for segment in self.library.segments where Text(segment.vocabulary.object.name) == object {
            if let properties, segment.properties.isDisjoint(with: properties) { continue }
            try self.update(segment, record, isQuiet, &page, transaction)
        }
        if let scoring = self.library.scoring, Text(scoring.vocabulary.object.name) == object {
            let isTouched = properties.map { !scoring.properties.isDisjoint(with: $0) } ?? !scoring.properties.isEmpty
            if isTouched, !isQuiet || properties != nil {
                page.wantsScore(record.id, quiet: isQuiet ? row.run : nil)
            }
        }
        guard !isQuiet else { return }
        for workflow in self.library.workflows {
            guard case .propertyChanged(let property, let value, let when) = workflow.trigger,
                properties?.contains(property) ?? (record[property.string] != .absent),
                value.map({ $0 == record[property.string] }) ?? true,
                Text(workflow.vocabulary.object.name) == object
            else { continue }
            let activation = workflow.vocabulary.activation(record.values, .noEvent)
            guard try when.map({ try $0.matches(activation) == true }) ?? true else { continue }
            try self.enter(record, workflow, nil, "", &page, transaction)
        }
    }

    private func update(
        _ segment: Segment,
        _ record: StoredRecord,
        _ isQuiet: Bool,
        _ page: inout JournalPage,
        _ transaction: Transaction
    ) throws {
        let isMember = try segment.contains(record.values)
        guard try transaction.setMember(record.id, of: segment.name, isMember, at: page.now), isMember, !isQuiet,
            try transaction.segment(segment.name)?.isReady == true
        else { return }
        for workflow in self.library.startedByJoining(segment.name) {
            try self.enter(record, workflow, nil, "", &page, transaction)
        }
    }

    private func happened(
        _ event: PersonEvent,
        _ record: StoredRecord,
        _ object: Text,
        _ row: JournalEntry,
        _ isQuiet: Bool,
        _ page: inout JournalPage,
        _ transaction: Transaction
    ) throws {
        if let scoring = self.library.scoring, Text(scoring.vocabulary.object.name) == object,
            scoring.counts(event.name)
        {
            page.wantsScore(record.id, quiet: isQuiet ? row.run : nil)
        }
        guard !isQuiet else { return }
        for workflow in self.library.started(by: event.name) {
            guard case .event(_, let when, let key) = workflow.trigger,
                Text(workflow.vocabulary.object.name) == object
            else { continue }
            let activation = workflow.vocabulary.activation(record.values, CELValue(event))
            guard try when.map({ try $0.matches(activation) == true }) ?? true else { continue }
            let entryKey = key.map { Text((event.attributes[$0] ?? .absent).description) } ?? ""
            try self.enter(record, workflow, event, entryKey, &page, transaction)
        }
    }

    private func enter(
        _ record: StoredRecord,
        _ workflow: WorkflowDefinition,
        _ event: PersonEvent?,
        _ key: Text,
        _ page: inout JournalPage,
        _ transaction: Transaction
    ) throws {
        let outcome = try self.enrol(record, in: workflow, by: event, key: key, transaction, page.now)
        if case .entered = outcome { page.report.enrolled += 1 }
    }
}
