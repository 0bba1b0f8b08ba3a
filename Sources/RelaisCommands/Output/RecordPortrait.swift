import Records
import Store

/// Everything that the store knows of one record now.
struct RecordPortrait {
    private struct Tie {
        let connection: String
        let object: String
        let link: Link
    }

    private let record: StoredRecord
    private let ties: [Tie]
    private let conflicts: [Conflict]
    private let holds: [Hold]
    private let operations: [PendingOperation]
    private let exclusion: Exclusion?
    private let erasure: Erasure?
    private let merged: [RecordID]

    init(_ record: StoredRecord, in transaction: Transaction) throws {
        self.record = record
        self.exclusion = try transaction.exclusion(of: record.id)
        self.erasure = try transaction.erasure(of: record.id)
        self.merged = try transaction.merged(into: record.id)
        self.ties = try transaction.links(of: record.id).map { link in
            Tie(
                connection: try transaction.name(of: link.key.connection),
                object: try transaction.name(of: link.key.object),
                link: link
            )
        }
        self.conflicts = try transaction.conflicts(ConflictFilter(record: record.id), limit: 1000)
            .filter { $0.state != .settled }
        let keys = self.ties.map(\.link.key)
        self.holds = try keys.flatMap { key in
            try transaction.holds(of: record.id, connection: key.connection, object: key.object)
        }
        self.operations = try keys.compactMap { key in
            try transaction.operation(of: record.id, connection: key.connection, object: key.object)
        }
    }

    func print(to output: Output) {
        output.line("\(self.record.schema.name) \(self.record.id), version \(self.record.version)\(self.fate)")
        var properties = Table()
        for (property, value) in zip(self.record.schema.properties, self.record.values) where !value.isBlank {
            properties.add("  \(property.name)", Printable.value(value, width: 100))
        }
        for line in properties.lines { output.line(line) }
        if let exclusion { output.line("Takes part in no sync: \(Printable.line(exclusion.reason))") }
        if let erasure {
            let state = erasure.confirmedAt.map { "confirmed everywhere \($0)" } ?? "pending"
            output.line("Erased \(erasure.requestedAt), \(state): \(Printable.line(erasure.reason))")
        }
        for other in self.merged { output.line("Merged into it: \(other)") }
        if self.ties.isEmpty { output.line("Linked to nothing.") }
        for tie in self.ties {
            let status = tie.link.status == .active ? "" : ", \(tie.link.status.rawValue)"
            let moved = tie.link.localShadow.isEmpty ? "" : ", changed here since the last agreement"
            let remote = Printable.line(tie.link.key.remote.string, width: 60)
            output.line("Linked to \(tie.connection) \(tie.object) \(remote)\(status)\(moved)")
        }
        for conflict in self.conflicts {
            let (local, remote) = (Printable.value(conflict.about.local), Printable.value(conflict.about.remote))
            output.line(
                "Conflict \(conflict.id), \(conflict.state.rawValue): \(conflict.about.field): \(local) / \(remote)"
            )
        }
        for hold in self.holds {
            let detail = hold.detail.isEmpty ? "" : ": \(Printable.line(hold.detail))"
            output.line("Left alone, \(hold.reason.rawValue): \(hold.field)\(detail)")
        }
        for operation in self.operations {
            output.line("On its way to the CRM: \(operation.kind.rawValue), \(operation.state.rawValue)")
        }
    }

    private var fate: String {
        if let other = self.record.aliasOf { return ", merged into \(other)" }
        return self.record.deletedAt.map { ", deleted \($0)" } ?? ""
    }

    var json: JSON {
        let properties = zip(self.record.schema.properties, self.record.values).filter { $0.1 != .absent }
        return [
            "record": .string(self.record.id.description), "object": .string(self.record.schema.name),
            "version": .number(self.record.version), "deleted_at": .time(self.record.deletedAt),
            "merged_into": .text(self.record.aliasOf?.description),
            "merged": .array(self.merged.map { .string($0.description) }),
            "excluded": .text(self.exclusion?.reason),
            "erased_at": .time(self.erasure?.requestedAt), "erasure_confirmed_at": .time(self.erasure?.confirmedAt),
            "properties": .object(properties.map { (key: $0.0.name, value: JSON.value($0.1)) }),
            "links": .array(
                self.ties.map { tie in
                    [
                        "connection": .string(tie.connection), "object": .string(tie.object),
                        "remote": .text(tie.link.key.remote), "status": .string(tie.link.status.rawValue),
                    ]
                }
            ),
            "conflicts": .array(self.conflicts.map { .number($0.id) }),
            "holds": .array(
                self.holds.map { ["field": .string($0.field), "reason": .string($0.reason.rawValue)] }
            ),
            "operations": .array(
                self.operations.map { ["kind": .string($0.kind.rawValue), "state": .string($0.state.rawValue)] }
            ),
        ]
    }
}
