import Mapping
import Records
import Store
import SyncEngine
import Synchronization

/// What a careful run may carry out: so many records, only some, only what a plan in a file says.
final class CarefulRun: ChangeGate {
    /// What was admitted and what was not, by record.
    private struct Seen {
        var admitted: Set<String> = []
        var left: Set<String> = []
        var fromPlan: Set<PlannedChange> = []
        /// Changes of the plan that are as they were, and were left because of the limit or the selection.
        var postponed: Set<PlannedChange> = []
    }

    private let limit: Int
    private let only: [Selector]
    private let plan: PlanFile?
    private let seen = Mutex(Seen())

    init(limit: Int?, only: [Selector], plan: PlanFile?) {
        self.limit = limit ?? .max
        self.only = only
        self.plan = plan
    }

    /// How many records were changed.
    var admitted: Int { self.seen.withLock { $0.admitted.count } }
    /// How many records were left for a later run.
    var left: Int { self.seen.withLock { $0.left.subtracting($0.admitted).count } }
    /// How many changes of the plan were not made, because a side has moved since or they were made already.
    var refused: Int {
        self.seen.withLock { (self.plan?.count ?? 0) - $0.fromPlan.union($0.postponed).count }
    }

    func admits(_ changes: [PlannedChange]) -> Bool {
        guard let first = changes.first else { return true }
        let subject = "\(first.mapping) \(first.record?.description ?? first.remote?.string ?? "")"
        return self.seen.withLock { seen in
            let isPlanned = self.plan.map { plan in changes.allSatisfy(plan.holds) } ?? true
            let isSelected = self.only.isEmpty || self.only.contains { $0.matches(first) }
            guard isPlanned, isSelected, seen.admitted.contains(subject) || seen.admitted.count < self.limit else {
                seen.left.insert(subject)
                if self.plan != nil, isPlanned { seen.postponed.formUnion(changes) }
                return false
            }
            seen.admitted.insert(subject)
            if self.plan != nil { seen.fromPlan.formUnion(changes) }
            return true
        }
    }

    /// One thing that `--only` names.
    enum Selector: Sendable {
        /// All records of a local or remote object.
        case object(mapping: String)
        /// One record of ours.
        case record(RecordID)
        /// A remote record of an object.
        case remote(mapping: String, id: Text)
        /// Records to be made that hold this in one of their fields, such as an e-mail address.
        case holding(Text)

        func matches(_ change: PlannedChange) -> Bool {
            switch self {
            case .object(let mapping): change.mapping.hasSameBytes(as: mapping)
            case .record(let id): change.record == id
            case .remote(let mapping, let id): change.mapping.hasSameBytes(as: mapping) && change.remote == id
            case .holding(let text): change.fields.contains { $0.new == .text(text) }
            }
        }
    }
}

extension CarefulRun.Selector {
    /// What a text after `--only` names: an object, `object/id` of the CRM, or a record of ours as `record show` takes it.
    init(_ text: String, mappings: [CompiledMapping], schema: Schema, in transaction: Transaction) throws {
        if let mapping = mappings.first(where: { $0.localObject == text || $0.remoteObject == text }) {
            self = .object(mapping: mapping.name)
            return
        }
        if let slash = text.firstIndex(of: "/"),
            let mapping = mappings.first(where: {
                $0.remoteObject == text[..<slash] || $0.localObject == text[..<slash]
            })
        {
            let id = text[text.index(after: slash)...]
            guard !id.isEmpty else {
                throw CommandError(
                    .usage,
                    "--only \(Printable.line(text)) names no record: put its id of the CRM after the slash, or leave the slash out "
                        + "for all of \(mapping.remoteObject)"
                )
            }
            self = .remote(mapping: mapping.name, id: Text(String(id)))
            return
        }
        do {
            self = .record(try RecordFinder(transaction, schema).record(text).id)
        } catch is CommandError where text.contains("@") {
            // Not here yet: the change that makes it holds the address.
            self = .holding(Text(text))
        }
    }
}

extension CarefulRun {
    /// Throws if something that was asked for by its id of the CRM is none of the CRM's, as far as was ever read.
    ///
    /// Asked after the run, which may have been the first to read the record; the run changed nothing for such an id.
    func checkSelection(_ connection: String, mappings: [CompiledMapping], in transaction: Transaction) throws {
        guard let number = try transaction.connection(connection)?.number else { return }
        for case .remote(let name, let id) in self.only {
            guard let mapping = mappings.first(where: { $0.name.hasSameBytes(as: name) }) else { continue }
            if let object = try transaction.knownObject(mapping.remoteObject) {
                let key = LinkKey(number, object, id)
                if try transaction.link(key) != nil || transaction.observation(key) != nil { continue }
            }
            throw CommandError(
                .usage,
                "--only \(mapping.remoteObject)/\(Printable.line(id.string)): \(connection) has told of no such record"
            )
        }
    }
}
