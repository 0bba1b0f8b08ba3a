import GRDB

/// Brings a database to the layout of this build.
enum SchemaMigrator {
    /// Runs the migrations that the database has not seen; throws `StoreError` if a newer build made it.
    static func migrate(_ writer: any DatabaseWriter) throws {
        var migrator = DatabaseMigrator()
        for migration in Migration.all {
            migrator.registerMigration(migration.name) { database in
                try database.execute(sql: Dialect.sqlite.render(migration: migration.template))
            }
        }
        let (isComplete, isNewer) = try writer.read { database in
            (try migrator.hasCompletedMigrations(database), try migrator.hasBeenSuperseded(database))
        }
        guard !isNewer else {
            throw StoreError(.newerSchema, "the store was written by a newer Relais; use that one, or a copy of before")
        }
        // Asking first spares a command beside `serve` the wait for the write lock.
        if !isComplete { try migrator.migrate(writer) }
    }
}
