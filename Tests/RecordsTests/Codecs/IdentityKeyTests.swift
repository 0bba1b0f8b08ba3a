import Records
import Testing

@Suite struct IdentityKeyTests {
    private static func canon(_ values: Value...) -> [UInt8]? { IdentityKey.canon(of: values) }

    @Test func trimsAndLowersAsciiAlone() {
        #expect(Self.canon(.text(" Ada@Example.COM\r\n")) == Array("ada@example.com".utf8))
        #expect(Self.canon(.text("\u{C9}COLE")) == Array("\u{C9}cole".utf8))
    }

    @Test func textIsBytes() {
        #expect(Self.canon(.text("\u{E9}")) != Self.canon(.text("e\u{301}")))
    }

    @Test func aBlankPartMakesNoKey() {
        for blank in [Value.absent, .null, .text(""), .text(" \t"), .set([])] {
            #expect(Self.canon(blank) == nil)
            #expect(Self.canon(.text("a"), blank) == nil)
        }
        var bytes: [UInt8] = [1]
        #expect(!IdentityKey.append([Value.text("a"), .null], to: &bytes))
        #expect(bytes == [1])
    }

    @Test func partsCannotRunTogether() {
        #expect(Self.canon(.text("ab"), .text("c")) != Self.canon(.text("a"), .text("bc")))
        #expect(Self.canon(.text("ab"), .text("c")) == Array("ab\u{0}c\u{0}".utf8))
    }

    @Test func theNameTellsTheProperties() {
        let key = IdentityKey(["phone", "first_name"])
        #expect(key.name == "phone+first_name")
        #expect(IdentityKey(named: key.name) == key)
    }
}
