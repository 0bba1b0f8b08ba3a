import FakeCRM
import Records
import Store

/// The demo's figures, each read back from the store and the CRM.
extension DemoScene {
    func figures() throws -> JSON {
        var figures = try self.store.read { try self.storeFigures($0) }
        figures.append((key: "handoff", value: try self.handOffFigures()))
        return .object(figures)
    }

    private func storeFigures(_ transaction: Transaction) throws -> [(key: String, value: JSON)] {
        guard let connection = try transaction.connection(self.connection.name) else { return [] }
        let crm = self.story.world.crm
        let actor = try transaction.actor("sync:\(self.connection.name)")
        var pulled = 0
        var after: Int64 = 0
        while true {
            let rows = try transaction.journal(after: after, limit: 1000)
            guard let last = rows.last else { break }
            after = last.sequence
            pulled += rows.count { $0.kind == .create && $0.actor == actor }
        }
        var pushed = 0
        var settled = 0
        let types: [(ObjectType, String)] = [(.contacts, "contacts"), (.companies, "companies"), (.deals, "deals")]
        for (type, name) in types {
            pushed += crm.ids(type).count { !(crm.value(type, $0, "relais_id") ?? "").isEmpty }
            let object = try transaction.object(name)
            settled += try self.settledLinks(connection.number, object, in: transaction)
        }
        let found = try transaction.conflicts(ConflictFilter(connection: connection.number), limit: .max)
        let quiet = Int(try transaction.setting("demo/quiet_resync_writes") ?? "") ?? -1
        return [
            ("pulled", .number(of: pulled)), ("pushed", .number(of: pushed)), ("unchanged", .number(of: settled)),
            ("conflicts", ["found": .number(of: found.count), "open": .number(of: found.count { $0.state == .open })]),
            ("quiet_resync_writes", .number(of: quiet)),
        ]
    }

    /// Links on which both sides agree, with nothing waiting.
    private func settledLinks(
        _ connection: ConnectionNumber,
        _ object: ObjectNumber,
        in transaction: Transaction
    ) throws -> Int {
        let dirty = try transaction.dirtyLinks(connection, object, limit: .max).map(\.key.remote)
        let waiting = try transaction.pending(connection, object, limit: .max).filter { $0.link != nil }
        let unsettled = Set(dirty).union(waiting.map(\.observation.key.remote))
        return try transaction.countLinks(connection, object) - unsettled.count
    }
}
