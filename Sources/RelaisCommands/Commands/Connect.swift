import ArgumentParser
import Connectors
import Mapping
import Records
import Store

struct Connect: RelaisSubcommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Set up a connection: check the credentials, pin the account, make the property that prevents duplicates."
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: "The connection; may be left out if there is only one.") var connection: String?

    func run(in context: CommandContext) async throws -> ExitStatus {
        let connection = try context.workspace.connection(self.connection)
        let mappings = try context.workspace.mappings(connection)
        let store = try context.workspace.openStore()
        return try await context.withAccount(connection) { account in
            let id = try await account.accountID()
            try Self.refuseTwin(of: connection, mappings, account: id, store: store, context)
            try Self.pin(id, connection, store: store, at: context.clock.now)
            var keyed: [String] = []
            for object in account.traits.keyedObjects(of: mappings) {
                if try await account.prepareCreateKey(for: object) { keyed.append(object) }
            }
            Self.tell(account, connection, id: id, keyed: keyed, to: context.output)
            return .done
        }
    }

    /// One account behind two connections that keep the same objects is two CRMs to the store: what came from one would be
    /// made again through the other (R10).
    private static func refuseTwin(
        of connection: ConnectionConfiguration,
        _ mappings: [CompiledMapping],
        account: Text,
        store: Store,
        _ context: CommandContext
    ) throws {
        let pinned = try store.read { try $0.connections() }.filter { $0.account == account }
        for other in context.workspace.configuration.connections {
            guard !other.name.hasSameBytes(as: connection.name), other.connector.hasSameBytes(as: connection.connector),
                pinned.contains(where: { $0.name.hasSameBytes(as: other.name) }),
                let kept = try? context.workspace.mappings(other),
                let object = mappings.map(\.remoteObject).first(where: { name in
                    kept.contains { $0.remoteObject.hasSameBytes(as: name) }
                })
            else { continue }
            throw CommandError(
                .notAllowed,
                """
                the credentials of \(connection.name) belong to account \(account), which is pinned to \(other.name) \
                already, and both have mappings of \(object): each of its records would be made a second time. Nothing was \
                changed; give \(connection.name) a token of another account, or mappings of other objects
                """
            )
        }
    }

    /// Pins the account; another account than the one pinned before is refused (R10).
    private static func pin(_ id: Text, _ connection: ConnectionConfiguration, store: Store, at now: Instant) throws {
        try store.write { transaction in
            let number = try transaction.registerConnection(connection.name, connector: connection.connector)
            let known = try transaction.connection(connection.name)?.account
            if let known, known != id {
                throw CommandError(
                    .notAllowed,
                    """
                    the credentials of \(connection.name) belong to account \(id), and it is pinned to \(known): nothing \
                    was changed; give the right token, or set up another connection
                    """
                )
            }
            if known == nil { try transaction.pin(number, account: id, at: now) }
        }
    }

    private static func tell(
        _ account: any RemoteAccount,
        _ connection: ConnectionConfiguration,
        id: Text,
        keyed: [String],
        to output: Output
    ) {
        output.line("\(connection.name) is account \(id) of \(account.traits.product), and pinned to it.")
        if keyed.isEmpty {
            output.line("The product keeps no property for our ids; an unanswered create is looked up by its values.")
        } else {
            output.line(
                "Records that Relais makes carry its id, so that none is made twice: \(keyed.joined(separator: ", "))."
            )
        }
        output.line("Next: relais plan \(connection.name)")
        output.document([
            "connection": .string(connection.name), "account": .string(id.string),
            "product": .string(account.traits.product), "create_keys": .array(keyed.map { .string($0) }),
            "lost_update": .string(account.traits.lostUpdate.rawValue),
        ])
    }
}
