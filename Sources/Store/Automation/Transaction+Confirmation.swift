package import Records

extension Transaction {
    /// Why a connection does not hold what a record holds, in one clause; nil if it does, as far as the CRM told us.
    ///
    /// Confirmed means: there is an active link, no write is under way, and each of the properties was agreed on and has
    /// not moved since. Without properties every mapped field must be so.
    package func unconfirmed(
        _ record: RecordID,
        properties: [String] = [],
        in connection: ConnectionNumber
    ) throws -> Text? {
        let links = try self.links(of: record).filter { $0.key.connection == connection }
        guard let link = links.first else { return "it is not in the CRM yet" }
        switch link.status {
        case .active: break
        case .excluded: return "it left the mapping's filter"
        case .gone: return "it is gone from the CRM"
        }
        if try self.operation(of: record, connection: connection, object: link.key.object) != nil {
            return "a write is under way"
        }
        let shape = try self.shape(link.shape)
        let shadow = try link.remoteShadow()
        for property in properties {
            let fields = shape.fields(readingLocal: property)
            if fields.isEmpty { return Text("\(property) is not mapped") }
            for field in fields where link.localShadow.hasMoved(field) || shadow[field] == nil {
                return Text("\(property) is not agreed on")
            }
        }
        return properties.isEmpty && !link.localShadow.isEmpty ? "it changed here since" : nil
    }
}
