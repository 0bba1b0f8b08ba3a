import ArgumentParser
import Foundation
import Mapping

/// How long `relais check` takes, as people call it: a process that starts cold.
struct CheckBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks a workspace of 125 mapping files.",
        discussion: """
            The files are those of five CRM accounts with 25 custom objects each, 28 fields a file. Each round starts \
            `relais check` anew. Beside it the same mapping files are parsed as YAML, and nothing else: nobody who reads \
            them can be faster.
            """
    )

    @Option(help: "How many CRM accounts there are.") var connections = 5
    @Option(help: "How many mapping files each account has.") var objects = 25
    @Option(help: "How often the workspace is checked.") var rounds = 5
    @Option(help: "The program; left out, the one beside this one.") var relais: String?
    @Option(help: "HubSpot's manifest.") var manifest = "Config/connectors/hubspot.yaml"
    @Option(help: "Where to make the workspace and leave it; left out, it goes to a temporary folder.")
    var workspace: String?

    func validate() throws {
        guard self.connections > 0, self.objects > 0, self.rounds > 0 else {
            throw ValidationError("--connections, --objects and --rounds must be above 0")
        }
    }

    func run() async throws {
        let temporary = FileManager.default.temporaryDirectory.appending(path: "relais-bench-\(getpid())")
        let root = self.workspace.map { URL(filePath: $0) } ?? temporary
        defer { if self.workspace == nil { try? FileManager.default.removeItem(at: temporary) } }
        let scene = CheckScene(connections: self.connections, objects: self.objects)
        try scene.write(to: root, manifest: try String(contentsOfFile: self.manifest, encoding: .utf8))
        let parsed = try Self.repeated(self.rounds) { try Self.parse(scene.mappingFiles, in: root) }
        let checked = try Self.repeated(self.rounds) { try self.check(root) }
        print(
            "check of \(scene.mappingFiles.count) mapping files: \(Self.text(checked.map(\.wall))) ms, "
                + "\(Self.text(checked.map(\.cpu))) ms of CPU, load \(Meter.text(Meter.load))"
        )
        let ratio = Self.median(checked.map(\.cpu)) / Self.median(parsed.map(\.cpu))
        print(
            "  parsing the same files as YAML: \(Self.text(parsed.map(\.cpu))) ms of CPU; the check takes "
                + String(format: "%.1f times as long", ratio)
        )
    }

    /// Milliseconds.
    private struct Time {
        let wall: Double
        let cpu: Double
    }

    private static func repeated(_ rounds: Int, _ work: () throws -> Time) rethrows -> [Time] {
        try (0..<rounds).map { _ in try work() }
    }

    private static func median(_ numbers: [Double]) -> Double { numbers.sorted()[numbers.count / 2] }

    private static func text(_ numbers: [Double]) -> String {
        let (least, most) = (Int(numbers.min() ?? 0), Int(numbers.max() ?? 0))
        return "\(least) to \(most), median \(Int(Self.median(numbers)))"
    }

    private static func parse(_ files: [String], in root: URL) throws -> Time {
        let (start, cpu) = (ContinuousClock.now, Meter.cpuSeconds)
        for file in files {
            _ = try YAMLDocument.parse(Array(try Data(contentsOf: root.appending(path: file))), file: file)
        }
        let wall = (ContinuousClock.now - start) / .seconds(1)
        return Time(wall: 1e3 * wall, cpu: 1e3 * (Meter.cpuSeconds - cpu))
    }

    /// One process; a check that finds anything measures something else.
    private func check(_ root: URL) throws -> Time {
        let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let process = Process()
        process.executableURL = self.relais.map { URL(filePath: $0) } ?? own.appending(path: "relais")
        process.arguments = ["check", "--workspace", root.path]
        let output = Pipe()
        process.standardOutput = output
        let (start, cpu) = (ContinuousClock.now, Meter.childrenSeconds)
        try process.run()
        let answer = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let wall = (ContinuousClock.now - start) / .seconds(1)
        guard process.terminationStatus == 0, answer.contains("no problems") else {
            throw BenchError("the workspace has problems:\n\(answer.prefix(2_000))")
        }
        return Time(wall: 1e3 * wall, cpu: 1e3 * (Meter.childrenSeconds - cpu))
    }
}
