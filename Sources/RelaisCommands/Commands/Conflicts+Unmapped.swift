import Records
import Store

/// R14: values that have no counterpart on the other side, each with the number of records that hold it.
extension Conflicts.List {
    func listUnmapped(of connection: ConnectionNumber?, _ transaction: Transaction, _ output: Output) throws {
        let found = try self.unmapped(of: connection, in: transaction)
        if found.isEmpty { output.line("Every value has its counterpart.") }
        var table = Table()
        if !found.isEmpty { table.add("RECORDS", "OBJECT", "FIELD", "VALUE", "SIDE", "WHY") }
        for (_, value) in found {
            table.add(
                "\(value.count)",
                try transaction.name(of: value.object),
                value.field,
                Printable.value(value.value),
                value.side == .local ? "here" : "in the CRM",
                Printable.line(value.detail)
            )
        }
        for line in table.lines { output.line(line) }
        if !found.isEmpty { output.line("Give each its counterpart in the mapping, or change the value.") }
        let entries = try found.map { connection, value -> JSON in
            [
                "connection": .string(try transaction.name(of: connection)),
                "object": .string(try transaction.name(of: value.object)), "field": .string(value.field),
                "side": .string(value.side.rawValue), "value": .value(value.value),
                "detail": .string(value.detail), "count": .number(of: value.count), "since": .time(value.since),
            ]
        }
        output.document(["unmapped": .array(entries)])
    }

    /// One line, so that nobody overlooks them.
    func hintAtUnmapped(of connection: ConnectionNumber?, _ transaction: Transaction, _ output: Output) throws {
        let found = try self.unmapped(of: connection, in: transaction)
        guard !found.isEmpty else { return }
        let records = found.reduce(0) { $0 + $1.value.count }
        output.line(
            "\(found.count) values of \(records) fields have no counterpart: relais conflicts list --unmapped"
        )
    }

    private func unmapped(
        of connection: ConnectionNumber?,
        in transaction: Transaction
    ) throws -> [(connection: ConnectionNumber, value: UnmappedValue)] {
        let connections = try connection.map { [$0] } ?? transaction.connections().map(\.number)
        return try connections.flatMap { number in
            try transaction.unmappedValues(number, limit: self.limit).map { (number, $0) }
        }
    }
}
