import Mapping
import Records
import Testing

@Suite struct YAMLDocumentTests {
    private static func problem(_ text: String) -> String {
        Self.problem(Array(text.utf8))
    }

    private static func problem(_ bytes: [UInt8]) -> String {
        do {
            _ = try YAMLDocument.parse(bytes, file: "a.yaml")
            return "no problem"
        } catch {
            return String(describing: error)
        }
    }

    @Test func keepsOrderPlacesAndText() throws {
        let root = try YAMLDocument.parse(text: "b: no\na:\n  - 1.0\n  - \"x\"\n", file: "a.yaml")
        #expect(root.entries?.map(\.key) == ["b", "a"])
        #expect(root["b"]?.scalar?.text == "no")
        #expect(root["a"]?.elements?.first?.scalar?.text == "1.0")
        #expect(root["a"]?.elements?.last?.location.description == "a.yaml:4:5")
        #expect(root.entries?.last?.location.description == "a.yaml:2:1")
    }

    @Test(arguments: [
        ("a: &x 1\n", "a.yaml:1:4: error: anchors and aliases are not supported: write the value out"),
        (
            "a: &x 1\nb: 'c *x' # *x\nc: { d: '*x', e: *x }\n",
            "a.yaml:3:18: error: anchors and aliases are not supported: write the value out"
        ),
        ("a: *x\n", "a.yaml:1:4: error: anchors and aliases are not supported: write the value out"),
        ("a: !!int 1\n", "a.yaml:1:4: error: the tag tag:yaml.org,2002:int is not supported: remove it"),
        ("a: !secret x\n", "a.yaml:1:4: error: the tag !secret is not supported: remove it"),
        (
            "a: 1\nb: 2\na: 3\n",
            "a.yaml:1:1: error: the key \"a\" stands more than once in this block: keep one of them"
        ),
        ("a:\n\tb: 1\n", "a.yaml:2:1: error: a tab cannot indent YAML: use spaces"),
        (
            "a: [1, 2\nb: 3\n",
            "a.yaml:2:2: error: not valid YAML: did not find expected ',' or ']': "
                + "check the indentation, quotes and brackets just before this place"
        ),
        ("a: 1\n---\nb: 2\n", "a.yaml:2:1: error: the file has a second document: put it into a file of its own"),
        ("", "a.yaml:1:1: error: the file is empty: fill it in or remove it"),
        (
            "{a: 1}: 2\n",
            "a.yaml:1:1: error: a key must be text, not a block of keys: "
                + "write the key as one word, or quote a value that begins with { or ["
        ),
        (
            "a: \"b\u{1}\"\n",
            "a.yaml:1:6: error: not valid YAML: control characters are not allowed: remove the control character"
        ),
    ])
    func refuses(text: String, expected: String) {
        #expect(Self.problem(text) == expected)
    }

