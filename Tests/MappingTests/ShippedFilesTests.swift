import Foundation
import Mapping
import Records
import Testing

/// The schema and the mappings that come with the project, from the repository root.
enum ShippedFiles {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let mappings = ["hubspot", "tryton"].flatMap { product in
        ["contact", "company", "deal"].map { "Mappings/\(product)/\($0).yaml" }
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: self.root.appending(path: path)))
    }

    static func schema() throws -> Schema {
        try SchemaFile.parse(try self.bytes("Config/schema.yaml"), file: "Config/schema.yaml")
    }

    static func compiler() throws -> MappingCompiler {
        MappingCompiler(schema: try self.schema(), variables: ["hubspot": "hubspot-eu", "tryton": "erp"])
    }

    static func compiled(_ path: String) throws -> CompiledMapping {
        let file = MappingFile(path: path, bytes: try self.bytes(path))
        return try #require(try self.compiler().compile([file]).get().first)
    }
}

@Suite struct ShippedFilesTests {
    @Test func compileTogetherWithoutAFinding() throws {
        var compiler = try ShippedFiles.compiler()
        compiler.lawSamples = 1_000
        let files = try ShippedFiles.mappings.map { MappingFile(path: $0, bytes: try ShippedFiles.bytes($0)) }
        let check = compiler.compile(files)
        #expect(check.diagnostics.map(\.description) == [])
        #expect(
            check.mappings.map(\.name) == [
                "hubspot/contact", "hubspot/company", "hubspot/deal", "tryton/contact", "tryton/company", "tryton/deal",
            ]
        )
        #expect(check.mappings.allSatisfy { ["hubspot-eu", "erp"].contains($0.connection) })
    }

    @Test func aFieldIsTriedOnAThousandValuesUnlessToldOtherwise() throws {
        // A pair is a value of each side.
        #expect(try ShippedFiles.compiler().lawSamples * 2 == 1_000)
    }

    @Test func theContactMappingSaysWhatTheDesignAsks() throws {
        let mapping = try ShippedFiles.compiled("Mappings/hubspot/contact.yaml")
        let stage = try #require(mapping.fields.first { $0.local == "lifecycle_stage" })
        #expect(stage.onConflict == .furthest)
        #expect(stage.initial == .preferRemote)
        let owner = try #require(mapping.fields.first { $0.local == "owner" })
        #expect(owner.onCreateDefault == .ignore)
        let company = try #require(mapping.fields.last)
        #expect(company.kind == .association(remoteObject: "companies", label: "primary"))
        #expect(
            mapping.match.map { $0.map { mapping.fields[$0].name } } == [
                ["email"], ["phone", "first_name", "last_name"],
            ]
        )
        #expect(
            mapping.groups.map { $0.map { mapping.fields[$0].name } } == [
                ["street", "city", "postal_code", "region", "country"]
            ]
        )
        #expect(mapping.fields.first { $0.local == "city" }?.onConflict == .newest)
        #expect(mapping.remoteProperties.count == 14)
    }
}
