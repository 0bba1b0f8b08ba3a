import Connectors
package import Mapping
import Planning
import Records
import Store

extension Syncer {
    /// Plans one record under the mappings that concern it, in a transaction that is rolled back.
    ///
    /// Asks the CRM only with `live`, or for a record of which nothing was seen yet; what it says is not kept. `body` gets
    /// each inspection with what transforms may look up, while the transaction is open.
    package func inspect<Result>(
        _ subject: InspectionSubject,
        live: Bool,
        _ body: (RecordInspection, any LensContext) throws -> Result
    ) async throws -> [Result] {
        guard let connection = try self.context.store.read({ try $0.connection(self.context.connection) }) else {
            throw SyncError(
                .notConnected,
                "\(self.context.connection) is not set up: run `relais connect \(self.context.connection)` first"
            )
        }
        var results: [Result] = []
        for mapping in self.context.mappings {
            guard let place = try self.place(of: subject, mapping, connection) else { continue }
            var reading: DirectReader.Reading?
            if let remote = place.remote, live || place.record == nil {
                reading = try await self.read(remote, mapping)
                if reading == nil, place.record == nil { continue }
            }
            results.append(try self.inspect(place, reading, mapping, connection, body))
        }
        return results
    }

    /// Where a subject stands under a mapping.
    private struct Place {
        let record: RecordID?
        let remote: Text?
    }

    /// nil if the mapping is about another object.
    private func place(
        of subject: InspectionSubject,
        _ mapping: CompiledMapping,
        _ connection: Connection
    ) throws -> Place? {
        try self.context.store.read { transaction in
            switch subject {
            case .record(let id):
                guard let record = try transaction.record(id), record.schema.name.hasSameBytes(as: mapping.localObject)
                else { return nil }
                let object = try transaction.knownObject(mapping.remoteObject)
                let link = try object.flatMap {
                    try transaction.link(of: id, connection: connection.number, object: $0)
                }
                return Place(record: id, remote: link?.key.remote)
            case .remote(let object, let id):
                guard object.hasSameBytes(as: mapping.remoteObject) else { return nil }
                let number = try transaction.knownObject(object)
                let link = try number.flatMap { try transaction.link(LinkKey(connection.number, $0, id)) }
                return Place(record: link?.record, remote: id)
            }
        }
    }

    private func read(_ id: Text, _ mapping: CompiledMapping) async throws -> DirectReader.Reading? {
        let account = self.context.account
        let runtime = try MappingRuntime(mapping, traits: account.traits, schema: self.context.store.schema)
        let found = try await account.read(mapping.remoteObject, keys: [id], by: nil, selecting: runtime.selection)
        guard let record = found.first ?? nil else { return nil }
        var associations: [Int: [Text]] = [:]
        for position in runtime.associations {
            guard case .association(let other, let label) = mapping.fields[position].kind else { continue }
            associations[position] = try await account.associations(
                from: mapping.remoteObject,
                ids: [record.id],
                to: other,
                label: label
            )
            .first
        }
        return DirectReader.Reading(record: record, associations: associations)
    }

    private struct RollBack: Error {}

    private func inspect<Result>(
        _ place: Place,
        _ reading: DirectReader.Reading?,
        _ mapping: CompiledMapping,
        _ connection: Connection,
        _ body: (RecordInspection, any LensContext) throws -> Result
    ) throws -> Result {
        var result: Result?
        do {
            try self.context.store.write { transaction in
                let inspector = try RecordInspector(self.context, connection, mapping, in: transaction)
                let inspection = try inspector.inspect(place.record, place.remote, reading)
                result = try body(inspection, inspector.lensContext)
                throw RollBack()
            }
        } catch is RollBack {}
        guard let result else { throw StoreError(.corrupt, "an inspection without a result") }
        return result
    }
}
