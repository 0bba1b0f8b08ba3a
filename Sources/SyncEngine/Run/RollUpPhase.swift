import Mapping
import Records
import Store

/// Keeps the properties up to date that are counted over other records, such as a company's number of contacts.
///
/// Comes after everything new was read and before anything is sent. The first time it goes over all records; from then on it
/// follows the journal, so that a quiet run costs nothing, and only what a change touches is counted again, from what the
/// store holds then. Members, what is due and the place in the journal move in one transaction: killed anywhere, the next
/// run goes on.
struct RollUpPhase {
    let session: SyncSession
    let lane: MappingLane

    /// How many records, or rows of the journal, one transaction looks at.
    private static let step = 1000
    /// Who writes the results.
    static let actor = "roll-up"

    /// All roll-ups over one reference.
    private struct Reference {
        let name: String
        let rollUps: [RollUp]

        var child: ObjectSchema { self.rollUps[0].child }
        var property: String { self.rollUps[0].reference }
        var cursor: String { "roll-up/\(self.name)" }
        var hash: String { Fingerprint.of(self.rollUps.map(\.definition)) }
    }

    private var references: [Reference] {
        var references: [Reference] = []
        for rollUp in self.lane.mapping.rollUps {
            let name =
                "\(self.session.context.connection)/\(self.lane.mapping.name)/\(rollUp.child.name).\(rollUp.reference)"
            guard !references.contains(where: { $0.name.hasSameBytes(as: name) }) else { continue }
            let all = self.lane.mapping.rollUps.filter { other in
                other.child.name.hasSameBytes(as: rollUp.child.name)
                    && other.reference.hasSameBytes(as: rollUp.reference)
            }
            references.append(Reference(name: name, rollUps: all))
        }
        return references
    }

    /// Brings all results up to date, some at a time.
    func run() throws {
        for reference in self.references {
            while try self.session.context.store.write({ try self.follow(reference, in: $0) }) {
                try Task.checkCancellation()
            }
            while try self.session.context.store.write({ try self.count(reference, in: $0) }) {
                try Task.checkCancellation()
            }
        }
    }

    /// The same at once, for a plan that is taken back.
    func run(in transaction: Transaction) throws {
        for reference in self.references {
            while try self.follow(reference, in: transaction) {}
            while try self.count(reference, in: transaction) {}
        }
    }

    // MARK: What is due

    /// Goes one step over all records, or along the journal; false at the end.
    private func follow(_ reference: Reference, in transaction: Transaction) throws -> Bool {
        let (number, isNew) = try transaction.rollUp(reference.name, hash: reference.hash)
        let known = try isNew ? nil : transaction.cursor(reference.cursor)?.string
        let place = try known ?? "children/\(transaction.journalEnd())/"
        let parts = place.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3 else {
            return try self.followJournal(reference, number, after: Int64(place) ?? 0, in: transaction)
        }
        let object = parts[0] == "children" ? try transaction.object(reference.child.name) : self.lane.localObject
        let records = try transaction.liveRecords(object, after: RecordID(parts[2]), limit: Self.step)
        for record in records {
            if parts[0] == "children" {
                let parent = try self.parent(of: record, reference, in: transaction)
                try transaction.setParent(parent, of: record.id, in: number)
            } else {
                try transaction.setDue(record.id, in: number)
            }
        }
        let next =
            records.last.map { "\(parts[0])/\(parts[1])/\($0.id)" }
            ?? (parts[0] == "children" ? "parents/\(parts[1])/" : parts[1])
        try transaction.setCursor(reference.cursor, to: Text(next))
        return true
    }

    private func followJournal(
        _ reference: Reference,
        _ number: RollUpNumber,
        after sequence: Int64,
        in transaction: Transaction
    ) throws -> Bool {
        let entries = try transaction.journal(after: sequence, limit: Self.step)
        guard let last = entries.last else { return false }
        let own = try transaction.actor(Self.actor)
        var seen: Set<RecordID> = []
        for entry in entries where entry.actor != own && self.matters(entry, reference) {
            guard seen.insert(entry.record).inserted, let record = try transaction.record(entry.record) else {
                continue
            }
            try self.note(record, reference, number, in: transaction)
        }
        try transaction.setCursor(reference.cursor, to: Text(String(last.sequence)))
        return true
    }

