import Foundation
import Mapping
import Records
import SyncEngine
import Synchronization

/// The changes that a backfill of one field is about: gathered from a plan, then admitted by the run that carries it out.
///
/// A record is taken as a whole or not at all, so one that waits with other changes is left for the next sync.
final class FieldBackfill: ChangeGate {
    /// One record that the field would be brought to.
    struct Subject: Sendable {
        let record: RecordID?
        let remote: Text?
        var changes: [PlannedChange]
    }

    private struct State {
        /// Records with a change of the field, by their order in the plan.
        var order: [String] = []
        var subjects: [String: Subject] = [:]
        /// Records with changes of other fields.
        var mixed: Set<String> = []
        var admitted: Set<String> = []
        var left: Set<String> = []
    }

    private let mapping: String
    /// The field, and those that move with it.
    private let fields: [String]
    private let limit: Int
    /// What was approved, by hash; nil while a plan is gathered.
    private let approved: Set<String>?
    private let state = Mutex(State())

    /// Gathers, or with `approved` admits, the changes of a field and of those that move with it.
    init(_ field: MappingField, in mapping: CompiledMapping, limit: Int? = nil, approved: Set<String>? = nil) {
        self.mapping = mapping.name
        let position = mapping.fields.firstIndex { $0.name.hasSameBytes(as: field.name) }
        let group = mapping.groups.first { group in position.map { group.contains($0) } ?? false }
        self.fields = group.map { $0.map { mapping.fields[$0].name } } ?? [field.name]
        self.limit = limit ?? .max
        self.approved = approved
    }

    // MARK: The plan

    /// Hears one change of a plan.
    func hear(_ change: PlannedChange) {
        guard change.mapping.hasSameBytes(as: self.mapping) else { return }
        let key = Self.key(change)
        self.state.withLock { state in
            guard self.isOurs(change) else {
                state.mixed.insert(key)
                return
            }
            if state.subjects[key] == nil {
                state.order.append(key)
                state.subjects[key] = Subject(record: change.record, remote: change.remote, changes: [])
            }
            state.subjects[key]?.changes.append(change)
        }
    }

    /// The records that would be changed, in the order of the plan.
    var subjects: [Subject] {
        self.state.withLock { state in
            state.order.filter { !state.mixed.contains($0) }.compactMap { state.subjects[$0] }
        }
    }

    /// How many records have the field to come, but other changes too.
    var waiting: Int { self.state.withLock { state in state.order.count { state.mixed.contains($0) } } }

    // MARK: The run

    func admits(_ changes: [PlannedChange]) -> Bool {
        guard let first = changes.first, let approved else { return false }
        let isWanted = changes.allSatisfy { change in
            change.mapping.hasSameBytes(as: self.mapping) && self.isOurs(change) && approved.contains(Self.hash(change))
        }
        let key = Self.key(first)
        return self.state.withLock { state in
            guard isWanted, state.admitted.contains(key) || state.admitted.count < self.limit else {
                if changes.contains(where: { self.isOurs($0) && $0.mapping.hasSameBytes(as: self.mapping) }) {
                    state.left.insert(key)
                }
                return false
            }
            state.admitted.insert(key)
            return true
        }
    }

    /// How many records were changed.
    var admitted: Int { self.state.withLock { $0.admitted.count } }
    /// How many were left, because a side has moved, or the limit was reached.
    var left: Int { self.state.withLock { $0.left.subtracting($0.admitted).count } }

    private func isOurs(_ change: PlannedChange) -> Bool {
        switch change.action {
        case .updateLocally, .updateRemotely:
            !change.fields.isEmpty
                && change.fields.allSatisfy { field in self.fields.contains { $0.hasSameBytes(as: field.name) } }
        default: false
        }
    }

    private static func key(_ change: PlannedChange) -> String {
        change.record?.description ?? change.remote?.string ?? ""
    }

    /// A short name of exactly this change.
    static func hash(_ change: PlannedChange) -> String {
        let fields = change.fields.flatMap { [$0.name, "\($0.old)", "\($0.new)"] }
        let record = change.record?.description ?? ""
        let remote = change.remote?.string ?? ""
        return String(Fingerprint.of([change.action.rawValue, change.mapping, record, remote] + fields).prefix(16))
    }
}
