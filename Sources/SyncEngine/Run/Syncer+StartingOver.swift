import Mapping
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

    /// A mapping with other fields, or another filter, than its reader read with: what the CRM holds in a new field, and who
    /// passes now, is not known until everything was read again (R9).
    func readAgainIfReshaped(_ lane: MappingLane, in transaction: Transaction) throws {
        let name = "shape/\(self.context.connection)/\(lane.mapping.name)"
        let shape = Text("\(lane.shape.rawValue)/\(lane.mapping.intake)")
        let known = try transaction.cursor(name)
        guard known != shape, !Breakage.editedMappingReadsNothing.isOn else { return }
        if known != nil {
            try transaction.removeCursor(PullPhase.cursorName(connection: self.context.connection, lane.mapping))
        }
        try transaction.setCursor(name, to: shape)
    }
}
