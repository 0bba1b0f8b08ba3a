import ArgumentParser
import Authoring
import Mapping
import Records
import Store
import SyncEngine

extension MappingCommand {
    struct Test: RelaisSubcommand {
        static let configuration = CommandConfiguration(
            abstract: "What one record would become on either side, transform by transform; writes nothing.",
            discussion: """
                For each field: the way of the value through its transforms, what a sync would do with it, and why. RECORD is \
                one of ours, or one of the CRM's as OBJECT/ID: contacts/123. Without --live the CRM's values are what was seen \
                of them last.
                """
        )

        @OptionGroup var options: GlobalOptions
        @Argument(help: "The beginning of the record's id, its e-mail address, or OBJECT/ID of the CRM.")
        var record: String
        @Option(help: "Only under this connection.") var connection: String?
        @Option(help: "Only this field, by our name or the CRM's.") var field: String?
        @Flag(help: "Read the record from the CRM now.") var live = false
        @Flag(help: "Also fields that are blank on both sides.") var all = false

        func run(in context: CommandContext) async throws -> ExitStatus {
            let store = try context.workspace.openStore()
            let connections =
                try self.connection.map { [try context.workspace.connection($0)] }
                ?? context.workspace.configuration.connections
            var trials: [RecordTrial] = []
            for connection in connections {
                guard try store.read({ try $0.connection(connection.name) }) != nil || self.connection != nil else {
                    continue
                }
                let subject = try self.subject(connection, store: store, in: context)
                trials += try await context.withAccount(connection) { account in
                    let syncer = try context.syncer(connection, account: account, store: store)
                    return try await syncer.inspect(subject, live: self.live) { inspection, lenses in
                        RecordTrial(inspection, connection: connection.name, in: lenses)
                    }
                }
            }
            guard !trials.isEmpty else {
                throw CommandError(
                    .usage,
                    "no mapping of a connection that is set up concerns \(Printable.line(self.record)), or the CRM has no "
                        + "such record"
                )
            }
            if let field, !trials.contains(where: { $0.names.contains { $0.hasSameBytes(as: field) } }) {
                let known = Set(trials.flatMap(\.names))
                throw CommandError(
                    .usage,
                    "no mapping of this record has a field \(Printable.line(field)): \(NearestName.mend(field, among: known))"
                )
            }
            for (index, trial) in trials.enumerated() {
                if index > 0 { context.output.line() }
                trial.print(to: context.output, field: self.field, all: self.all)
            }
            context.output.document(.array(trials.map { $0.json(field: self.field) }))
            return .done
        }

        private func subject(
            _ connection: ConnectionConfiguration,
            store: Store,
            in context: CommandContext
        ) throws -> InspectionSubject {
            if let slash = self.record.firstIndex(of: "/") {
                let name = String(self.record[..<slash])
                let mapping = try context.workspace.mappings(connection).first {
                    $0.remoteObject.hasSameBytes(as: name) || $0.localObject.hasSameBytes(as: name)
                }
                if let mapping {
                    let id = self.record[self.record.index(after: slash)...]
                    return .remote(object: mapping.remoteObject, id: Text(String(id)))
                }
            }
            return try store.read { transaction in
                .record(try RecordFinder(transaction, context.workspace.schema).record(self.record).id)
            }
        }
    }
}
