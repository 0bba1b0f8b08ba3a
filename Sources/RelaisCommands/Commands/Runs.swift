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
        static let configuration = CommandConfiguration(
            abstract: "One run in all its counts.",
            discussion: "What was made, changed and left alone and why, what failed, and the requests that were spent."
        )

        @OptionGroup var options: GlobalOptions
        @Argument(help: "The run's number.") var number: Int64

        func run(in context: CommandContext) async throws -> ExitStatus {
            try context.workspace.openStore().read { transaction in
                guard let run = try transaction.run(RunNumber(rawValue: self.number)) else {
                    throw CommandError(.usage, "there is no run \(self.number); `relais runs list` shows them")
                }
                let portrait = try RunPortrait(run, in: transaction)
                portrait.print(to: context.output)
                context.output.document(try portrait.json(in: transaction))
            }
            return .done
        }
    }
}
