import Foundation
import Testing

/// The command line of `relais-cases`.
@Suite struct CasesCommandTests {
    @Test(arguments: ["--help", "-h"]) func itTellsHowItIsUsed(_ option: String) throws {
        let (status, text) = try Self.run(option)
        #expect(status == 0)
        for name in ["--cases", "--seed", "--minimum", "--threads", "--table"] { #expect(text.contains(name)) }
    }

    @Test func itSaysWhatItCannotRead() throws {
        #expect(try Self.run("--case") == (64, "relais-cases: there is no option --case; --help names them\n"))
        #expect(try Self.run("--cases") == (64, "relais-cases: --cases takes a number up to a billion\n"))
        #expect(try Self.run("--seed", "one") == (64, "relais-cases: --seed takes a number up to a billion\n"))
    }

    @Test func itRunsAsManyCasesAsItIsTold() throws {
        let (status, text) = try Self.run("--cases", "50", "--seed", "7", "--minimum", "0", "--threads", "1")
        #expect(status == 0 && text.hasPrefix("seeds 7 to 56: 50 cases"), "\(text)")
    }

    private static func run(_ arguments: String...) throws -> (status: Int32, text: String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = Self.binary
        process.arguments = arguments
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    /// `relais-cases` as it was built beside the tests.
    private static var binary: URL {
        let beside = Bundle.main.bundleURL.appending(path: "relais-cases")
        return FileManager.default.isExecutableFile(atPath: beside.path(percentEncoded: false))
            ? beside : URL(filePath: ".build/debug/relais-cases")
    }
}