    /// Whether a row of the journal may change a result, by what it says of itself.
    private func matters(_ entry: JournalEntry, _ reference: Reference) -> Bool {
        switch entry.kind {
        case .create, .delete, .restore, .merge, .absorb, .erase: true
        case .update:
            entry.changes.contains { change in
                reference.rollUps.contains { rollUp in
                    rollUp.depends(on: change.property) || rollUp.local.hasSameBytes(as: change.property)
                }
            }
        default: false
        }
    }

    /// A child changed, moved, came or went; or a parent did.
    private func note(
        _ record: StoredRecord,
        _ reference: Reference,
        _ number: RollUpNumber,
        in transaction: Transaction
    ) throws {
        if record.schema.name.hasSameBytes(as: reference.child.name) {
            try self.place(record, reference, number, in: transaction)
        }
        guard record.object == self.lane.localObject else { return }
        try transaction.setDue(record.id, in: number)
        guard record.aliasOf != nil else { return }
        // Whoever referred to a record that was merged away refers to the survivor now.
        for child in try transaction.children(of: record.id, in: number, limit: .max) {
            if let child = try transaction.record(child) { try self.place(child, reference, number, in: transaction) }
        }
    }

    /// Puts a child where it stands now; both parents are due.
    private func place(
        _ child: StoredRecord,
        _ reference: Reference,
        _ number: RollUpNumber,
        in transaction: Transaction
    ) throws {
        let before = try transaction.parent(of: child.id, in: number)
        let now = try child.isLive ? self.parent(of: child, reference, in: transaction) : nil
        if before != now { try transaction.setParent(now, of: child.id, in: number) }
        if Breakage.rollUpForgetsOldParent.isOn { return try now.map { try transaction.setDue($0, in: number) } ?? () }
        for parent in Set([before, now].compactMap(\.self)).sorted() { try transaction.setDue(parent, in: number) }
    }

    /// The record that a child refers to, or the survivor that it was merged into; nil for none.
    private func parent(
        of child: StoredRecord,
        _ reference: Reference,
        in transaction: Transaction
    ) throws -> RecordID? {
        guard case .text(let text) = child[reference.property], var id = RecordID(text.string) else { return nil }
        while let survivor = try transaction.record(id)?.aliasOf { id = survivor }
        return id
    }

    // MARK: Counting

    /// Counts some of what is due; false if nothing is.
    private func count(_ reference: Reference, in transaction: Transaction) throws -> Bool {
        let (number, _) = try transaction.rollUp(reference.name, hash: reference.hash)
        let due = try transaction.due(in: number, limit: 100)
        let cause = Cause(
            actor: try transaction.actor(Self.actor),
            run: self.session.run,
            at: self.session.context.clock.now
        )
        for parent in due {
            try transaction.settleDue(parent, in: number)
            guard let record = try transaction.record(parent), record.isLive, record.object == self.lane.localObject
            else { continue }
            let values = try self.values(under: parent, reference, number, in: transaction)
            let set = zip(reference.rollUps, values).compactMap { rollUp, value -> PropertySetting? in
                let held = record[rollUp.local]
                return held == value || (held.isBlank && value.isBlank) ? nil : PropertySetting(rollUp.local, value)
            }
            if !set.isEmpty { try transaction.change(parent, set: set, cause: cause) }
        }
        return !due.isEmpty
    }

    /// What the children of a parent give, in the order of the roll-ups.
    private func values(
        under parent: RecordID,
        _ reference: Reference,
        _ number: RollUpNumber,
        in transaction: Transaction
    ) throws -> [Value] {
        var folds = reference.rollUps.map { RollUpFold($0) }
        var after: RecordID?
        while true {
            let ids = try transaction.children(of: parent, in: number, after: after, limit: Self.step)
            guard let last = ids.last else { return folds.map(\.value) }
            after = last
            for id in ids {
                guard let child = try transaction.record(id), child.isLive else { continue }
                for index in folds.indices { folds[index].add(child.values) }
            }
        }
    }
}
