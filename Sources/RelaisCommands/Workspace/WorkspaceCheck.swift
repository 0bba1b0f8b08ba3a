import Connectors
import Foundation
import Mapping
import Planning
import Records

/// Reads everything under `Config` and `Mappings` in one pass and gathers what is wrong with it.
struct WorkspaceCheck {
    /// A part of the check that needs a readable schema.
    typealias Part = @Sendable (inout WorkspaceCheck, Workspace) async -> Void

    /// What the CRM of a connection says about a remote object; nil where nothing is known.
    typealias Description = @Sendable (_ connection: String, _ object: String) -> RemoteObjectDescription?

    /// What is checked beside the configuration, the schema and the connectors, in this order.
    static let parts: [Part] = [
        { check, workspace in check.checkMappings(workspace) },
        { check, workspace in await check.checkAutomation(workspace) },
    ]

    /// The workspace's folder.
    let root: URL
    /// The environment, for `${env:NAME}`.
    let environment: [String: String]
    /// What is known of remote objects.
    var describe: Description = { _, _ in nil }
    /// What is known of the laws of transforms; a second check tries none again.
    var laws = LawAnswers()
    /// The files that were read, by their path from the workspace.
    private(set) var files: Set<String> = []
    private var found: [Diagnostic] = []
    private(set) var manifests: [String: ConnectorManifest] = [:]

    init(root: URL, environment: [String: String]) {
        self.root = root
        self.environment = environment
    }

    /// What was found, sorted by place, each thing once.
    var findings: [Diagnostic] {
        var seen: Set<Diagnostic> = []
        return DiagnosticList(self.found.filter { seen.insert($0).inserted }).diagnostics
    }

    /// Checks everything; throws a `CommandError` if the folder is no workspace at all.
    mutating func run() async throws {
        let hasConfiguration = self.exists("Config/relais.yaml")
        guard hasConfiguration || self.exists("Config/schema.yaml") else {
            throw CommandError(
                .data,
                "\(self.root.relativePath) is no workspace: it has neither Config/relais.yaml nor Config/schema.yaml; "
                    + "make one with `relais init`"
            )
        }
        let reader = WorkspaceConfigurationReader(environment: self.environment, root: self.root)
        var configuration = WorkspaceConfiguration()
        var isReadable = true
        if hasConfiguration {
            let file = "Config/relais.yaml"
            let read = self.read(file) { try reader.read($0, file: file) }
            isReadable = read != nil
            configuration = read ?? configuration
        }
        let schema = self.read("Config/schema.yaml") { try SchemaFile.parse($0, file: "Config/schema.yaml") }
        self.checkManifests()
        for connection in configuration.connections { self.check(connection) }
        guard let schema else { return }
        let workspace = Workspace(root: self.root, configuration: configuration, schema: schema, laws: self.laws)
        for part in Self.parts { await part(&self, workspace) }
        // With broken connections nobody knows which folders are read.
        if isReadable { self.checkUnread() }
    }

    /// Reads and parses a file, keeping what is wrong with it; nil if it cannot be used.
    mutating func read<Content>(_ file: String, _ parse: ([UInt8]) throws -> Content) -> Content? {
        self.files.insert(file)
        do {
            return try parse(Workspace.bytes(self.root.appending(path: file)))
        } catch let list as DiagnosticList {
            self.add(list.diagnostics)
        } catch {
            let place = SourceLocation(file: file)
            self.add([Diagnostic(.error, at: place, "it cannot be read", mend: "make it, or check its permissions")])
        }
        return nil
    }

    /// Counts a file that was read elsewhere, if it is there.
    mutating func note(_ file: String) {
        if self.exists(file) { self.files.insert(file) }
    }

    /// Keeps findings.
    mutating func add(_ findings: [Diagnostic]) { self.found += findings }

    /// Whether the workspace has a file.
    func exists(_ file: String) -> Bool {
        FileManager.default.fileExists(atPath: self.root.appending(path: file).path)
    }

    // MARK: Connectors and connections

    private mutating func checkManifests() {
        for file in Workspace.files(in: "Config/connectors", of: self.root) {
            let name = "Config/connectors/\(file.lastPathComponent)"
            let manifest = self.read(name) { try ConnectorManifest.load($0, file: name) }
            self.manifests[file.deletingPathExtension().lastPathComponent] = manifest
        }
    }

    private var connectors: [String] {
        Workspace.files(in: "Config/connectors", of: self.root).map { $0.deletingPathExtension().lastPathComponent }
    }

    private func isKnown(_ connector: String) -> Bool {
        self.connectors.contains { $0.hasSameBytes(as: connector) }
    }

