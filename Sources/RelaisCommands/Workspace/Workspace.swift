import Connectors
import Foundation
import Mapping
import Records
import Store

/// A folder with a company's configuration, its mappings and its store.
struct Workspace: Sendable {
    /// The folder.
    let root: URL
    /// What `Config/relais.yaml` says.
    let configuration: WorkspaceConfiguration
    /// The objects of the store.
    let schema: Schema
    /// What is known of the laws of transforms, which hold for every connection alike.
    var laws = LawAnswers()

    /// Reads a workspace; throws a `DiagnosticList` with all that is wrong.
    static func load(_ path: String, environment: [String: String]) throws -> Workspace {
        let root = URL(filePath: path)
        let file = root.appending(path: "Config/relais.yaml")
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw CommandError(
                .data,
                "\(path) is no workspace: Config/relais.yaml is missing; make one with `relais init \(path)`"
            )
        }
        let reader = WorkspaceConfigurationReader(environment: environment, root: root)
        let configuration = try reader.read(Self.bytes(file), file: "Config/relais.yaml")
        let schemaFile = root.appending(path: "Config/schema.yaml")
        let schema = try SchemaFile.parse(Self.bytes(schemaFile), file: "Config/schema.yaml")
        return Workspace(root: root, configuration: configuration, schema: schema)
    }

    /// The connection of that name, or the only one.
    func connection(_ name: String?) throws -> ConnectionConfiguration {
        let names = self.configuration.connections.map(\.name)
        guard let name else {
            guard let only = self.configuration.connections.first, names.count == 1 else {
                throw CommandError(.usage, "name one of the connections: \(names.joined(separator: ", "))")
            }
            return only
        }
        guard let connection = self.configuration.connection(name) else {
            throw CommandError(
                .usage,
                "there is no connection \(name); Config/relais.yaml has \(names.joined(separator: ", "))"
            )
        }
        return connection
    }

    /// The manifest of a connector.
    func manifest(_ connection: ConnectionConfiguration) throws -> ConnectorManifest {
        let name = "Config/connectors/\(connection.connector).yaml"
        let file = self.root.appending(path: name)
        guard FileManager.default.fileExists(atPath: file.path) else {
            let found = self.files(in: "Config/connectors").map { $0.deletingPathExtension().lastPathComponent }
            let problem = Diagnostic(
                .error,
                at: connection.location,
                "there is no connector \(connection.connector)",
                mend: NearestName.mend(connection.connector, among: found)
            )
            throw DiagnosticList([problem])
        }
        return try ConnectorManifest.load(Self.bytes(file), file: name)
    }

    /// The mapping files of a connection, checked.
    func checkMappings(
        _ connection: ConnectionConfiguration,
        describe: @escaping @Sendable (String, String) -> RemoteObjectDescription? = { _, _ in nil }
    ) throws -> MappingCheck {
        var compiler = MappingCompiler(schema: self.schema)
        compiler.variables = [connection.connector: connection.name, "connection": connection.name]
        compiler.connection = connection.name
        compiler.laws = self.laws
        compiler.describe = describe
        compiler.currency = { [currency = connection.currency] _ in currency }
        compiler.readFile = { [root = self.root] path in try? Self.bytes(root.appending(path: path)) }
        let folder = "Mappings/\(connection.mappings)"
        let files = try self.files(in: folder).map { file in
            MappingFile(path: "\(folder)/\(file.lastPathComponent)", bytes: try Self.bytes(file))
        }
        return compiler.compile(files)
    }

    /// The mappings of a connection in the order in which they run: what others refer to comes first.
    func mappings(_ connection: ConnectionConfiguration) throws -> [CompiledMapping] {
        let mappings = try self.checkMappings(connection).get()
        guard !mappings.isEmpty else {
            let problem = Diagnostic(
                .error,
                at: connection.location,
                "the connection \(connection.name) has no mapping",
                mend: "put a file into Mappings/\(connection.mappings)"
            )
            throw DiagnosticList([problem])
        }
        return MappingOrder.sorted(mappings)
    }

    /// Opens the workspace's store.
    func openStore() throws -> Store {
        try Store(
            path: self.root.appending(path: self.configuration.store).path,
            options: StoreOptions(schema: self.schema)
        )
    }

    /// The YAML files of a folder, by name.
    func files(in folder: String) -> [URL] { Self.files(in: folder, of: self.root) }

    /// The YAML files of a folder of a workspace, by name.
    static func files(in folder: String, of root: URL) -> [URL] {
        let url = root.appending(path: folder)
        let found = try? FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
        return (found ?? []).filter { $0.pathExtension == "yaml" }.sorted {
            $0.lastPathComponent < $1.lastPathComponent
        }
    }

    /// The bytes of a file.
    static func bytes(_ file: URL) throws -> [UInt8] {
        do {
            return try [UInt8](Data(contentsOf: file))
        } catch {
            throw CommandError(.data, "\(file.path) cannot be read")
        }
    }
}

/// The order in which the mappings of one connection run.
enum MappingOrder {
    /// What others refer to comes first; otherwise by name.
    ///
    /// Cycles are broken by name.
    static func sorted(_ mappings: [CompiledMapping]) -> [CompiledMapping] {
        var waiting = mappings.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        var result: [CompiledMapping] = []
        while !waiting.isEmpty {
            let objects = Set(waiting.map(\.localObject))
            let next = waiting.firstIndex { mapping in
                self.references(of: mapping).isDisjoint(with: objects.subtracting([mapping.localObject]))
            }
            result.append(waiting.remove(at: next ?? 0))
        }
        return result
    }

    /// The local objects that a mapping's fields refer to.
    private static func references(of mapping: CompiledMapping) -> Set<String> {
        Set(
            mapping.fields.compactMap { field in
                guard case .reference(let object) = field.type else { return nil }
                return object
            }
        )
    }
}
