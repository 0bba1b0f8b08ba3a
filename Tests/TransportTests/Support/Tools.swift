import Foundation

/// Runs a program to its end and gives what it printed; throws when it fails.
func run(_ program: String, _ arguments: [String] = [], input: [UInt8] = []) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let stdin = Pipe()
    let stdout = Pipe()
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = FileHandle.nullDevice
    try process.run()
    let writer = Thread {
        try? stdin.fileHandleForWriting.write(contentsOf: Data(input))
        try? stdin.fileHandleForWriting.close()
    }
    writer.start()
    let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw POSIXError(.EIO) }
    return [UInt8](output)
}

/// Ends a process for certain: a test's thread may have every signal blocked, and its children inherit that.
///
/// `waitUntilExit` hears of the end through a socket that a child started meanwhile may have inherited, so it is not asked.
func end(_ process: Process) {
    kill(process.processIdentifier, SIGKILL)
    for _ in 0..<1000 where process.isRunning { usleep(1000) }
}

/// Where a program is, if it is on the search path.
func program(_ name: String) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":").map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
}

/// A new directory that is removed with its contents when the function has run.
func withTemporaryDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let path = NSTemporaryDirectory() + "relais-transport-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}
