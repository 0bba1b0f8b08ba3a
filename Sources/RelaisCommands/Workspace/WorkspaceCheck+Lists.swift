import Connectors
import Mapping
import Records

/// Associations, lists, campaigns and activities that a product's manifest does not describe.
extension WorkspaceCheck {
    mutating func checkAbilities(of mapping: CompiledMapping, _ connection: ConnectionConfiguration) {
        guard let manifest = self.manifests[connection.connector] else { return }
        let object = mapping.remoteObject
        // A misspelt object is told already.
        if manifest.objectNames.contains(where: { $0.hasSameBytes(as: object) }) {
            for field in mapping.fields { self.checkTie(of: field, from: object, manifest) }
        }
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

    /// Whether the product can tie two records as an association says.
    private mutating func checkTie(of field: MappingField, from object: String, _ manifest: ConnectorManifest) {
        guard case .association(let other, let label) = field.kind else { return }
        let ties = manifest.ties(from: object)
        let labels = ties.filter { $0.remoteObject.hasSameBytes(as: other) }.map(\.label)
        guard !labels.contains(where: { ($0 ?? "").hasSameBytes(as: label ?? "") }) else { return }
        let (message, mend): (String, String)
        if labels.isEmpty {
            message = "\(manifest.label) has no association from \(object) to \(other)"
            mend = ties.isEmpty ? "remove it" : NearestName.mend(other, among: Set(ties.map(\.remoteObject)))
        } else {
            message =
                "\(manifest.label) has no association from \(object) to \(other) "
                + (label.map { "with the label \"\($0)\"" } ?? "without a label")
            mend = NearestName.mend(label ?? "", among: labels.compactMap { $0 }, verb: "give it the label")
        }
        self.add([Diagnostic(.error, at: field.location, message, mend: mend)])
    }
}