    private mutating func check(_ connection: ConnectionConfiguration) {
        let known = self.connectors
        guard self.isKnown(connection.connector) else {
            self.complain(
                connection,
                "there is no connector \(connection.connector)",
                mend: NearestName.mend(connection.connector, among: known)
            )
            return
        }
        guard let manifest = self.manifests[connection.connector] else { return }
        let given = connection.credentials.keys.sorted()
        for name in given where !manifest.credentialNames.contains(name) {
            self.complain(
                connection,
                "\(manifest.label) knows no credential \(name)",
                mend: NearestName.mend(name, among: manifest.credentialNames)
            )
        }
        for name in manifest.credentialNames where connection.credentials[name] == nil {
            self.complain(
                connection,
                "\(manifest.label) needs the credential \(name)",
                mend: "add it to credentials, such as `\(name): ${env:\(name.uppercased())}`"
            )
        }
        if connection.baseURL == nil, manifest.baseURL == nil {
            self.complain(connection, "\(manifest.label) has no address of its own", mend: "add a base_url")
        }
    }

    private mutating func complain(_ connection: ConnectionConfiguration, _ message: String, mend: String) {
        self.add([Diagnostic(.error, at: connection.location, message, mend: mend)])
    }

    // MARK: Mappings

    private mutating func checkMappings(_ workspace: Workspace) {
        let describe = self.describe
        var rollUps: [(connection: String, object: String, rollUp: RollUp)] = []
        for connection in workspace.configuration.connections + self.unused(by: workspace) {
            let folder = "Mappings/\(connection.mappings)"
            for file in workspace.files(in: folder) { self.files.insert("\(folder)/\(file.lastPathComponent)") }
            // A misspelt connector is told already; its mappings would be held against names that nobody meant.
            guard self.isKnown(connection.connector) else { continue }
            do {
                let check = try workspace.checkMappings(connection) { _, object in describe(connection.name, object) }
                self.add(check.diagnostics)
                self.files.formUnion(check.included)
                for mapping in check.mappings {
                    self.checkObject(of: mapping, connection)
                    self.checkAbilities(of: mapping, connection)
                    self.checkPairs(of: mapping, connection)
                }
                for mapping in check.mappings where workspace.configuration.connection(connection.name) != nil {
                    rollUps += mapping.rollUps.map { (connection.name, mapping.localObject, $0) }
                }
                let isUsed = workspace.configuration.connection(connection.name) != nil
                if isUsed, check.mappings.isEmpty, check.diagnostics.isEmpty {
                    self.complain(
                        connection,
                        "the connection \(connection.name) has no mapping",
                        mend: "put a file into \(folder)"
                    )
                }
            } catch {
                self.add([Diagnostic(.error, at: SourceLocation(file: folder), "\(error)", mend: "check permissions")])
            }
        }
        self.compare(rollUps)
    }

    /// One property has one meaning: two connections that count it differently would each write over the other's number.
    private mutating func compare(_ rollUps: [(connection: String, object: String, rollUp: RollUp)]) {
        for (index, one) in rollUps.enumerated() {
            let other = rollUps[..<index].first { other in
                other.connection != one.connection && other.object.hasSameBytes(as: one.object)
                    && other.rollUp.local.hasSameBytes(as: one.rollUp.local)
                    && !other.rollUp.definition.hasSameBytes(as: one.rollUp.definition)
            }
            guard let other else { continue }
            self.add([
                Diagnostic(
                    .error,
                    at: one.rollUp.location,
                    "\(one.rollUp.local) is counted otherwise for \(other.connection), in \(other.rollUp.location.file) "
                        + "line \(other.rollUp.location.line)",
                    mend: "give both the same of, give and when, or count into another property"
                )
            ])
        }
    }

    /// Folders of mappings that no connection uses: checked as if a connection of the folder's name did.
    private func unused(by workspace: Workspace) -> [ConnectionConfiguration] {
        let used = workspace.configuration.connections.map(\.mappings)
        return self.manifests.keys.sorted().filter { !used.contains($0) }.map { name in
            ConnectionConfiguration(
                name: name,
                connector: name,
                baseURL: nil,
                credentials: [:],
                variables: [:],
                mappings: name,
                breaker: Breaker(),
                ownUser: nil,
                currency: nil,
                budget: .manifest,
                detectsLostUpdates: true,
                reconcileEvery: nil,
                location: SourceLocation(file: "Mappings/\(name)")
            )
        }
    }

    private mutating func checkObject(of mapping: CompiledMapping, _ connection: ConnectionConfiguration) {
        guard let manifest = self.manifests[connection.connector] else { return }
        guard !manifest.objectNames.contains(where: { $0.hasSameBytes(as: mapping.remoteObject) }) else { return }
        let file = try? Workspace.bytes(self.root.appending(path: mapping.file))
        let object = file.flatMap { try? YAMLDocument.parse($0, file: mapping.file) }?["object"]
        let place = object?["remote"]?.location ?? SourceLocation(file: mapping.file, line: 1, column: 1)
        let mend = NearestName.mend(mapping.remoteObject, among: manifest.objectNames)
        self.add([Diagnostic(.error, at: place, "\(manifest.label) has no object \(mapping.remoteObject)", mend: mend)])
    }
}
