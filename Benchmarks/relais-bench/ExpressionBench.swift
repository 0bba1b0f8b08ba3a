import ArgumentParser
import CEL
import Foundation
import Mapping
import Records

/// Evaluations of one condition a second, beside other implementations of the language.
struct ExpressionBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expression",
        abstract: "Evaluates a condition over contacts.",
        discussion: """
            The condition is compiled once. It has three parts, each of which decides about a third of the contacts. With \
            --peers, common-expression-language and cel-python evaluate the same contacts in the same run; they come from \
            PyPI into .build/tools/bench.
            """
    )

    static let condition =
        "contact.score >= 50 && contact.lifecycle in [\"lead\", \"mql\"] && contact.email.endsWith(\"@acme.com\")"

    @Option(help: "How many contacts there are.") var contacts = 100_000
    @Option(help: "What the contacts are derived from.") var seed: UInt64 = 1
    @Option(help: "How often all contacts are evaluated; the best counts.") var rounds = 9
    @Flag(help: "Also measure other implementations.") var peers = false

    func run() async throws {
        let contacts = BenchContacts(self.contacts, seed: self.seed)
        let environment =
            ExpressionScope(object: BenchContacts.schema, remoteProperties: [], lifecycle: .standard).push
        let program = try environment.compile(Self.condition)
        contacts.printShares()
        let best = try self.measure(program, contacts)
        best.print(beside: nil)
        guard self.peers else { return }
        for peer in try Peers(tools: ".build/tools/bench").run(contacts, Self.condition) {
            peer.print(beside: best)
            let sample = contacts.hits(among: peer.evaluations)
            guard peer.hits == sample else { throw BenchError("\(peer.name) selects \(peer.hits), not \(sample)") }
        }
    }

    private func measure(_ program: CELProgram, _ contacts: BenchContacts) throws -> EvaluationRate {
        let types = PropertyTypes(of: BenchContacts.schema, lifecycle: .standard)
        var best: EvaluationRate?
        for _ in 0..<max(1, self.rounds) {
            let (wall, cpu) = (ContinuousClock.now, Meter.cpuSeconds)
            var hits = 0
            for values in contacts.values where try program.matches(LocalActivation(values, types: types)) == true {
                hits += 1
            }
            let rate = EvaluationRate(
                name: "relais",
                evaluations: contacts.values.count,
                wallSeconds: (ContinuousClock.now - wall) / .seconds(1),
                cpuSeconds: Meter.cpuSeconds - cpu,
                hits: hits
            )
            if rate.cpuSeconds < best?.cpuSeconds ?? .infinity { best = rate }
        }
        guard let best, best.hits == contacts.hits(among: contacts.values.count) else {
            throw BenchError("the condition selects other contacts than it should")
        }
        return best
    }
}

/// The figures of one implementation.
struct EvaluationRate {
    let name: String
    let evaluations: Int
    let wallSeconds: Double
    let cpuSeconds: Double
    let hits: Int

    /// Evaluations a second of CPU, which other work on the machine does not change much.
    var rate: Double { Double(self.evaluations) / self.cpuSeconds }

    /// Prints the figures, and how many times as fast another implementation is.
    func print(beside other: EvaluationRate?) {
        let wall = Int(Double(self.evaluations) / self.wallSeconds)
        let ratio = other.map { String(format: ", relais is %.1f times as fast", $0.rate / self.rate) } ?? ""
        let figures = "\(Int(self.rate)) evaluations/s of CPU, \(wall)/s of wall, \(self.hits) hits"
        Swift.print("\(self.name): \(figures)\(ratio)")
    }
}

/// Contacts of which each part of the condition decides about a third.
struct BenchContacts {
    static let schema = ObjectSchema(
        name: "contact",
        properties: [
            PropertySchema(name: "email", type: .text, label: "E-mail"),
            PropertySchema(name: "lifecycle", type: .option([]), label: "Lifecycle"),
            PropertySchema(name: "score", type: .number, label: "Score"),
            PropertySchema(name: "city", type: .text, label: "City"),
        ]
    )

    /// The values by the schema's places.
    let values: [[Value]]
    private let parts: [(score: Int64, lifecycle: String, email: String)]

    init(_ count: Int, seed: UInt64) {
        var state = seed
        func random(_ bound: UInt64) -> Int {
            // SplitMix64.
            state &+= 0x9E37_79B9_7F4A_7C15
            var bits = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((bits ^ (bits >> 31)) % bound)
        }
        let stages = ["subscriber", "lead", "mql", "customer"]
        self.parts = (0..<count).map { number in
            let domain = random(2) == 0 ? "acme.com" : "globex.example"
            // Two thirds of the scores are enough, half of the stages fit, half of the addresses do.
            return (Int64(25 + random(75)), stages[random(4)], "user\(number)@\(domain)")
        }
        self.values = self.parts.map { [.text($0.email), .text($0.lifecycle), .number($0.score), "Warsaw"] }
    }

    /// How many of the first contacts the condition selects, by plain code.
    func hits(among count: Int) -> Int {
        self.parts.prefix(count).count {
            $0.score >= 50 && ["lead", "mql"].contains($0.lifecycle) && $0.email.hasSuffix("@acme.com")
        }
    }

    /// Prints for how many contacts each part is the last one looked at.
    func printShares() {
        let first = self.parts.count { $0.score < 50 }
        let second = self.parts.count { $0.score >= 50 && !["lead", "mql"].contains($0.lifecycle) }
        let third = self.parts.count - first - second
        print("\(self.parts.count) contacts; the parts decide \(first), \(second) and \(third) of them")
    }

    /// The contacts as other implementations read them.
    var json: [UInt8] {
        JSON.array(
            self.parts.map { part in
                let members: JSON = [
                    "score": .number(String(part.score)), "lifecycle": .string(part.lifecycle),
                    "email": .string(part.email), "city": "Warsaw",
                ]
                return ["contact": members]
            }
        ).bytes
    }
}

/// Other implementations of the language, from PyPI.
struct Peers {
    /// The folder of the virtual environment.
    let tools: String

    private static let packages = ["common-expression-language==0.10.0", "cel-python==0.5.0"]

    /// Has each evaluate the contacts; makes the environment when it is not there.
    func run(_ contacts: BenchContacts, _ condition: String) throws -> [EvaluationRate] {
        let python = self.tools + "/venv/bin/python"
        if !FileManager.default.fileExists(atPath: python) {
            try Self.call("/usr/bin/env", ["python3", "-m", "venv", self.tools + "/venv"])
            try Self.call(python, ["-m", "pip", "install", "-q"] + Self.packages)
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "relais-bench-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(contacts.json).write(to: file)
        let answer = try Self.call(python, ["Benchmarks/peers/cel_peers.py", file.path, condition])
        return try answer.split(separator: UInt8(ascii: "\n")).map { line in
            let json = try JSON(parsing: Array(line))
            return EvaluationRate(
                name: json["name"]?.string ?? "",
                evaluations: json["evaluations"]?.int ?? 0,
                wallSeconds: json["wall_seconds"]?.double ?? 0,
                cpuSeconds: json["cpu_seconds"]?.double ?? 0,
                hits: json["hits"]?.int ?? 0
            )
        }
    }

    @discardableResult
    private static func call(_ program: String, _ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchError("\(program) ends with an error") }
        return bytes
    }
}
