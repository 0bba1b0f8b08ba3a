import Records
import Testing

@Suite struct PropertiesCodecTests {
    private static let object = ObjectSchema(
        name: "contact",
        properties: [
            PropertySchema(name: "name", type: .text, label: ""),
            PropertySchema(name: "a", type: .number, label: ""),
            PropertySchema(name: "born", type: .date, label: ""),
            PropertySchema(name: "seen", type: .instant, label: ""),
            PropertySchema(name: "vip", type: .flag, label: ""),
            PropertySchema(name: "tags", type: .set([]), label: ""),
            PropertySchema(name: "stage", type: .stage, label: ""),
            PropertySchema(name: "name_2", type: .text, label: ""),
        ]
    )
    private static let codec = PropertiesCodec(object)

    private static func some(_ number: String) -> Value { .number(Number(number) ?? Number(0)) }

    private static func full() throws -> [Value] {
        let day = try #require(CalendarDate("2026-11-22"))
        return [
            .text("Ad\u{E8}le \"x\""), Self.some("12.50"), .date(day), .instant(Instant(microseconds: 1_500)),
            .flag(false), .set(of: ["b", "a"]), .text("lead"), .null,
        ]
    }

    private static func text(_ values: [Value]) throws -> String {
        String(decoding: try codec.encode(values), as: UTF8.self)
    }

    @Test func writesMembersInTheOrderOfTheirNames() throws {
        #expect(
            try Self.text(Self.full())
                == #"{"a":12.5,"born":"2026-11-22","name":"Adèle \"x\"","name_2":null,"seen":1500,"stage":"lead","#
                + #""tags":["a","b"],"vip":false}"#
        )
    }

    @Test func absentIsNoMemberAndNullIsOne() throws {
        var values = [Value](repeating: .absent, count: 8)
        #expect(try Self.text(values) == "{}")
        values[0] = .null
        #expect(try Self.text(values) == #"{"name":null}"#)
        #expect(try Self.codec.decode(Array("{}".utf8)) == [Value](repeating: .absent, count: 8))
    }

    @Test func readsBackWhatItWrote() throws {
        let values = try Self.full()
        for hidden in 0..<256 {
            let some = values.indices.map { hidden & (1 << $0) == 0 ? values[$0] : .absent }
            #expect(try Self.codec.decode(try Self.codec.encode(some)) == some)
        }
    }

    @Test func theOrderOfTheSchemaDoesNotShow() throws {
        let turned = PropertiesCodec(ObjectSchema(name: "contact", properties: Self.object.properties.reversed()))
        #expect(try turned.encode(try Self.full().reversed()) == Self.codec.encode(try Self.full()))
    }

    @Test func replacingIsWritingAnew() throws {
        let values = try Self.full()
        for hidden in 0..<256 {
            let before = values.indices.map { hidden & (1 << $0) == 0 ? values[$0] : .absent }
            let bytes = try Self.codec.encode(before)
            for position in values.indices {
                for (place, value) in [(position, Value.null), (position, .absent), (position, values[position])] {
                    var after = before
                    after[place] = value
                    after[0] = .text("first")
                    let changes: [(position: Int, value: Value)] = [(place, value), (0, .text("first"))]
                    let unique = place == 0 ? Array(changes.suffix(1)) : changes
                    #expect(try Self.codec.replacing(bytes, with: unique) == Self.codec.encode(after))
                }
            }
        }
    }

    @Test func keepsMembersThatTheSchemaDoesNotKnow() throws {
        let bytes = Array(#"{"a":1,"gone":{"x":["]",1]},"name":"Ada","zz":"q"}"#.utf8)
        #expect(try Self.codec.decode(bytes)[0] == .text("Ada"))
        let replaced = try Self.codec.replacing(bytes, with: [(0, .absent), (4, .flag(true))])
        #expect(String(decoding: replaced, as: UTF8.self) == #"{"a":1,"gone":{"x":["]",1]},"vip":true,"zz":"q"}"#)
    }

    @Test func readsWhatAnEarlierSchemaTyped() throws {
        let bytes = Array(#"{"a":"not a number","born":"someday","seen":1.5,"vip":"yes"}"#.utf8)
        let values = try Self.codec.decode(bytes)
        #expect(values[1] == .text("not a number"))
        #expect(values[2] == .text("someday"))
        #expect(values[3] == Self.some("1.5"))
        #expect(values[4] == .text("yes"))
    }

    @Test func refusesAValueOfAnotherKind() {
        var values = [Value](repeating: .absent, count: 8)
        values[1] = .text("12")
        #expect(throws: CodecError(.wrongKind, "a")) { try Self.codec.encode(values) }
    }

    @Test func findsPropertiesByName() {
        for (place, property) in Self.object.properties.enumerated() {
            #expect(Self.codec.position(of: property.name) == place)
        }
        #expect(Self.codec.position(of: "nam") == nil)
        #expect(Self.codec.position(of: "name_") == nil)
    }

    @Test(arguments: ["", "{", "[]", "{\"a\"}", "{\"a\":}", "{\"a\":1", "{\"a\":1,}", "{\"a\":1}x", "{a:1}"])
    func throwsOnWhatItDidNotWrite(_ text: String) {
        #expect(throws: CodecError.self) { try Self.codec.decode(Array(text.utf8)) }
    }
}
