import Foundation
import Mapping
import Records
import Testing

/// Random expressions answered by another implementation of the language as well.
///
/// `RELAIS_CEL_PEER` is a Python that has cel-expr-python, Google's C++ implementation, from PyPI.
@Suite struct PeerTests {
    private static let variables = ProcessInfo.processInfo.environment
    private static let python = variables["RELAIS_CEL_PEER"]
    private static let seed = variables["RELAIS_CEL_SEED"].flatMap { UInt64($0) } ?? 1
    private static let count = variables["RELAIS_CEL_COUNT"].flatMap { Int($0) } ?? 5_000

    @Test(.enabled(if: python != nil, "RELAIS_CEL_PEER names a Python with cel-expr-python"))
    func answersAsTheCPlusPlusImplementation() throws {
        var random = RandomExpressions(seed: Self.seed)
        let cases = (0..<Self.count).map { _ in random.next() }
        let theirs = try Self.ask(cases)
        try #require(theirs.count == cases.count)
        var figures = (same: 0, values: 0, unknown: 0)
        for (line, their) in zip(cases, theirs) {
            var lines = ExpressionLines()
            let ours = Array((line + "\n").utf8).withUnsafeBufferPointer { lines.feed($0) }.first ?? .null
            if their["unknown"] != nil || Self.meetsFault(line) {
                figures.unknown += 1
                continue
            }
            let isSame = ours["error"] != nil ? their["error"] != nil : Self.same(ours["value"], their["value"])
            #expect(isSame, "\(line)\nours: \(ours.text)\ntheirs: \(their.text)")
            figures.same += isSame ? 1 : 0
            figures.values += ours["value"] != nil ? 1 : 0
        }
        print(
            "peer: \(figures.same) of \(cases.count) answers are the same from seed \(Self.seed), \(figures.values) of them values; \(figures.unknown) could not be compared"
        )
        // Errors alone would prove little.
        #expect(figures.values * 2 > cases.count)
    }

    /// Whether a case meets a fault of cel-expr-python 0.1.3: beside a walk over a list, what `cel.bind` names is lost.
    ///
    /// `[7, 8].all(x, x <= 0) ? '' : cel.bind(z, 'a', z + z)` gives 16 there.
    private static func meetsFault(_ line: String) -> Bool {
        line.contains("cel.bind(")
            && ["all", "exists", "exists_one", "map", "filter"].contains { line.contains(".\($0)(x, ") }
    }

    /// Whether two values are the same: doubles by value, maps in any order.
    private static func same(_ left: JSON?, _ right: JSON?) -> Bool {
        guard case .object(let one)? = left, case .object(let other)? = right, one.count == 1, other.count == 1,
            one[0].key == other[0].key
        else { return false }
        switch (one[0].key, one[0].value, other[0].value) {
        case ("double", .string(let left), .string(let right)): return left == right || Double(left) == Double(right)
        case ("list", .array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { Self.same($0, $1) }
        case ("map", .array(let left), .array(let right)):
            return left.count == right.count
                && left.allSatisfy { entry in
                    right.contains { Self.same(entry[0], $0[0]) && Self.same(entry[1], $0[1]) }
                }
        default: return one[0].value == other[0].value
        }
    }

    private static func ask(_ cases: [String]) throws -> [JSON] {
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Support/cel_peer.py")
        let file = FileManager.default.temporaryDirectory.appending(path: "relais-\(UUID().uuidString).jsonl")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(cases.map { $0 + "\n" }.joined().utf8).write(to: file)
        let process = Process()
        process.executableURL = URL(filePath: self.python ?? "")
        process.arguments = [script.path]
        process.standardInput = try FileHandle(forReadingFrom: file)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        var limits = JSONLimits()
        limits.allowsNul = true
        return try bytes.split(separator: UInt8(ascii: "\n")).map { try JSON(parsing: Array($0), limits: limits) }
    }
}
