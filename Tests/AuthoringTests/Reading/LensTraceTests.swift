import Authoring
import Mapping
import Records
import Testing

/// The way of a value, step by step.
@Suite struct LensTraceTests {
    private static func fields() throws -> [MappingField] {
        let schema = try SchemaFile.parse(Repository.bytes("Config/schema.yaml"), file: "schema.yaml")
        let compiler = MappingCompiler(schema: schema, variables: ["hubspot": "hubspot", "tryton": "tryton"])
        let files = try ["hubspot/contact", "hubspot/company", "hubspot/deal", "tryton/contact", "tryton/deal"].map {
            MappingFile(path: "\($0).yaml", bytes: try Repository.bytes("Mappings/\($0).yaml"))
        }
        return try compiler.compile(files).get().flatMap(\.fields)
    }

    @Test func aTraceEndsWhereTheFieldItselfDoes() throws {
        var source = SampleSource(seed: 11)
        let context = EmptyLensContext()
        for field in try Self.fields() where field.kind == .property {
            let lenses = ((field.lens as? LensChain)?.lenses ?? []).compactMap { $0 as? any CheckedLens }
            guard let first = lenses.first, let last = lenses.last else { continue }
            for _ in 0..<200 {
                let (remote, local) = (first.sampleRemote(&source), last.sampleLocal(&source))
                for previous in [local, .absent, .null] {
                    let trace = LensTrace(toLocal: remote, previous: previous, through: field.lens, in: context)
                    #expect(trace.output == field.lens.toLocal(remote, previous: previous, in: context))
                }
                for previous in [remote, .absent, .null] {
                    let trace = LensTrace(toRemote: local, previous: previous, through: field.lens, in: context)
                    #expect(trace.output == field.lens.toRemote(local, previous: previous, in: context))
                }
            }
        }
    }

    @Test func everyStepIsNamedWithWhatItMakes() throws {
        let chain = LensChain([NormalLens(.trim), NormalLens(.lowercase)])
        let trace = LensTrace(toLocal: " ADA ", previous: .absent, through: chain, in: EmptyLensContext())
        #expect(trace.steps.map(\.name) == ["trim", "lowercase"])
        #expect(trace.steps.map(\.result) == [.value("ADA"), .value("ada")])
    }

    @Test func whatHasNoCounterpartEndsTheTrace() throws {
        let chain = LensChain([EnumLens([("web", "online")]), NormalLens(.trim)])
        let trace = LensTrace(toLocal: "fax", previous: .absent, through: chain, in: EmptyLensContext())
        #expect(trace.steps.count == 1)
        #expect(trace.output == .unmapped("a value without a row in the table"))
    }
}
