import ArgumentParser
import Authoring
import Connectors
import Mapping
import Records
import Store

extension MappingCommand {
    struct Diff: RelaisSubcommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Compare the mappings of a connection with what is live: the CRM's schema, and what links remember.",
            discussion: """
                The CRM's schema is also compared with what it was when this command first ran, or last ran with --accept. \
                Exits 65 if a mapping cannot work any more, 3 if something wants a look.
                """
        )

        @OptionGroup var options: GlobalOptions
        @Argument(help: "The connection; may be left out if there is only one.") var connection: String?
        @Argument(help: "Only this object, by our name or the CRM's.") var object: String?
        @Flag(help: "From now on compare with the schema as it is now.") var accept = false

        func run(in context: CommandContext) async throws -> ExitStatus {
            let connection = try context.workspace.connection(self.connection)
            let choice = try MappingChoice(connection.name, self.object, in: context.workspace)
            let store = try context.workspace.openStore()
            let mappings = choice.entries.map(\.mapping)
            let schemas = try await context.withAccount(connection) { account in
                var schemas: [String: [RemoteProperty]] = [:]
                for mapping in mappings where schemas[mapping.remoteObject] == nil {
                    schemas[mapping.remoteObject] = try await account.discover(mapping.remoteObject)
                }
                return schemas
            }
            let descriptions = schemas.mapValues { RemoteObjectDescription($0) }
            let check = try context.workspace.checkMappings(connection) { _, object in descriptions[object] }
            var reports: [MappingDrift] = []
            for mapping in mappings {
                let properties = schemas[mapping.remoteObject] ?? []
                // What a mapping includes is part of it.
                let files = [mapping.file] + mapping.fields.map(\.location.file)
                let findings = check.diagnostics.filter { finding in
                    files.contains { $0.hasSameBytes(as: finding.location.file) }
                }
                var report = MappingDrift(mapping, properties, findings, connection: connection.name, in: context)
                try self.compare(&report, connection.name, store: store, at: context.clock.now)
                reports.append(report)
            }
            for (index, report) in reports.enumerated() {
                if index > 0 { context.output.line() }
                report.print(to: context.output)
            }
            let status: ExitStatus =
                reports.contains { $0.isBroken } ? .data : reports.contains { $0.wantsALook } ? .attention : .done
            context.output.document([
                "exit": .number(of: Int(status.rawValue)), "connection": .string(connection.name),
                "mappings": .array(reports.map(\.json)),
            ])
            return status
        }

        /// Compares with what the store knows: the schema as it was, and the fields that links remember.
        private func compare(
            _ report: inout MappingDrift,
            _ connection: String,
            store: Store,
            at now: Instant
        ) throws {
            let key = "schema:\(connection):\(report.mapping.remoteObject)"
            let snapshot = SchemaSnapshot(at: now, properties: report.properties.map { SchemaSnapshot.Property($0) })
            let (earlier, shapes) = try store.read { transaction in
                let text = try transaction.setting(key)
                let earlier = text.flatMap { try? JSON(parsing: Array($0.utf8)) }.flatMap { SchemaSnapshot($0) }
                return (earlier, try Self.shapes(of: report.mapping, connection, in: transaction))
            }
            report.since = earlier?.at
            report.changes = earlier.map { snapshot.changes(since: $0) } ?? []
            report.shapes = shapes
            if earlier == nil || self.accept {
                try store.write { try $0.setSetting(key, to: snapshot.json.text) }
            }
        }

        private static func shapes(
            of mapping: CompiledMapping,
            _ connection: String,
            in transaction: Transaction
        ) throws -> [MappingDrift.Remembered] {
            guard let connection = try transaction.connection(connection),
                let object = try transaction.knownObject(mapping.remoteObject)
            else { return [] }
            return try transaction.countLinksByShape(connection.number, object).map { shape, links in
                let known = try transaction.shape(shape).fields.map { field in
                    ShapeDrift.Known(local: field.local, remote: field.remote, fingerprint: field.fingerprint)
                }
                return MappingDrift.Remembered(links: links, drift: ShapeDrift(mapping, known: known))
            }
        }
    }
}

extension SchemaSnapshot.Property {
    /// A property as the connector found it.
    init(_ property: RemoteProperty) {
        self.init(
            name: property.name,
            type: property.type,
            options: property.options,
            isReadOnly: property.isReadOnly
        )
    }
}
