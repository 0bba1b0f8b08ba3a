import Records
import Store

/// Single fields that are left alone although their records go on (R1, R13): what they are, and letting them go.
struct HeldFields {
    /// What a person may let go by hand; an undone field is released by its own command.
    private static let releasable: Set<HoldReason> = [.rejected, .ignored, .unmapped, .fight]

    /// Only of this connection; nil for all.
    var connection: String?
    /// Only of this record; nil for all.
    var record: RecordID?
    /// Only fields of this name; nil for all.
    var field: String?

    /// The held fields, by connection, remote object, record and field.
    func all(_ names: [String], in transaction: Transaction) throws -> [Hold] {
        try names.flatMap { name -> [Hold] in
            guard self.connection.map({ $0.hasSameBytes(as: name) }) ?? true,
                let number = try transaction.connection(name)?.number
            else { return [] }
            return try transaction.holds(number, limit: .max)
        }
        .filter { hold in
            (self.record.map { $0 == hold.record } ?? true)
                && (self.field.map { $0.hasSameBytes(as: hold.field) } ?? true)
        }
    }

    /// Prints them as a table and as a document.
    func list(_ holds: [Hold], limit: Int, _ transaction: Transaction, _ output: Output) throws {
        if holds.isEmpty { output.line("No field is left alone.") }
        var table = Table()
        if !holds.isEmpty { table.add("RECORD", "FIELD", "HERE", "IN THE CRM", "WHY") }
        for hold in holds.prefix(limit) {
            table.add(
                try transaction.title(of: hold.record),
                hold.field,
                Printable.value(hold.local),
                Printable.value(hold.remote),
                hold.detail.isEmpty ? hold.reason.rawValue : "\(hold.reason.rawValue): \(Printable.line(hold.detail))"
            )
        }
        for line in table.lines { output.line(line) }
        if holds.count > limit { output.line("\(holds.count - limit) more: raise --limit.") }
        if !holds.isEmpty {
            output.line(
                "Once mended in the CRM: relais quarantine retry --fields, with --of RECORD or --field for some"
            )
        }
        output.document(["fields": .array(try holds.prefix(limit).map { try $0.json(in: transaction) })])
    }

    /// Lets them go, so that the next sync plans them again; returns those that it let go.
    func release(_ names: [String], in transaction: Transaction, cause: Cause) throws -> [Hold] {
        let holds = try self.all(names, in: transaction).filter { Self.releasable.contains($0.reason) }
        for hold in holds {
            try transaction.releaseHold(hold.connection, hold.object, record: hold.record, field: hold.field)
            let link = try transaction.link(of: hold.record, connection: hold.connection, object: hold.object)
            // A record that is not in the CRM yet is found by the journal only.
            guard link == nil, try transaction.record(hold.record)?.isLive ?? false else { continue }
            try transaction.appendJournal(hold.record, kind: .update, detail: "retry", cause: cause)
        }
        return holds
    }
}

extension Hold {
    /// As it is printed with `--json`.
    func json(in transaction: Transaction) throws -> JSON {
        [
            "connection": .string(try transaction.name(of: self.connection)),
            "object": .string(try transaction.name(of: self.object)), "record": .string(self.record.description),
            "field": .string(self.field), "reason": .string(self.reason.rawValue), "detail": .string(self.detail),
            "local_value": .value(self.local), "remote_value": .value(self.remote), "since": .time(self.since),
        ]
    }
}
