import Connectors
import Mapping
import Records

/// Properties that mean something only together, such as a deal's stage and its pipeline.
extension WorkspaceCheck {
    /// Tells of pairs that a mapping would let move one by one.
    mutating func checkPairs(of mapping: CompiledMapping, _ connection: ConnectionConfiguration) {
        guard let manifest = self.manifests[connection.connector] else { return }
        func writer(of remote: String) -> Int? {
            mapping.fields.firstIndex { field in
                // A constant never moves, so that it cannot move without the other.
                field.kind == .property && field.direction != .pull && field.remote?.hasSameBytes(as: remote) ?? false
            }
        }
        for pair in manifest.pairs(of: mapping.remoteObject) {
            guard let one = writer(of: pair.property), let other = writer(of: pair.within),
                !mapping.groups.contains(where: { $0.contains(one) && $0.contains(other) })
            else { continue }
            let (field, deciding) = (mapping.fields[one], mapping.fields[other])
            self.add([
                Diagnostic(
                    .warning,
                    at: field.location,
                    "\(manifest.label) takes a \(pair.property) only in its \(pair.within), but \(field.name) and "
                        + "\(deciding.name) move one by one",
                    mend: "add groups: [ { fields: [\(deciding.name), \(field.name)] } ]"
                )
            ])
        }
    }
}
