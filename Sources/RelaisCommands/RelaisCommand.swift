package import ArgumentParser

/// `relais`: the root of the command line.
package struct RelaisCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "relais",
        abstract: "Keeps a CRM and a marketing store telling the same story, and hands leads to sales.",
        subcommands: [
            Init.self,
            Check.self,
            Connect.self,
            Doctor.self,
            PlanCommand.self,
            SyncCommand.self,
            Conflicts.self,
            QuarantineCommand.self,
            Runs.self,
            MappingCommand.self,
            RecordCommand.self,
            UndoCommand.self,
            EventCommand.self,
            WorkflowCommand.self,
            HandOffCommand.self,
            ImportCommand.self,
            ExpressionCommand.self,
            DemoCommand.self,
        ]
    )

    package init() {}
}

/// A command that answers with an exit status.
protocol RelaisSubcommand: AsyncParsableCommand {
    /// The options that every command takes.
    var options: GlobalOptions { get }

    /// The command itself, free of process-wide state.
    func run(in context: CommandContext) async throws -> ExitStatus
}

extension RelaisSubcommand {
    func run() async throws {
        try await RelaisCommand.finish(self.options.output) { try await self.run(in: self.options.context()) }
    }
}

extension RelaisCommand {
    /// Runs a command's body and ends the process with its status, telling of failures on `output`.
    static func finish(_ output: Output, _ body: () async throws -> ExitStatus) async throws {
        let status: ExitStatus
        do {
            status = try await body()
        } catch let exit as ExitCode {
            throw exit
        } catch {
            status = Failure.report(error, to: output)
        }
        guard status == .done else { throw ExitCode(status.rawValue) }
    }
}
