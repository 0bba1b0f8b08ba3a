import ArgumentParser
import Records
import Store

struct Runs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What ran, when, and what came of it.",
        subcommands: [List.self, Show.self]
    )

    struct List: RelaisSubcommand {
        static let configuration = CommandConfiguration(abstract: "The newest runs.")

        @OptionGroup var options: GlobalOptions
        @Option(help: "How many.") var limit = 20

        func validate() throws {
            guard self.limit < 1 else { return }
            throw ValidationError("--limit takes a number from 1")
        }

        func run(in context: CommandContext) async throws -> ExitStatus {
            try context.workspace.openStore().read { transaction in
                let runs = try transaction.runs(limit: self.limit)
                if runs.isEmpty { context.output.line("Nothing ran yet.") }
                var table = Table()
                if !runs.isEmpty { table.add("RUN", "STARTED", "CONNECTION", "KIND", "STATE", "WHAT CAME OF IT") }
                for run in runs {
                    let connection = try run.connection.map { try transaction.name(of: $0) } ?? "—"
                    table.add(
                        "\(run.number.rawValue)",
                        run.startedAt.description,
                        connection,
                        run.kind,
                        run.state.rawValue,
                        run.error.map { Printable.line($0) } ?? run.digest
                    )
                }
                for line in table.lines { context.output.line(line) }
                context.output.document(["runs": .array(try runs.map { try $0.json(in: transaction) })])
            }
            return .done
        }
    }

    struct Show: RelaisSubcommand {
        static let configuration = CommandConfiguration(abstract: "One run in all its counts.")

        @OptionGroup var options: GlobalOptions
        @Argument(help: "The run's number.") var number: Int64

        func run(in context: CommandContext) async throws -> ExitStatus {
            try context.workspace.openStore().read { transaction in
                guard let run = try transaction.run(RunNumber(rawValue: self.number)) else {
                    throw CommandError(.usage, "there is no run \(self.number); `relais runs list` shows them")
                }
                let output = context.output
                let connection = try run.connection.map { try transaction.name(of: $0) } ?? "—"
                output.line("Run \(self.number): \(run.kind) of \(connection), \(run.state.rawValue)")
                var table = Table()
                table.add("  started", run.startedAt.description)
                table.add("  ended", run.endedAt?.description ?? "—")
                table.add("  requests", "\(run.requests)")
                for (name, count) in run.sorted where count != 0 { table.add("  \(name)", "\(count)") }
                if let error = run.error { table.add("  error", Printable.line(error, width: 1000)) }
                for line in table.lines { output.line(line) }
                output.document(try run.json(in: transaction))
            }
            return .done
        }
    }
}

extension RunRecord {
    /// The counts by name.
    fileprivate var sorted: [(key: String, value: Int64)] { self.counts.sorted { $0.key < $1.key } }

    /// What changed, on one line.
    fileprivate var digest: String {
        let words = self.sorted.filter { name, count in
            count != 0 && name != "unchanged" && !name.hasPrefix("guarded_") && !name.hasPrefix("requests_")
        }
        return words.isEmpty ? "nothing to do" : words.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }

    fileprivate func json(in transaction: Transaction) throws -> JSON {
        [
            "run": .number(self.number.rawValue),
            "connection": .text(try self.connection.map { try transaction.name(of: $0) }),
            "kind": .string(self.kind), "state": .string(self.state.rawValue),
            "started_at": .time(self.startedAt), "ended_at": .time(self.endedAt),
            "requests": .number(of: self.requests), "error": .text(self.error),
            "counts": .object(self.sorted.map { (key: $0.key, value: .number($0.value)) }),
        ]
    }
}
