import Connectors
import Mapping
import Records
import Store

/// One linked record with what each side holds, as an example beside the fields of a mapping.
struct MappingSample {
    /// Our record.
    let record: StoredRecord
    /// The CRM's id.
    let remote: Text
    /// What ours holds, by field position.
    private(set) var locals: [Value]
    /// What the CRM holds, by field position; `.absent` where nobody has seen it.
    private(set) var remotes: [Value]
    /// Whether the CRM was read just now.
    private(set) var isLive = false

    /// The fullest of the first links, or that of one record; nil if there is none.
    init?(
        of mapping: CompiledMapping,
        _ connection: Connection,
        record wanted: RecordID? = nil,
        in transaction: Transaction
    ) throws {
        guard let object = try transaction.knownObject(mapping.remoteObject) else { return nil }
        let links =
            if let wanted {
                [try transaction.link(of: wanted, connection: connection.number, object: object)].compactMap(\.self)
            } else {
                try transaction.links(connection.number, object, limit: 50)
            }
        var best: (fullness: Int, sample: MappingSample)?
        for link in links where wanted != nil || link.status == .active {
            guard let sample = try MappingSample(link, mapping, in: transaction) else { continue }
            let fullness = zip(sample.locals, sample.remotes).count { !$0.isBlank || !$1.isBlank }
            if fullness > best?.fullness ?? -1 { best = (fullness, sample) }
        }
        guard let best else { return nil }
        self = best.sample
    }

    private init?(_ link: Link, _ mapping: CompiledMapping, in transaction: Transaction) throws {
        guard let record = try transaction.record(link.record), record.isLive else { return nil }
        self.record = record
        self.remote = link.key.remote
        // A link remembers the fields that its mapping had when both sides last agreed.
        let shape = try transaction.shape(link.shape)
        let seen = try transaction.observation(link.key).flatMap { $0.shape == link.shape ? $0.values : nil }
        let shadow = try link.remoteShadow()
        self.locals = mapping.fields.map { field in field.local.map { record[$0] } ?? .absent }
        self.remotes = mapping.fields.map { field in
            let place = shape.fields.firstIndex { $0.local == field.local && $0.remote == field.remote }
            guard let place else { return .absent }
            return seen?[place] ?? (place < shadow.count ? shadow[place] : nil) ?? .absent
        }
    }

    /// The same sample with what the CRM says now; associations stay as they were seen.
    func live(_ mapping: CompiledMapping, _ account: any RemoteAccount) async throws -> MappingSample {
        let selection = RemoteSelection(properties: mapping.remoteProperties)
        let found = try await account.read(mapping.remoteObject, keys: [self.remote], by: nil, selecting: selection)
        guard let values = found.first??.values else { return self }
        var sample = self
        sample.isLive = true
        for (position, slot) in mapping.remoteSlots.enumerated() {
            if slot != nil { sample.remotes[position] = mapping.remoteValue(position, in: values) }
        }
        return sample
    }
}
