import Records
import Store

extension Transaction {
    /// When a person last edited a property; nil without the record.
    ///
    /// What a CRM told us was edited there, not when we read it: its record's version is no earlier than the edit and no later
    /// than our reading. Otherwise, of two CRMs that both changed a field, the one that is read first would be the newest (R19).
    func editTime(of property: String, record: RecordID) throws -> Instant? {
        guard let edit = try self.lastEdit(of: property, record: record) else { return nil }
        let actor = try self.name(of: edit.actor)
        guard actor.hasPrefix("sync:"), let connection = try self.connection(String(actor.dropFirst(5))) else {
            return edit.at
        }
        let versions = try self.links(of: record).filter { $0.key.connection == connection.number }.map(\.remoteVersion)
        return versions.max().map { min(edit.at, Instant(microseconds: $0)) } ?? edit.at
    }
}
