import Mapping
import Records
import Testing

/// What several files say together.
extension MappingDiagnosticTests {
    @Test func severalMappingsOfOneRemoteObjectNeedFilters() throws {
        let head = "connection: crm\nobject: { local: contact, remote: contacts }\nmatch: []\nfields: []\n"
        let compiler = MappingCompiler(schema: try ShippedFiles.schema())
        func file(_ path: String, _ text: String) -> MappingFile { MappingFile(path: path, bytes: Array(text.utf8)) }
        let check = compiler.compile([file("a.yaml", "mapping: a\n" + head), file("b.yaml", "mapping: b\n" + head)])
        #expect(
            check.diagnostics.map(\.description) == [
                "b.yaml:1:1: error: crm/contacts is also read by a, so a record would belong to both: "
                    + "give the one whose name comes first a filter: { pull: … }; the other takes the rest"
            ]
        )
        let twice = compiler.compile([file("a.yaml", "mapping: a\n" + head), file("b.yaml", "mapping: a\n" + head)])
        #expect(
            twice.diagnostics.map(\.description) == [
                "b.yaml:1:1: error: the mapping a is also in a.yaml: rename one of them"
            ]
        )
        #expect(throws: DiagnosticList.self) { try twice.get() }
    }

    /// What two mappings of one remote object say, each with its filter; the finding of the second, without its mend.
    @Test(arguments: [
        ("remote.kind == 'a'", "remote.kind == 'b'", nil), ("remote.kind == 'a'", "remote.kind != 'a'", nil),
        ("remote.kind == 'a'", nil, nil), ("remote.kind in ['a', 'b']", "remote.kind == 'c'", nil),
        ("remote.kind == 'a'", "remote.email != ''", "a record with email \"a\" and kind \"a\""),
        ("remote.kind == 'a'", "remote.kind == 'a'", "a record with kind \"a\""),
        ("remote.kind in ['a', 'b']", "remote.kind in ['b', 'c']", "a record with kind \"b\""),
    ])
    func overlappingPullFiltersAreWarnedOf(first: String, second: String?, found: String?) throws {
        let compiler = MappingCompiler(schema: try ShippedFiles.schema())
        let files = [("m2", second), ("m1", Optional(first))].map { name, filter in
            let line = filter.map { "filter: { pull: \"\($0)\" }\n" } ?? ""
            let text = """
                mapping: \(name)
                connection: crm
                object: { local: contact, remote: contacts }
                match: []
                \(line)fields:
                  - { local: email, remote: email }
                  - { local: source, remote: kind }

                """
            return MappingFile(path: "\(name).yaml", bytes: Array(text.utf8))
        }
        let check = compiler.compile(files)
        let expected = found.map { found in
            "m2.yaml:5:17: warning: \(found) passes the filter of m1, too, which gets it, as its name comes first: "
                + "let the filters exclude each other, or leave it so if that is meant"
        }
        #expect(check.diagnostics.map(\.description) == [expected].compactMap { $0 })
        #expect(check.mappings.map(\.earlierFilters.count) == [1, 0])
    }

    @Test func aBrokenFileDoesNotHideTheOthers() throws {
        let compiler = MappingCompiler(schema: try ShippedFiles.schema())
        let good = "mapping: a\nconnection: c\nobject: { local: contact, remote: contacts }\nmatch: []\nfields: []\n"
        let check = compiler.compile([
            MappingFile(path: "bad.yaml", bytes: Array("a: [".utf8)),
            MappingFile(path: "good.yaml", bytes: Array(good.utf8)),
        ])
        #expect(check.mappings.map(\.name) == ["a"])
        #expect(check.diagnostics.count == 1)
    }
}
