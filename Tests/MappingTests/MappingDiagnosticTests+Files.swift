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
                    + "give both a filter: { pull: … } that no record passes twice"
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
