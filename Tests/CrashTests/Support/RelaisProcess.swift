import Foundation

/// The built `relais`, run as a child process that can be killed at any moment.
///
/// The child's process is only ever touched by the test that started it.
struct RelaisProcess {
    /// How a child ended.
    enum End: Equatable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    private let process: Process
    /// What the child printed, on either stream.
    let log: URL

    /// The program: `RELAIS_BINARY`, or the one that was built beside the test bundle; nil if there is none.
    static let binary: URL? = {
        let files = FileManager.default
        if let path = ProcessInfo.processInfo.environment["RELAIS_BINARY"] { return URL(filePath: path) }
        let bundle = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        return [bundle, CrashWorld.repository.appending(path: ".build/debug")].map { $0.appending(path: "relais") }
            .first { files.isExecutableFile(atPath: $0.path) }
    }()

    /// Starts `relais ARGUMENTS --workspace FOLDER`.
    init(_ arguments: [String], in world: CrashWorld, number: Int) throws {
        guard let binary = Self.binary else { throw POSIXError(.ENOENT) }
        self.log = world.folder.appending(path: "run-\(number).log")
        guard FileManager.default.createFile(atPath: self.log.path, contents: nil) else { throw POSIXError(.EIO) }
        let output = try FileHandle(forWritingTo: self.log)
        defer { try? output.close() }
        self.process = Process()
        self.process.executableURL = binary
        self.process.arguments = arguments + ["--workspace", world.folder.path]
        self.process.environment = ["PATH": "/usr/bin:/bin", "RELAIS_USER": "test"]
        self.process.standardInput = FileHandle.nullDevice
        self.process.standardOutput = output
        self.process.standardError = output
        try self.process.run()
    }

    var isRunning: Bool { self.process.isRunning }

    /// Kills the child as a machine does that loses its power: without a last word.
    func kill() {
        guard self.process.isRunning else { return }
        _ = Foundation.kill(self.process.processIdentifier, SIGKILL)
    }

    /// Waits until the child has ended.
    func end() async throws -> End {
        while self.process.isRunning { try await Task.sleep(for: .milliseconds(2)) }
        let status = self.process.terminationStatus
        return self.process.terminationReason == .uncaughtSignal ? .killed(signal: status) : .exited(status)
    }

    /// What the child printed.
    var output: String { (try? String(contentsOf: self.log, encoding: .utf8)) ?? "" }
}
