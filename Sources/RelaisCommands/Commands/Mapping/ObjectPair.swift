import Authoring
import Connectors
import Mapping
import Records

/// An object of the CRM and the one of ours that it is.
struct ObjectPair {
    let remote: String
    let local: ObjectSchema
    let manifest: ConnectorManifest

    /// What a name on the command line means, ours or the CRM's; `local` says which of ours it is.
    init(_ name: String, local: String?, _ connection: ConnectionConfiguration, in workspace: Workspace) throws {
        let manifest = try workspace.manifest(connection)
        self.manifest = manifest
        let (theirs, ours) = (manifest.objectNames, workspace.schema.objects)
        guard
            let remote = theirs.first(where: { $0.hasSameBytes(as: name) })
                ?? theirs.first(where: { ObjectNames.areSame($0, name) })
        else {
            let mend = NearestName.mend(name, among: theirs)
            throw CommandError(.usage, "\(manifest.label) has no object \(Printable.line(name)): \(mend)")
        }
        self.remote = remote
        if let local {
            guard let object = workspace.schema.object(local) else {
                let mend = NearestName.mend(local, among: ours.map(\.name))
                throw CommandError(.usage, "Config/schema.yaml has no object \(Printable.line(local)): \(mend)")
            }
            self.local = object
            return
        }
        guard
            let object = workspace.schema.object(name) ?? ours.first(where: { ObjectNames.areSame($0.name, remote) })
        else {
            throw CommandError(
                .usage,
                "no object of Config/schema.yaml is called like \(remote); name it: --local \(ours.first?.name ?? "contact")"
            )
        }
        self.local = object
    }
}
