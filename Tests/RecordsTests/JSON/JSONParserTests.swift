import Records
import Testing

@Suite struct JSONParserTests {
    @Test func readsEveryKindOfValue() throws {
        let json = try JSON(parsing: #" {"a":[1, -2.5e+3,true,false,null,"x\n\u00e9\ud83d\ude00"], "b":{}, "c":[]} "#)
        let numbers: [JSON] = [.number("1"), .number("-2.5e+3"), true, false, .null, "x\n\u{e9}\u{1F600}"]
        #expect(json == ["a": .array(numbers), "b": [:], "c": []])
    }

    @Test func accessorsGiveNilForOtherKinds() throws {
        let json = try JSON(
            parsing: #"{"n":12,"big":123456789012345678901234567890,"f":1.5,"s":"t","l":[{"x":false}],"z":null}"#
        )
        #expect(json["n"]?.int == 12)
        #expect(json["n"]?.string == nil)
        #expect(json["big"]?.int == nil)
        #expect(json["big"] == .number("123456789012345678901234567890"))
        #expect(json["f"]?.double == 1.5)
        #expect(json["f"]?.int == nil)
        #expect(json["s"]?.string == "t")
        #expect(json["l"]?[0]?["x"]?.bool == false)
        #expect(json["l"]?[1] == nil)
        #expect(json["z"]?.isNull == true)
        #expect(json["none"] == nil)
        #expect(json.object?.map(\.key) == ["n", "big", "f", "s", "l", "z"])
    }

    @Test func keysAndTextAreComparedByTheirBytes() throws {
        let json = try JSON(parsing: "{\"\u{e9}\":1,\"e\u{301}\":2}")
        #expect(json["\u{e9}"]?.int == 1)
        #expect(json["e\u{301}"]?.int == 2)
        #expect(JSON.string("\u{e9}") != JSON.string("e\u{301}"))
        #expect(JSON.number("1") != JSON.number("1.0"))
        let one: JSON = ["a": 1, "b": 2]
        let other: JSON = ["b": 2, "a": 1]
        #expect(one == other)
    }

    static let refused: [(String, JSONError)] = [
        ("", JSONError(.truncated, at: 0)),
        ("  ", JSONError(.truncated, at: 2)),
        ("{", JSONError(.truncated, at: 1)),
        ("[1,", JSONError(.truncated, at: 3)),
        ("[1", JSONError(.truncated, at: 2)),
        ("[1,]", JSONError(.unexpectedByte, at: 3)),
        ("[1 2]", JSONError(.unexpectedByte, at: 3)),
        ("{\"a\" 1}", JSONError(.unexpectedByte, at: 5)),
        ("{\"a\":1,}", JSONError(.unexpectedByte, at: 7)),
        ("{a:1}", JSONError(.unexpectedByte, at: 1)),
        ("{\"a\":1]", JSONError(.unexpectedByte, at: 6)),
        ("tru", JSONError(.truncated, at: 3)),
        ("trux", JSONError(.unexpectedByte, at: 3)),
        ("truex", JSONError(.unexpectedByte, at: 4)),
        ("1 1", JSONError(.trailingBytes, at: 2)),
        ("01", JSONError(.invalidNumber, at: 0)),
        ("-", JSONError(.invalidNumber, at: 1)),
        ("1.", JSONError(.invalidNumber, at: 2)),
        ("1e", JSONError(.invalidNumber, at: 2)),
        ("1e+-2", JSONError(.invalidNumber, at: 3)),
        ("1x", JSONError(.invalidNumber, at: 1)),
        ("+1", JSONError(.unexpectedByte, at: 0)),
        ("NaN", JSONError(.unexpectedByte, at: 0)),
        ("\"abc", JSONError(.truncated, at: 4)),
        ("\"abc\\", JSONError(.truncated, at: 5)),
        ("\"a\u{1}\"", JSONError(.controlCharacter, at: 2)),
        (#""\x""#, JSONError(.invalidEscape, at: 1)),
        (#""\u12g4""#, JSONError(.invalidEscape, at: 1)),
        (#""\u12""#, JSONError(.invalidEscape, at: 1)),
        (#""a\ud800""#, JSONError(.loneSurrogate, at: 2)),
        (#""a\ud800\n""#, JSONError(.loneSurrogate, at: 2)),
        (#""a\ud800\ud800""#, JSONError(.loneSurrogate, at: 2)),
        (#""a\udc00""#, JSONError(.loneSurrogate, at: 2)),
        (#""a\u0000""#, JSONError(.nul, at: 2)),
        (#"{"a":1,"b":2,"a":3}"#, JSONError(.duplicateKey, at: 13)),
        (#"{"a":1,"\u0061":3}"#, JSONError(.duplicateKey, at: 7)),
    ]

    @Test(arguments: refused)
    func refusesWithTheByteWhereItGoesWrong(text: String, error: JSONError) {
        #expect(throws: error) { try JSON(parsing: text) }
    }

    static let notUTF8: [([UInt8], Int)] = [
        ([0x80], 0), ([0xC0, 0x80], 0), ([0xE0, 0x9F, 0x80], 0), ([0xED, 0xA0, 0x80], 0),
        ([0xF4, 0x90, 0x80, 0x80], 0),
        ([0x61, 0xC3], 1), ([0xC3, 0xA9, 0xFF], 2), ([0xF0, 0x9F, 0x98], 0),
    ]

    @Test(arguments: notUTF8)
    func refusesWhatIsNotUTF8(bytes: [UInt8], offset: Int) {
        let quoted = [0x22] + bytes + [0x22]
        #expect(throws: JSONError(.invalidUTF8, at: offset + 1)) { try JSON(parsing: quoted) }
        let escaped = Array(#""\n"#.utf8) + bytes + [0x22]
        #expect(throws: JSONError(.invalidUTF8, at: offset + 3)) { try JSON(parsing: escaped) }
    }

    @Test func duplicateKeysAreFoundInLargeObjectsToo() {
        let members = (0..<1000).map { "\"k\($0)\":0" }.joined(separator: ",")
        #expect(throws: Never.self) { try JSON(parsing: "{\(members)}") }
        #expect {
            try JSON(parsing: "{\(members),\"k500\":1}")
        } throws: {
            ($0 as? JSONError)?.reason == .duplicateKey
        }
    }

    @Test func limitsHold() throws {
        let limits = JSONLimits(bytes: 100, depth: 3, values: 5)
        #expect(throws: Never.self) { try JSON(parsing: "[[[1,2]]]", limits: limits) }
        #expect(throws: JSONError(.tooDeep, at: 3)) { try JSON(parsing: "[[[[]]]]", limits: limits) }
        #expect(throws: JSONError(.tooDeep, at: 15)) { try JSON(parsing: #"{"a":{"b":{"c":{}}}}"#, limits: limits) }
        #expect(throws: JSONError(.tooLarge, at: 9)) { try JSON(parsing: "[1,2,3,4,5]", limits: limits) }
        #expect(throws: JSONError(.tooLarge, at: 100)) {
            try JSON(parsing: String(repeating: " ", count: 101), limits: limits)
        }
        #expect(throws: JSONError(.tooDeep, at: 64)) { try JSON(parsing: String(repeating: "[", count: 1_000_000)) }
    }

    @Test func errorsNeverHoldTheText() {
        #expect {
            try JSON(parsing: "{\"token\":\"canary\" oops}")
        } throws: { error in
            let text = "\(error)"
            return !text.contains("canary") && !text.contains("oops") && text.contains("byte 18")
        }
    }
}
