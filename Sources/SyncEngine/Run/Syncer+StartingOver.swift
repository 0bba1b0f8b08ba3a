import Records
import Store

extension Syncer {
    /// Makes the next run read everything again, as a reconcile sweep does: each reader of the CRM forgets where it stood.
    ///
    /// Nothing else is forgotten, so that a record that did not change costs a comparison and no write.
    package func startReadersOver() throws {
        try self.context.store.write { transaction in
            for mapping in self.context.mappings {
                try transaction.removeCursor(PullPhase.cursorName(connection: self.context.connection, mapping))
            }
        }
    }
}
