import Records
import Testing

@Suite struct JSONWriterTests {
    @Test func writesMembersInTheirOrderWithoutWhiteSpace() {
        let json: JSON = ["b": [1, .number("2.50"), true, false, .null], "a": ["x": "y"], "e": [], "o": [:]]
        #expect(json.text == #"{"b":[1,2.50,true,false,null],"a":{"x":"y"},"e":[],"o":{}}"#)
    }

    static let texts: [(String, String)] = [
        ("", #""""#),
        ("plain text longer than eight bytes", #""plain text longer than eight bytes""#),
        ("say \"no\" to C:\\", #""say \"no\" to C:\\""#),
        ("\u{0}\u{1}\u{1f}\u{7f}", "\"\\u0000\\u0001\\u001f\u{7f}\""),
        ("\u{8}\t\n\u{c}\r", #""\b\t\n\f\r""#),
        ("12345678\n12345678\"", #""12345678\n12345678\"""#),
        ("\u{e9}\u{301}\u{1F600}\u{2028}!", "\"\u{e9}\u{301}\u{1F600}\u{2028}!\""),
    ]

    @Test(arguments: texts)
    func escapesWhatMustBeEscapedAndNothingElse(text: String, expected: String) {
        var writer = JSONWriter()
        writer.quoted(text)
        #expect(Array(writer.bytes) == Array(expected.utf8))
    }

    @Test func everyByteIsEscapedAtEveryPlace() throws {
        for byte in UInt8(1)...0x7F {
            for place in 0..<18 {
                var text = Array(repeating: UInt8(ascii: "x"), count: 18)
                text[place] = byte
                var writer = JSONWriter()
                text.withUnsafeBufferPointer { writer.quoted($0) }
                #expect(try JSON(parsing: writer.bytes).string.map { Array($0.utf8) } == text)
            }
        }
    }

    @Test func piecesAndMarks() {
        var writer = JSONWriter()
        writer.raw("[")
        writer.number(Int.min)
        writer.raw(",")
        writer.number(0)
        let mark = writer.count
        writer.raw(",\"dropped\"")
        writer.truncate(to: mark)
        writer.raw(Array(",1.5]".utf8))
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "[-9223372036854775808,0,1.5]")
        writer.clear()
        #expect(writer.bytes.isEmpty)
    }
}
