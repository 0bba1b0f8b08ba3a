import Foundation
import Mapping
import Records
import Testing

@testable import Authoring

/// The canonical form of mapping files.
@Suite struct MappingLayoutTests {
    private static func format(_ text: String) throws -> String {
        String(decoding: try MappingLayout.format(Array(text.utf8), file: "a.yaml"), as: UTF8.self)
    }

    private static func tree(_ text: String) throws -> YAMLNode { try YAMLDocument.parse(text: text, file: "a.yaml") }

    /// Pain 28: a form for mappings forgot what had been typed; what a tool writes here loses neither a rule nor a remark.
    @Test(arguments: 0..<60)
    func pain28TheToolThatWroteTheMappingLostWorkInIt(seed: Int) throws {
        var random = RandomYAML(seed: UInt64(seed))
        for _ in 0..<10 {
            let text = random.file()
            let tree: YAMLNode
            do { tree = try Self.tree(text) } catch { continue }
            let once = try Self.format(text)
            // Rows of tables and keys alike, whatever their order.
            #expect(Fingerprint.of(try Self.tree(once)) == Fingerprint.of(tree), "\(text)\n=>\n\(once)")
            #expect(try Self.format(once) == once, "\(text)\n=>\n\(once)")
            let comments = LayoutReader(text, root: tree).comments
            #expect(
                LayoutReader(once, root: try Self.tree(once)).comments.sorted() == comments.sorted(),
                "\(text)\n=>\n\(once)"
            )
        }
    }

    @Test func nearlyEverythingRandomIsYAML() {
        var random = RandomYAML(seed: 1)
        let good = (0..<500).count { _ in (try? Self.tree(random.file())) != nil }
        #expect(good > 350, "\(good)")
    }

    static let files = ["hubspot", "tryton"].flatMap { product in
        ["contact", "company", "deal"].map { "Mappings/\(product)/\($0).yaml" }
    }

    @Test(arguments: files + ["Mappings/hubspot/task.yaml"])
    func theShippedFilesAreCanonical(file: String) throws {
        let text = String(decoding: try Repository.bytes(file), as: UTF8.self)
        #expect(try Self.format(text) == text)
    }

    @Test(arguments: [
        "Config/schema.yaml", "Config/scoring.yaml", "Config/handoff.yaml", "Config/segments.yaml",
        "Config/connectors/hubspot.yaml", "Config/connectors/tryton.yaml", "Config/workflows/nurturing.yaml",
    ])
    func otherFilesKeepTheirMeaningToo(file: String) throws {
        let text = String(decoding: try Repository.bytes(file), as: UTF8.self)
        let once = try Self.format(text)
        #expect(Fingerprint.of(try Self.tree(once)) == Fingerprint.of(try Self.tree(text)))
        #expect(try Self.format(once) == once)
    }

    @Test(arguments: SuggesterTests.tables)
    func whatIsProposedIsCanonical(name: String, object: String, percent: Int) throws {
        let suggester = try PropertyTable(name).suggester(for: object)
        let draft = MappingDraft(
            name: "crm/\(object)",
            connection: "${crm}",
            connectionName: "crm",
            object: suggester.object,
            remoteObject: "things",
            remote: suggester.remote,
            fields: suggester.suggestions()
        )
        #expect(try Self.format(draft.text) == draft.text)
    }

    /// A text, and what becomes of it.
    static let cases = [
        (
            """
            # Head.
            object: {remote: contacts,local: contact}
            connection:   ${hubspot}   # which
            mapping: "hubspot/contact"
            fields:
              - { remote: email,   local: 'email', via: [ trim,lowercase ] }   # known by it
              # the first
              -   remote: "firstname"
                  # ours
                  local: first_name
            match: [ [ email ] ]

            """,
            """
            # Head.
            mapping: hubspot/contact
            connection: ${hubspot} # which
            object: { local: contact, remote: contacts }
            match: [[email]]

            fields:
              - { local: email, remote: email, via: [trim, lowercase] } # known by it
              # the first
              # ours
              - local: first_name
                remote: firstname

            """
        ),
        (
            "fields: [ { local: a, remote: b }, # one\n  { local: c, remote: d } ] # two\n",
            "fields: # two\n  - { local: a, remote: b } # one\n  - { local: c, remote: d }\n"
        ),
        (
            "a: \"null\"\nb: 'true'\nc: \"12\"\nd: 'x y'\ne: \"a: b\"\nf: 'say \"hi\"'\n",
            "a: \"null\"\nb: \"true\"\nc: \"12\"\nd: x y\ne: \"a: b\"\nf: 'say \"hi\"'\n"
        ),
        (
            "value: >-\n      a\n      b\n\n\n# end\nmapping: x\n",
            "# end\nmapping: x\nvalue: >-\n  a\n  b\n"
        ),
        ("a: 1\r\nb: 2\r\n", "a: 1\nb: 2\n"),
    ]

    @Test(arguments: cases)
    func keysSpacesAndQuotesAreCanonical(text: String, wanted: String) throws {
        #expect(try Self.format(text) == wanted)
    }

    @Test func whatDoesNotFitOnALineLeavesItsBrackets() throws {
        let rows = (0..<20).map { "option_\($0): REMOTE_\($0)" }.joined(separator: ", ")
        let once = try Self.format("fields: [{ local: stage, remote: dealstage, via: [{ enum: { \(rows) } }] }]\n")
        #expect(
            once.contains("\n    via:\n      - enum:\n          option_0: REMOTE_0\n          option_1: REMOTE_1\n"),
            "\(once)"
        )
        #expect(try Self.format(once) == once)
    }

    @Test func everyKeyHasItsPlace() {
        #expect(Set(MappingLayout.fileKeys) == Set(MappingLanguage.fileKeys))
        let keys = MappingLanguage.fieldKeys + MappingLanguage.associationKeys + MappingLanguage.activityKeys
        #expect(Set(keys).subtracting(MappingLayout.fieldKeys) == [])
    }

    @Test(arguments: ["a: [", "a: 1\n---\nb: 2\n", "a: &x 1\nb: *x\n", "a: b\u{2028}c\n", "a: b\rc: d\n"])
    func whatCannotBeReadIsAFindingWithItsPlace(text: String) {
        #expect(throws: DiagnosticList.self) { try Self.format(text) }
    }
}
