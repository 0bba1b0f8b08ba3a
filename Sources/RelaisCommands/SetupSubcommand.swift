import ArgumentParser
import Foundation

/// A command that runs before there is a workspace, or while its files are broken.
protocol SetupSubcommand: AsyncParsableCommand {
    /// The options that every command takes.
    var options: GlobalOptions { get }

    /// The command itself, free of process-wide state.
    func run(to output: Output, environment: [String: String]) async throws -> ExitStatus
}

extension SetupSubcommand {
    func run() async throws {
        let output = self.options.output
        try await RelaisCommand.finish(output) {
            try await self.run(to: output, environment: ProcessInfo.processInfo.environment)
        }
    }
}
