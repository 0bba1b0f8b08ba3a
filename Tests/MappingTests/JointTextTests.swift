import Mapping
import Records
import Testing

/// Several fields that hold a part each of one remote text.
@Suite struct JointTextTests {
    private static func check(_ fields: String..., more: String = "match: []") throws -> MappingCheck {
        let head = "mapping: a\nconnection: crm\nobject: { local: contact, remote: contacts }\n\(more)\nfields:\n"
        let text = head + fields.map { "- " + $0 + "\n" }.joined()
        return MappingCompiler(schema: try ShippedFiles.schema())
            .compile([MappingFile(path: "m.yaml", bytes: Array(text.utf8))])
    }

    private static func names(_ extra: String = "", before: String = "") throws -> CompiledMapping {
        let check = try Self.check(
            "{ local: first_name, remote: name, via: [ \(before){ split: { by: \" \", part: 1\(extra) } } ] }",
            "{ local: last_name, remote: name, via: [ \(before){ split: { by: \" \", part: 2\(extra) } } ] }"
        )
        #expect(check.diagnostics.map(\.description) == [])
        return try #require(check.mappings.first)
    }

    @Test func eachFieldHoldsItsPart() throws {
        let mapping = try Self.names()
        #expect(mapping.remoteProperties == ["name"])
        #expect(mapping.joints.map(\.members) == [[0, 1]])
        let joint = try #require(mapping.joints.first)
        #expect(joint.parts(of: "Ada Lovelace") == ["Ada", "Lovelace"])
        #expect(joint.whole(["Ada", "Byron"]) == "Ada Byron")
        #expect(mapping.remoteValue(1, in: ["Ada Lovelace"]) == "Lovelace")
        #expect(mapping.fields.map(\.lens.lensClass) == [.partial, .partial])
    }

    @Test func blanksAreBlankOnBothSides() throws {
        let joint = try #require(try Self.names().joints.first)
        #expect(joint.parts(of: .null) == [.null, .null])
        #expect(joint.parts(of: .absent) == [.absent, .absent])
        #expect(joint.whole([.null, .absent]) == .null)
        #expect(joint.whole(["Ada", .null]) == nil)
        #expect(joint.whole(["Ada Maria", "Lovelace"]) == nil)
    }

    @Test(arguments: ["Ada", "Ada Maria Lovelace", " Ada", "Ada "])
    func whatIsOutsideTheDomainIsNobodysPart(text: String) throws {
        let mapping = try Self.names()
        let joint = try #require(mapping.joints.first)
        let parts = joint.parts(of: .text(Text(text)))
        #expect(parts == [.set([Text(text)]), .set([Text(text)])])
        #expect(joint.whole(parts) == .text(Text(text)))
        #expect(joint.whole(["Grace", parts[1]]) == nil)
        for (part, field) in zip(parts, mapping.fields) {
            let read = field.lens.toLocal(part, previous: "Grace", in: EmptyLensContext())
            let written = field.lens.toRemote("Grace", previous: part, in: EmptyLensContext())
            for case .value(let value) in [read, written] { Issue.record("\(value)") }
        }
    }

    @Test func aTextOfOnePartIsThatPartAlone() throws {
        let joint = try #require(try Self.names(", alone: 2").joints.first)
        #expect(joint.parts(of: "Lovelace") == [.null, "Lovelace"])
        #expect(joint.whole([.null, "Lovelace"]) == "Lovelace")
        #expect(joint.whole(["Ada", .null]) == nil)
        #expect(joint.parts(of: "Ada Lovelace") == ["Ada", "Lovelace"])
    }

    @Test func transformsBeforeTheSplitConcernTheWhole() throws {
        let joint = try #require(try Self.names(before: "trim, ").joints.first)
        #expect(joint.parts(of: " Ada Lovelace ") == ["Ada", "Lovelace"])
        #expect(joint.whole(["Ada", "Byron"]) == "Ada Byron")
    }

    @Test(arguments: ["", ", alone: 2"]) func theLawsHoldOnTheStatedDomain(extra: String) throws {
        let lens = SplitLens(by: " ", part: 1, of: 2, alone: extra.isEmpty ? nil : 1)
        for seed in 1...20 as ClosedRange<UInt64> {
            #expect(LensLaws.check(LensChain([lens]), samples: 500, seed: seed) == nil)
        }
        // `check` tries them on the whole with its parts as well; a thousand texts.
        var compiler = MappingCompiler(schema: try ShippedFiles.schema())
        compiler.lawSamples = 1_000
        let text = """
            mapping: a
            connection: crm
            object: { local: contact, remote: contacts }
            match: []
            fields:
            - { local: street, remote: place, via: [ trim, { split: { by: ", ", part: 1, of: 3 } } ] }
            - { local: postal_code, remote: place, via: [ trim, { split: { by: ", ", part: 2, of: 3 } } ] }
            - { local: city, remote: place, via: [ trim, { split: { by: ", ", part: 3, of: 3 } }, uppercase ] }

            """
        let check = compiler.compile([MappingFile(path: "m.yaml", bytes: Array(text.utf8))])
        #expect(check.diagnostics.map(\.description) == [])
    }

    @Test func aPartThatDoesNotComeBackBreaksALawOfTheWhole() throws {
        let lossy = "{ custom: { toLocal: value, toRemote: \"value + '!'\" } }"
        let check = try Self.check(
            "{ local: first_name, remote: name, via: [ { split: { by: \" \", part: 1 } }, \(lossy) ] }",
            "{ local: last_name, remote: name, via: [ { split: { by: \" \", part: 2 } } ] }"
        )
        #expect(check.diagnostics.contains { $0.message.contains("does not survive the round trip") })
    }

    @Test func anExampleWritesTheWhole() throws {
        let fields = [
            "{ local: first_name, remote: name, via: [ { split: { by: \" \", part: 1 } } ] }",
            "{ local: last_name, remote: name, via: [ { split: { by: \" \", part: 2 } } ] }",
        ]
        func check(_ remote: String) throws -> [String] {
            let examples =
                "examples:\n- { direction: push, local: { first_name: Ada, last_name: Byron }, remote: { name: \(remote) } }\n"
                + "- { remote: { name: Grace Hopper }, local: { first_name: Grace, last_name: Hopper } }"
            return try Self.check(fields[0], fields[1], more: "match: []\n" + examples).diagnostics.map(\.message)
        }
        #expect(try check("Ada Byron") == [])
        #expect(try check("Ada") == ["the example gives name: Ada Byron, not Ada"])
    }

    @Test func theWholeIsWhatExpressionsSee() throws {
        let mapping = try Self.names()
        #expect(mapping.remoteRecord(fields: ["Ada", "Lovelace"]) == ["Ada Lovelace"])
        #expect(mapping.remoteRecord(fields: [.set(["Ada"]), .set(["Ada"])]) == ["Ada"])
        var results: [LensResult] = []
        MappingApplier(mapping).apply(["Ada Lovelace"], in: EmptyLensContext(), into: &results)
        #expect(results == [.value("Ada"), .value("Lovelace")])
    }

    @Test func aSharedTextLosesTheShadowOfTheWhole() throws {
        let shared = try Self.names()
        let single = try #require(
            try Self.check("{ local: last_name, remote: name, via: [ { split: { by: \" \", part: 2 } } ] }").mappings
                .first
        )
        #expect(single.fields[0].fingerprint != shared.fields[1].fingerprint)
    }
}
