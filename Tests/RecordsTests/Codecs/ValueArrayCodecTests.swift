import Records
import Testing

@Suite struct ValueArrayCodecTests {
    static let samples: [Value?] = [
        nil, .absent, .null, .text(""), .text("Ada"), .text("\u{E9}"), .text("e\u{301}"), .text("a\"b\\c\n\u{1F}\r\n"),
        .text("{\"n\":0}"), .number(0), .number(-7), .number(999_999_999_999_999_999),
        .number(Number("12.50") ?? Number(0)), .number(Number("-0.000000000000000001") ?? Number(0)), .flag(true),
        .flag(false), CalendarDate("2026-11-22").map(Value.date), CalendarDate("0001-01-01").map(Value.date),
        .instant(Instant(microseconds: -1)), .instant(Instant(microseconds: .max)),
        .instant(Instant(microseconds: .min)),
        .set([]), .set(of: ["b", "a", "é"]),
    ]

    private static func text(_ values: [Value?]) throws -> String {
        String(decoding: try ValueArrayCodec.encode(values), as: UTF8.self)
    }

    @Test func writesTheDocumentedForms() throws {
        let day = try #require(CalendarDate("2026-11-22"))
        let values: [Value?] = [
            .text("x"), .number(Number("12.5") ?? Number(0)), .flag(true), .null, .absent, .date(day),
            .instant(Instant(microseconds: 5)), .set(of: ["b", "a"]), nil,
        ]
        #expect(
            try Self.text(values)
                == #"["x",12.5,true,null,{},{"d":"2026-11-22"},{"t":5},["a","b"],{"n":0}]"#
        )
        #expect(try Self.text([]) == "[]")
    }

    @Test func readsBackWhatItWrote() throws {
        #expect(try ValueArrayCodec.decode(try ValueArrayCodec.encode(Self.samples)) == Self.samples)
        for sample in Self.samples {
            #expect(try ValueArrayCodec.decode(one: try ValueArrayCodec.encode(one: sample)) == sample)
        }
    }

    @Test func equalBytesAreEqualValues() throws {
        for left in Self.samples {
            for right in Self.samples {
                let sameBytes = try ValueArrayCodec.encode(one: left) == ValueArrayCodec.encode(one: right)
                #expect(sameBytes == (left == right), "\(String(describing: left)) \(String(describing: right))")
            }
        }
    }

    @Test func refusesWhatNoStoreMayHold() {
        #expect(throws: CodecError(.nul)) { try ValueArrayCodec.encode([.text("a\u{0}b")]) }
        #expect(throws: CodecError(.nul)) { try ValueArrayCodec.encode([.set(of: ["\u{0}"])]) }
        #expect(throws: CodecError(.dateOutOfRange)) { try ValueArrayCodec.encode([.date(CalendarDate(days: .max))]) }
    }

    @Test(arguments: [
        "", "[", "[]]", "[1", "[1,", "[1,]", "[,1]", "[\"a]", "[\"a\\\"]", "[tru]", "[nul", "[{]", "[{\"d\":]",
        "[{\"d\":\"2026-13-01\"}]", "[{\"t\":}]", "[{\"t\":99999999999999999999}]", "[{\"x\":1}]", "[{\"n\":0]",
        "[[1]]", "[[\"a\"]", "[1e]", "[--1]", "[1 ]", "[\"\\uD800\"]", "[\"\\q\"]", "[\"\\u0000\"]",
    ])
    func throwsOnWhatItDidNotWrite(_ text: String) {
        #expect(throws: CodecError.self) { try ValueArrayCodec.decode(Array(text.utf8)) }
    }

    @Test func survivesAnyDamage() throws {
        let bytes = try ValueArrayCodec.encode(Self.samples)
        for place in bytes.indices {
            for flip in [UInt8(1), 2, 0x20, 0x80, 0xFF] {
                var damaged = bytes
                damaged[place] ^= flip
                _ = try? ValueArrayCodec.decode(damaged)
            }
            _ = try? ValueArrayCodec.decode(Array(bytes[..<place]))
        }
    }
}
