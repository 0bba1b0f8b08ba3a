import Mapping
import Records
import Testing

@Suite struct IdentityKeyTests {
    @Test func oneSpellingGivesOneKey() {
        let composed = IdentityKey.canonical(values: [.text("Andr\u{E9}"), .text("Müller")])
        let decomposed = IdentityKey.canonical(values: [.text(" andre\u{301} "), .text("MÜLLER")])
        #expect(composed != nil)
        #expect(composed == decomposed)
    }

    @Test func valuesDoNotRunIntoEachOther() {
        let first = IdentityKey.canonical(values: [.text("a"), .text("bc")])
        let second = IdentityKey.canonical(values: [.text("ab"), .text("c")])
        #expect(first != second)
        #expect(IdentityKey.canonical(values: [.text("5")]) != IdentityKey.canonical(values: [.number(5)]))
    }

    @Test(arguments: [Value.absent, .null, .text(""), .text(" \u{A0}"), .set([])])
    func aBlankIsNoKey(blank: Value) {
        #expect(IdentityKey.canonical(values: [.text("a"), blank]) == nil)
        #expect(IdentityKey.canonical(values: []) == nil)
    }

    @Test(arguments: [
        "info@acme.example", "INFO@acme.example", "info+x@acme.example", "contact@acme.example", "sales@acme.example",
    ])
    func aRoleAddressIsNoKeyUnlessListed(address: String) {
        #expect(IdentityKey.canonical(values: [.text(address)]) == nil)
    }

    @Test func listedRolesAreKeys() {
        let address = Value.text("info@acme.example")
        #expect(IdentityKey.canonical(values: [address], allowing: ["info"]) != nil)
        #expect(IdentityKey.canonical(values: [address], allowing: ["Info@acme.example"]) != nil)
        #expect(IdentityKey.canonical(values: [address], allowing: ["info@other.example"]) == nil)
        #expect(IdentityKey.canonical(values: [.text("ada@acme.example")]) != nil)
        #expect(IdentityKey.canonical(values: [.text("info")]) != nil)
    }
}
