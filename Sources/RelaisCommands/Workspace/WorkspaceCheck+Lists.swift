import Connectors
import Mapping
import Records

/// Lists, campaigns and activities that a product's manifest does not describe.
extension WorkspaceCheck {
    mutating func checkAbilities(of mapping: CompiledMapping, _ connection: ConnectionConfiguration) {
        guard let manifest = self.manifests[connection.connector] else { return }
        let object = mapping.remoteObject
        for membership in mapping.memberships {
            let isKnown = manifest.listTraits.contains {
                $0.kind.rawValue == membership.kind.rawValue && $0.object.hasSameBytes(as: object)
            }
            guard !isKnown else { continue }
            self.add([
                Diagnostic(
                    .error,
                    at: membership.location,
                    "\(manifest.label) has no \(membership.kind.rawValue) that \(object) can be put on",
                    mend: "write remote: with a property of \(object) that says who is in"
                )
            ])
        }
        for rule in mapping.activities {
            let about = manifest.activityTraits.filter { $0.about.contains { $0.hasSameBytes(as: object) } }
            guard !about.contains(where: { $0.kind.hasSameBytes(as: rule.kind) }) else { continue }
            self.add([
                Diagnostic(
                    .error,
                    at: rule.location,
                    "\(manifest.label) takes no \(rule.kind) about \(object)",
                    mend: about.isEmpty ? "remove it" : NearestName.mend(rule.kind, among: about.map(\.kind))
                )
            ])
        }
    }
}