    @Test func refusesOtherEncodings() {
        #expect(Self.problem([0xFF, 0xFE, 0x61, 0]) == "a.yaml:1:1: error: the file is UTF-16: save it as UTF-8")
        #expect(
            Self.problem([0x61, 0x0A, 0xC3, 0xA9, 0xE9, 0x3A])
                == "a.yaml:2:2: error: the file is not UTF-8: save it as UTF-8"
        )
        #expect(
            Self.problem([0x61, 0, 0x62]) == "a.yaml:1:2: error: the file contains a zero byte: save it as UTF-8 text"
        )
        #expect(Self.problem([0xEF, 0xBB, 0xBF] + Array("a: 1\r\nb: é\r\n".utf8)) == "no problem")
    }

    @Test func refusesBombsQuickly() {
        var bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n"
        for (name, last) in zip("bcdefghijk", "abcdefghij") {
            bomb += "\(name): &\(name) [" + Array(repeating: "*\(last)", count: 9).joined(separator: ", ") + "]\n"
        }
        let keys = bomb + "? *k\n: 1\n? *j\n: 2\n"
        let clock = ContinuousClock()
        let elapsed = clock.measure {
            #expect(
                Self.problem(bomb) == "a.yaml:2:8: error: anchors and aliases are not supported: write the value out"
            )
            #expect(
                Self.problem(keys) == "a.yaml:2:8: error: anchors and aliases are not supported: write the value out"
            )
        }
        #expect(elapsed < .seconds(1))
    }

    @Test func refusesTooMuch() {
        let long = Array(repeating: UInt8(ascii: "#"), count: YAMLDocument.maximumSize + 1)
        #expect(Self.problem(long) == "a.yaml:1:1: error: the file has 1048577 bytes, more than 1048576: split it")
        let wide = "[" + String(repeating: "a,", count: 100_001) + "]"
        #expect(Self.problem(wide) == "a.yaml:1:200000: error: the file has more than 100000 values: split it")
        let deep = String(repeating: "[", count: 70) + String(repeating: "]", count: 70)
        #expect(Self.problem(deep) == "a.yaml:1:66: error: lists and blocks are nested more than 64 deep: flatten them")
        let abyss = String(repeating: "[", count: 100_000)
        #expect(
            Self.problem(abyss) == "a.yaml:1:257: error: lists and blocks are nested more than 64 deep: flatten them"
        )
        let dashes = String(repeating: "- ", count: 400_000)
        #expect(Self.problem(dashes).hasPrefix("a.yaml:1:"))
    }

    @Test func starsAndAmpersandsInTextAreNoAliases() throws {
        let root = try YAMLDocument.parse(text: "a: 'x &b *b'\nb: R&D *D\n# &c *c\n", file: "a.yaml")
        #expect(root["a"]?.scalar?.text == "x &b *b")
        #expect(root["b"]?.scalar?.text == "R&D *D")
    }

    @Test func readersSayWhatIsWrongAllAtOnce() throws {
        let text = "nmae: x\nflag: yes\ncount: 2000\nside: romote\nempty:\nlist: a\n"
        let root = try YAMLDocument.parse(text: text, file: "a.yaml")
        let findings = Findings()
        let table = try #require(
            YAMLTable(root, "the thing", keys: ["name", "flag", "count", "side", "empty", "list"], findings)
        )
        _ = table.requiredText("name")
        #expect(table.flag("flag") == nil)
        #expect(table.integer("count", in: 1...1000) == nil)
        #expect(table.choice("side", as: Side.self) == nil)
        #expect(table.text("empty") == nil)
        #expect(table.list("list") == nil)
        #expect(
            findings.diagnostics.map(\.description) == [
                "a.yaml:1:1: error: the thing has no key \"nmae\": did you mean name?",
                "a.yaml:1:1: error: the thing lacks name: add \"name: …\"",
                "a.yaml:2:7: error: flag must be true or false, not \"yes\": write true",
                "a.yaml:3:8: error: count must be from 1 to 1000, not \"2000\": write a number from 1 to 1000",
                "a.yaml:4:7: error: side cannot be \"romote\": did you mean remote?",
                "a.yaml:5:7: error: empty must be text, not empty: fill it in, or quote the word",
                "a.yaml:6:7: error: list must be a list, not \"a\": write [ … ] or one element a line, each with \"- \"",
            ]
        )
    }

    @Test func variablesGoIntoParsedTextOnly() throws {
        let root = try YAMLDocument.parse(text: "a: ${crm}\nb: 'x-${crm}-${cmr}'\n${crm}: 1\n", file: "a.yaml")
        let findings = Findings()
        let result = root.substituting(["crm": "hub: [1"], findings)
        #expect(result["a"]?.scalar?.text == "hub: [1")
        #expect(result["b"]?.scalar?.text == "x-hub: [1-${cmr}")
        #expect(result.entries?.last?.key == "${crm}")
        #expect(
            findings.diagnostics.map(\.description) == [
                "a.yaml:2:4: error: there is no variable \"cmr\": did you mean crm?"
            ]
        )
    }

    @Test func placesInsideScalarsAreFound() throws {
        let text = "a: plain x\nb: \"q\\\"x\\u00e9y\"\nc: 'it''s x'\nd: |\n  first\n  second x\ne: one\n  two x\n"
        let root = try YAMLDocument.parse(text: text, file: "f")
        func place(_ key: String, _ line: Int, _ column: Int) -> String? {
            root[key]?.scalar?.location(line: line, column: column).description
        }
        #expect(place("a", 1, 7) == "f:1:10")
        #expect(place("b", 1, 3) == "f:2:8")
        #expect(place("b", 1, 5) == "f:2:15")
        #expect(place("c", 1, 6) == "f:3:11")
        #expect(place("d", 2, 8) == "f:6:10")
        #expect(place("e", 1, 9) == "f:8:7")
    }
}
