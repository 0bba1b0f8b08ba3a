import Mapping
import Records
import Testing

/// R7: which two names may be one person's.
@Suite struct NameWordsTests {
    @Test(arguments: [
        ("Ada Byron", "Ada Lovelace", true), ("Ada Byron", "byron, ada", true), ("Zoë Müller", "ZOE MULLER", true),
        ("Jon", "John", true), ("Grégoire Dupont", "Gregoir Dupond", true), ("Nguyễn Văn An", "Nguyen Van An", true),
        ("A. Lovelace", "Ada Lovelace", true), ("王伟", "王伟", true), ("Ada", "Ada Byron", true),
        ("Adda Bryon", "Ada Byron", true),
        ("Ada Byron", "Robert Noyce", false), ("J. Smith", "J. Miller", false),
        ("Ana de la Cruz", "Luz de Souza", false),
        ("Marc Dupont", "Mary Smith", false), ("王伟", "李娜", false), ("Li", "Wu", false), ("Ann", "Bob", false),
    ])
    func twoNames(left: String, right: String, areOne: Bool) {
        let (before, after) = (NameWords([.text(Text(left))]), NameWords([.text(Text(right))]))
        #expect(before.mayBe(after) == areOne)
        #expect(after.mayBe(before) == areOne)
    }

    @Test func theWordsMayStandInAnyOfTheParts() {
        let split = NameWords([.text("Ada"), .text("Byron"), .null])
        #expect(split.mayBe(NameWords([.absent, .text("Byron"), .text("Ada")])))
        #expect(NameWords([.null, .text(""), .text(" - ")]).isEmpty)
    }

    @Test(
        arguments: [
            (["ada@x.org"], ["ADA@x.org "], false), (["ada@x.org"], ["bob@x.org"], true), (["ada@x.org"], [], false),
            ([], ["bob@x.org"], false), (["ada@x.org", "a@y.org"], ["a@y.org", "new@x.org"], false),
            (["ada@x.org", ""], ["", "bob@x.org"], true),
        ] as [([Value], [Value], Bool)]
    )
    func twoAddresses(before: [Value], after: [Value], areOther: Bool) {
        #expect(IdentityRule.areOtherAddresses(before, after) == areOther)
    }

    // MARK: The mapping's key

    private static func rule(_ lines: [String]) throws -> IdentityRule {
        let text =
            ([
                "mapping: hubspot/contact", "connection: ${hubspot}", "object: { local: contact, remote: contacts }",
                "match: [ [email] ]",
                "fields: [ { local: email, remote: email }, { local: first_name, remote: firstname },"
                    + " { local: last_name, remote: lastname }, { local: city, remote: city } ]",
            ] + lines).joined(separator: "\n") + "\n"
        let check = try MappingDiagnosticTests.check(text)
        return try #require(try check.get().first).identity
    }

    @Test func withoutAWordItIsTheEmailAndTheName() throws {
        #expect(try Self.rule([]) == IdentityRule(address: [0], name: [1, 2]))
        #expect(try Self.rule(["identity: off"]) == .off)
        #expect(
            try Self.rule(["identity: { address: [email], name: [city] }"]) == IdentityRule(address: [0], name: [3])
        )
    }

    @Test(arguments: [
        ("identity: on", "off"), ("identity: { address: [email] }", "name"),
        ("identity: { address: [email], name: [phone] }", "which is not mapped"),
        ("identity: { address: [email], name: [nickname] }", "no property"),
    ])
    func whatIsWrongIsSaid(line: String, part: String) {
        #expect { try Self.rule([line]) } throws: { "\($0)".contains(part) && "\($0)".contains("m.yaml:6:") }
    }
}
