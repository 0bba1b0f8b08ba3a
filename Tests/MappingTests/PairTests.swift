import Mapping
import Records
import Testing

/// A stage means something only in its pipeline.
@Suite struct PairTests {
    private static let remote = RemoteObjectDescription(properties: [
        .init(name: "pipeline", type: "enumeration", options: ["sales", "renewals"]),
        .init(
            name: "step",
            type: "enumeration",
            options: ["new", "won", "to_renew", "renewed"],
            within: ("pipeline", ["sales": ["new", "won"], "renewals": ["to_renew", "renewed"]])
        ),
    ])

    private func found(_ fields: String...) throws -> [String] {
        let compiler = MappingCompiler(schema: try ShippedFiles.schema()) { _, _ in Self.remote }
        let lines = fields.map { "  - \($0)\n" }.joined()
        let text = "mapping: a\nconnection: crm\nobject: { local: deal, remote: deals }\nmatch: []\nfields:\n\(lines)"
        return compiler.compile([MappingFile(path: "a.yaml", bytes: Array(text.utf8))]).diagnostics.map(\.description)
    }

    private static let stages = "{ local: stage, remote: step, via: [ { enum: { qualified: new, won: renewed } } ] }"

    @Test(arguments: [
        (
            "{ constant: sales, remote: pipeline }",
            "a.yaml:7:73: error: the CRM has no step \"renewed\" where pipeline is \"sales\": write one of new, won"
        ),
        (
            "{ local: pipeline, remote: pipeline, via: [ { enum: { ours: renewals } } ] }",
            "a.yaml:7:63: error: the CRM has no step \"new\" where pipeline is \"renewals\": write one of renewed, to_renew"
        ),
    ])
    func aStageOfNoPipelineThatIsWrittenIsRefused(pipeline: String, expected: String) throws {
        let found = try self.found(pipeline, Self.stages)
        #expect(found == [expected])
    }

    @Test func aStageOfOneOfThePipelinesPasses() throws {
        let both = "{ local: pipeline, remote: pipeline, via: [ { enum: { a: sales, b: renewals } } ] }"
        #expect(try self.found(both, Self.stages) == [])
        // What is typed freely may be any pipeline.
        #expect(try self.found("{ local: pipeline, remote: pipeline }", Self.stages) == [])
        // Without a pipeline, or where nothing is written, there is nothing to compare.
        #expect(try self.found(Self.stages) == [])
        let pulled = Self.stages.replacing("remote: step,", with: "remote: step, direction: pull,")
        #expect(try self.found("{ constant: sales, remote: pipeline }", pulled) == [])
    }
}
