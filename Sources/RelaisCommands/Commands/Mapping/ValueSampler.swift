import Connectors
import Records
import Store

/// Looks at the values of a few records on either side.
struct ValueSampler {
    /// How many records.
    let limit: Int

    /// The texts that a CRM's records hold, by property; from the first page of its list.
    func values(of object: String, _ names: [String], _ account: any RemoteAccount) async throws -> [String: [Text]] {
        let page = try await account.page(of: object, selecting: RemoteSelection(properties: names), at: nil)
        var values: [String: [Text]] = [:]
        for record in page.records.prefix(self.limit) where !record.isArchived {
            for (name, value) in zip(names, record.values) where !value.isBlank {
                values[name, default: []].append(Text(value.description))
            }
        }
        return values
    }

    /// The texts that our records hold, by property.
    func values(of object: ObjectSchema, in store: Store) throws -> [String: [Text]] {
        try store.read { transaction in
            guard let number = try transaction.knownObject(object.name) else { return [:] }
            var values: [String: [Text]] = [:]
            // More than of theirs: the same people need not come first on both sides.
            for record in try transaction.liveRecords(number, limit: 5 * self.limit) {
                for (property, value) in zip(object.properties, record.values) where !value.isBlank {
                    values[property.name, default: []].append(Text(value.description))
                }
            }
            return values
        }
    }
}
