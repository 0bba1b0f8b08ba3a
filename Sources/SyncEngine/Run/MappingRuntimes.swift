import Connectors
import Mapping
import Records
import Synchronization

/// The mappings of a context, each made ready once for all its runs.
final class MappingRuntimes: Sendable {
    private let known = Mutex<[ObjectIdentifier: MappingRuntime]>([:])

    /// The runtime of a mapping, which the context keeps alive; throws what making it throws.
    func runtime(of mapping: CompiledMapping, traits: RemoteTraits, schema: Schema) throws -> MappingRuntime {
        if let known = self.known.withLock({ $0[ObjectIdentifier(mapping)] }) { return known }
        let made = try MappingRuntime(mapping, traits: traits, schema: schema)
        self.known.withLock { $0[ObjectIdentifier(mapping)] = made }
        return made
    }
}
