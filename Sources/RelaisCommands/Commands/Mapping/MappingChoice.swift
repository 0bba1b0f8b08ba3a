import Authoring
import Mapping
import Records
import Store

/// The mappings that a command line names: a file, a connection, or a connection and an object.
struct MappingChoice {
    /// One mapping and its connection.
    struct Entry {
        let connection: ConnectionConfiguration
        let mapping: CompiledMapping
    }

    let entries: [Entry]

    /// Without a subject, all mappings of all connections; throws what is wrong with the files.
    init(_ subject: String?, _ object: String?, in workspace: Workspace) throws {
        let connections = workspace.configuration.connections
        if let subject, subject.hasSuffix(".yaml") || subject.hasSuffix(".yml") {
            self.entries = try connections.flatMap { connection in
                try workspace.mappings(connection).filter { Self.isSame($0.file, subject) }
                    .map { Entry(connection: connection, mapping: $0) }
            }
            guard self.entries.isEmpty else { return }
            throw CommandError(
                .usage,
                "no connection has the mapping \(Printable.line(subject)); give its path in Mappings"
            )
        }
        let chosen = try subject.map { [try workspace.connection($0)] } ?? connections
        let all = try chosen.flatMap { connection in
            try workspace.mappings(connection).map { Entry(connection: connection, mapping: $0) }
        }
        guard let object else {
            self.entries = all
            return
        }
        self.entries = all.filter { Self.names($0.mapping, object) }
        guard self.entries.isEmpty else { return }
        let known = all.map(\.mapping.localObject)
        throw CommandError(
            .usage,
            "no mapping is about \(Printable.line(object)): \(NearestName.mend(object, among: known))"
        )
    }

    /// Whether a path means a file: the path from the workspace, from elsewhere, or its last parts.
    private static func isSame(_ file: String, _ path: String) -> Bool {
        let (known, given) = (file.split(separator: "/"), path.split(separator: "/").filter { $0 != "." })
        let count = min(known.count, given.count)
        return count > 0 && known.suffix(count) == given.suffix(count)
    }

    private static func names(_ mapping: CompiledMapping, _ object: String) -> Bool {
        mapping.localObject.hasSameBytes(as: object) || mapping.remoteObject.hasSameBytes(as: object)
            || ObjectNames.areSame(mapping.localObject, object)
    }
}
