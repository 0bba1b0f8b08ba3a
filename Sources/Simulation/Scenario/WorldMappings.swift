package import Connectors
package import Mapping
package import Records

/// The mappings of the simulated world, compiled once, and given other policies for each seed.
package enum WorldMappings {
    /// What can go wrong with the simulation's own configuration.
    package struct Problem: Error, CustomStringConvertible {
        /// What it is.
        package let description: String
    }

    /// The schema.
    package static let schema: Result<Schema, Problem> = Self.attempt {
        try SchemaFile.parse(Array(WorldSchema.yaml.utf8), file: "schema.yaml")
    }

    /// The connector.
    package static let manifest: Result<ConnectorManifest, Problem> = Self.attempt {
        try ConnectorManifest.load(PackageResources.hubspot_yaml, file: "hubspot.yaml")
    }

    /// The deals' stages in the first account that its mapping leaves out, in worlds with filters.
    static let stagesLeftOut = ["closedlost", "contractsent"]

    private static let compiled = Self.compiled(Self.alpha)

    /// The same where the first account's deals have a filter.
    private static let filtered = Self.compiled(
        Self.alpha.map { text in
            let condition = Self.stagesLeftOut.map { "remote.dealstage != '\($0)'" }.joined(separator: " && ")
            let isDeal = text.hasPrefix("mapping: alpha/deal")
            return isDeal ? text.replacing("match: []", with: "match: []\nfilter: { pull: \"\(condition)\" }") : text
        }
    )

    private static func compiled(_ alpha: [String]) -> Result<[Home: [CompiledMapping]], Problem> {
        Self.attempt {
            var compiler = MappingCompiler(schema: try Self.schema.get())
            compiler.lawSamples = 0
            func mappings(_ texts: [String], _ home: Home) throws -> [CompiledMapping] {
                let files = texts.enumerated().map { MappingFile(path: "\(home)-\($0).yaml", bytes: Array($1.utf8)) }
                return try compiler.compile(files).get()
            }
            return [.alpha: try mappings(alpha, .alpha), .beta: try mappings(Self.beta, .beta)]
        }
    }

    /// A connection's mappings with a seed's policies.
    package static func mappings(_ home: Home, policies: PolicyChoice) throws -> [CompiledMapping] {
        try (policies.hasFilters ? Self.filtered : Self.compiled).get()[home, default: []]
            .map { policies.applied(to: $0, home: home) }
    }

    private static func attempt<Value>(_ body: () throws -> Value) -> Result<Value, Problem> {
        do {
            return .success(try body())
        } catch {
            return .failure(Problem(description: String(describing: error)))
        }
    }
}
