import ArgumentParser
import Foundation
import Glibc
import Logging
import Records

/// Options that every command takes.
struct GlobalOptions: ParsableArguments {
    @Option(name: .customLong("workspace"), help: "The folder with Config and Mappings.")
    var workspacePath = "."

    @Flag(help: "Answer with one JSON document.")
    var json = false

    @Option(help: "Record HTTP traffic into FILE.har, secrets redacted.")
    var record: String?

    @Flag(name: .shortAndLong, help: "Log what happens to standard error.")
    var verbose = false

    /// Where the command's answer goes.
    var output: Output { .standard(isJSON: self.json) }

    /// The workspace's folder.
    var root: URL { URL(filePath: self.workspacePath, directoryHint: .isDirectory) }

    /// What the command runs with.
    func context() throws -> CommandContext {
        try self.context(output: self.output, environment: ProcessInfo.processInfo.environment)
    }

    /// What a command runs with that has read the environment itself.
    func context(output: Output, environment: [String: String]) throws -> CommandContext {
        let workspace = try Workspace.load(self.workspacePath, environment: environment)
        return CommandContext(
            workspace: workspace,
            output: output,
            environment: environment,
            clock: .system,
            sleeper: .system,
            randomness: .system,
            recording: self.record,
            logger: self.logger
        )
    }

    private var logger: Logger {
        var logger = Logger(label: "relais") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = self.verbose ? .debug : .warning
        return logger
    }
}

extension WallClock {
    /// The system's clock.
    static let system = WallClock {
        Instant(microseconds: Int64((Date().timeIntervalSince1970 * 1_000_000).rounded(.down)))
    }
}

extension Sleeper {
    /// Real sleep.
    static let system = Sleeper { try await Task.sleep(for: $0) }
}

extension Randomness {
    /// The system's generator, a kilobyte at a time.
    static let system = Randomness(
        RandomReserve { words in
            let isFilled = words.withUnsafeMutableBytes { bytes in
                // At most 256 bytes at once (getentropy(3)).
                stride(from: 0, to: bytes.count, by: 256)
                    .allSatisfy { start in
                        let part = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<min(start + 256, bytes.count)])
                        return part.baseAddress.map { getentropy($0, part.count) } == 0
                    }
            }
            if !isFilled { for place in words.indices { words[place] = .random(in: .min ... .max) } }
        }
    )
}
