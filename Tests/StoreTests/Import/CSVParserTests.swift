import Testing

@testable import Store

@Suite struct CSVParserTests {
    /// Rows as `line:field|field`, broken ones as `line!reason`.
    private static func rows(_ text: String, separator: UInt8 = 0x2C, pieces: Int = .max) -> [String] {
        var parser = CSVParser(separator: separator)
        var rows: [CSVParser.Row] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            rows += parser.feed(rest.prefix(pieces))
            rest = rest.dropFirst(pieces)
        }
        return (rows + parser.finish()).map { row in
            switch row {
            case .fields(let fields, let line):
                "\(line):" + fields.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "|")
            case .broken(let problem, let line): "\(line)!\(problem)"
            }
        }
    }

    static let table: [(String, [String])] = [
        ("a,b\n1,2\n", ["1:a|b", "2:1|2"]),
        ("a,b\r\n1,2\r\n", ["1:a|b", "2:1|2"]),
        ("a,b\n1,2", ["1:a|b", "2:1|2"]),
        ("a,\n,b\n", ["1:a|", "2:|b"]),
        ("\"a,b\",c\n", ["1:a,b|c"]),
        ("\"a\"\"b\",\"\"\n", ["1:a\"b|"]),
        ("\"a\nb\",c\nd,e\n", ["1:a\nb|c", "3:d|e"]),
        ("\"a\r\nb\"\r\nd\r\n", ["1:a\r\nb", "3:d"]),
        ("a\n\n\nb\n", ["1:a", "4:b"]),
        ("a\"b,c\nd\n", ["1!a quote stands inside a field without quotes", "2:d"]),
        ("\"a\"b,c\nd\n", ["1!something stands behind a closing quote", "2:d"]),
        ("\"a\" ,c\nd\n", ["1!something stands behind a closing quote", "2:d"]),
        // One open quote costs its line and no other.
        ("a,\"b\nc,d\ne,f\n", ["1!a quote is never closed", "2:c|d", "3:e|f"]),
        ("a\n\"b\n\"c\nd", ["1:a", "2!something stands behind a closing quote", "4:d"]),
        ("é,ü\n", ["1:é|ü"]),
        ("", []),
        ("\n", []),
    ]

    @Test(arguments: table)
    func splitsRows(_ text: String, _ expected: [String]) {
        #expect(Self.rows(text) == expected)
        // Wherever the pieces of the file end.
        for size in 1...4 { #expect(Self.rows(text, pieces: size) == expected) }
    }

    @Test func anEndlessQuoteIsGivenUpWithoutReadingTheWholeFileIntoMemory() {
        let long = "a,\"b\n" + String(repeating: "c,d\n", count: 400_000)
        let rows = Self.rows(long)
        #expect(rows.first == "1!a quote is never closed")
        #expect(rows.count == 400_001)
        #expect(rows.last == "400001:c|d")
    }

    @Test(arguments: [("a,b;c,d", ","), ("a;b,c;d;e", ";"), ("a\tb\tc", "\t"), ("\"x;y;z\",b", ","), ("a", ",")])
    func tellsTheSeparatorFromTheHeader(_ header: String, _ expected: String) {
        #expect(CSVParser.separator(of: header.utf8) == expected.utf8.first)
    }
}
