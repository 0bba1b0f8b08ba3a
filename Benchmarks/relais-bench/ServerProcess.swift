import Foundation

/// The fake CRM's process, which ends with this one.
final class ServerProcess {
    /// Where it listens: `http://127.0.0.1:40123`.
    let address: String
    private let process = Process()
    private let input = Pipe()

    /// Starts this program again as the server, and waits until it listens.
    init(contacts: Int, seed: UInt64) throws {
        let output = Pipe()
        self.process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        self.process.arguments = ["serve", "--contacts", String(contacts), "--seed", String(seed)]
        self.process.standardInput = self.input
        self.process.standardOutput = output
        try self.process.run()
        var line = Data()
        while !line.contains(0x0A) {
            let piece = output.fileHandleForReading.availableData
            guard !piece.isEmpty else { throw BenchError("the fake CRM did not start") }
            line.append(piece)
        }
        self.address = String(decoding: line.prefix { $0 != 0x0A }, as: UTF8.self)
    }

    /// Ends the server.
    func stop() {
        try? self.input.fileHandleForWriting.close()
        self.process.terminate()
        self.process.waitUntilExit()
    }
}
