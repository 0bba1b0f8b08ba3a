import Records
import Testing

@testable import Transport

/// Two readers, one language: whatever is JSON they must read the same way, and nothing may crash either.
///
/// Where a page is no JSON, simdjson may overlook in what it skips a damage that the lenient reader finds.
@Suite struct PageFuzzTests {
    private static let layout = PageLayout(
        records: "results",
        id: "id",
        version: "v",
        properties: ["p.a", "p.b", "p.c", "q\"x"],
        extras: ["raw", "list[].k.z"],
        outer: ["next.after", "n[]"]
    )

    @Test(arguments: UInt64(1)...20)
    func bothReadersAgree(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let parser = try PageParser(Self.layout)
        var accepted = 0
        for _ in 0..<300 {
            var bytes = Array(Self.page(&random).utf8)
            Self.damage(&bytes, &random)
            let buffer = PageBuffer(bytes)
            let fast = Self.outcome { try parser.withPage(buffer, Self.summary) }
            let slow = Self.outcome {
                try buffer.withBytes {
                    try LenientPageReader(Self.layout).withPage(JSONScanner($0), Self.summary)
                }
            }
            guard Self.isSoundInItsStructure(bytes) else { continue }
            #expect(fast == slow, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
            if case .success = fast { accepted += 1 }
        }
        #expect(accepted > 30, "the damage leaves nothing to compare")
    }

    private static func isSoundInItsStructure(_ bytes: [UInt8]) -> Bool {
        do {
            _ = try JSON(parsing: bytes)
            return true
        } catch {
            return [.nul, .loneSurrogate, .duplicateKey, .invalidEscape, .invalidUTF8].contains(error.reason)
        }
    }

    private enum Outcome: Equatable {
        case success([String])
        case failure
    }

    private static func outcome(_ body: () throws -> [String]) -> Outcome {
        do { return .success(try body()) } catch { return .failure }
    }

    private static func summary(_ page: Page) -> [String] {
        func show(_ slice: JSONSlice) -> String { "\(slice.kind):\(String(decoding: slice.bytes, as: UTF8.self))" }
        let rows = (0..<page.count).map { record in
            let slices =
                [page.id(record), page.version(record)] + (0..<4).map { page.property(record, $0) }
                + (0..<2).map { page.extra(record, $0) }
            return "\(page.position(record)) " + slices.map(show).joined(separator: "|")
        }
        return rows + [show(page.outer(0)), show(page.outer(1))] + page.bad.map { "\($0.index) \($0.id ?? "-")" }
    }

    private static func page(_ random: inout SplitMix64) -> String {
        let records = (0..<Int.random(in: 0..<5, using: &random)).map { record($0, &random) }
        return #"{"n":[1,"x"],"results":[\#(records.joined(separator: ", "))],"next":{"after":\#(value(&random, 2))}}"#
    }

    private static func record(_ index: Int, _ random: inout SplitMix64) -> String {
        var members = [
            #""id":\#(index)"#, #""v": \#(value(&random, 2))"#, #""raw":\#(value(&random, 0))"#,
            #""p":{"a":\#(value(&random, 1)),"\u0062":\#(value(&random, 1)) ,"zz":[1,{}],"c":\#(value(&random, 2))}"#,
            #""list":[{"k":{"z":\#(value(&random, 1))}},{"k":0},{"z":1,"k":{"y":1,"z":2}}]"#,
            #""q\"x":\#(value(&random, 2))"#, #""unknown":\#(value(&random, 0))"#,
        ]
        members.shuffle(using: &random)
        return "{" + members.joined(separator: ",") + "}"
    }

    private static func value(_ random: inout SplitMix64, _ depth: Int) -> String {
        let scalars = [
            "null", "true", "false", "0", "-1.5e3", #""""#, #""tex\u00e9t""#, #""\ud83d\ude00""#, "\"\u{e9}\u{1F600}\"",
        ]
        guard depth < 2, Int.random(in: 0..<4, using: &random) == 0 else {
            return scalars[Int.random(in: 0..<scalars.count, using: &random)]
        }
        let inner = (0..<Int.random(in: 0..<3, using: &random)).map { _ in value(&random, depth + 1) }
        return Bool.random(using: &random)
            ? "[" + inner.joined(separator: ", ") + "]"
            : "{" + inner.enumerated().map { "\"\($0.offset)\": \($0.element)" }.joined(separator: " ,") + "}"
    }

    private static func damage(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        guard Int.random(in: 0..<3, using: &random) > 0 else { return }
        let pieces = [#"\u0000"#, #"\ud800"#, "\"", "\\", ",", ":", "]", "}", "{", "[", "1", "x", "null", #""id":1,"#]
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.removeLast(bytes.count - place)
        case 1: bytes.remove(at: place)
        case 2: bytes[place] = UInt8.random(in: 0...255, using: &random)
        default: bytes.insert(contentsOf: pieces[Int.random(in: 0..<pieces.count, using: &random)].utf8, at: place)
        }
    }
}
