import GRDB
import Records

/// A store in memory with this build's layout and nothing in it, made once in a process.
struct EmptyLayout: Sendable {
    /// The one of this process, or why it could not be made.
    static let shared = Result { try EmptyLayout() }

    private let database: DatabaseQueue

    private init() throws {
        self.database = try DatabaseQueue(configuration: Store.configuration(durationOfBusyWaits: 0))
        try SchemaMigrator.migrate(self.database)
    }

    /// Copies the layout into an empty database with pages of the same size.
    func copy(to other: DatabaseQueue) throws { try self.database.backup(to: other) }
}
