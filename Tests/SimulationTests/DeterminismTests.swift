import Foundation
import Testing

/// The same seed in two processes: hash seeds, addresses and the wall clock must not matter.
@Suite struct DeterminismTests {
    @Test(.timeLimit(.minutes(5)))
    func twoProcessesLiveTheSameHistory() throws {
        let (one, other) = (try Self.trace(jobs: 1), try Self.trace(jobs: 2))
        #expect(one.contains("trace_hash"))
        #expect(one == other)
    }

    private static func trace(jobs: Int) throws -> String {
        let process = Process()
        process.executableURL = Self.binary
        process.arguments = ["--seeds", "3", "--days", "4", "--jobs", "\(jobs)", "--stories", "0", "--json"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `relais-sim` as it was built beside the tests.
    private static var binary: URL {
        let bundle = Bundle.main.bundleURL
        let beside = bundle.appending(path: "relais-sim")
        return FileManager.default.isExecutableFile(atPath: beside.path(percentEncoded: false))
            ? beside : URL(filePath: ".build/debug/relais-sim")
    }
}
