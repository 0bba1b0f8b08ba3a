package import Mapping
import Records

extension RemoteTraits {
    /// The objects that carry our ids where these mappings run, each once: their own, and those of their activities.
    package func keyedObjects(of mappings: [CompiledMapping]) -> [String] {
        let kinds = mappings.flatMap { $0.activities.map(\.kind) }
        let written = self.activities.filter { traits in kinds.contains { $0.hasSameBytes(as: traits.kind) } }
        var objects: [String] = []
        for object in mappings.map(\.remoteObject) + written.map(\.object)
        where !objects.contains(where: { $0.hasSameBytes(as: object) }) {
            objects.append(object)
        }
        return objects
    }
}
