import Connectors
import Mapping
import Records
import Store

/// One remote record on its way in, fresh from the CRM or kept by an earlier observation.
struct Incoming: Sendable {
    /// The CRM's id.
    let id: Text
    let version: Int64
    /// The fields' values by position.
    private(set) var values: [Value]
    let isArchived: Bool
    /// The record of ours that the create key names.
    let named: RecordID?
    /// Whether the pull filter lets it in, and no mapping before this one takes it.
    let passesFilter: Bool
    /// Whether the pull filter alone lets it in: a link stays with its mapping.
    let isWithinFilter: Bool
    /// The remote ids that were merged into it.
    let merged: [Text]
    /// The record of another object that took its place.
    let successor: RemoteSuccessor?
    /// Whether it could be read; of one that could not, nothing is known but that it is there.
    let isReadable: Bool

    init(_ record: RemoteRecord, values: [Value], runtime: MappingRuntime) {
        self.id = record.id
        self.version = record.version
        self.values = values
        self.isArchived = record.isArchived
        self.named = runtime.recordNamed(by: record)
        self.isWithinFilter = record.isArchived || runtime.takesIn(record)
        self.passesFilter =
            record.isArchived
            || (self.isWithinFilter && !runtime.mapping.leavesToEarlier(remote: record.values))
        self.merged = record.merged
        self.successor = record.successor
        self.isReadable = record.isReadable
    }

    /// The same record with other values.
    func with(_ values: [Value]) -> Incoming {
        var changed = self
        changed.values = values
        return changed
    }

    /// An observation was filtered when it was kept.
    init?(_ observation: RemoteObservation, shape: ShapeNumber) {
        guard let values = observation.values, observation.shape == shape else { return nil }
        self.id = observation.key.remote
        self.version = observation.version
        self.values = values
        self.isArchived = observation.state != .live
        self.named = observation.named
        self.passesFilter = true
        self.isWithinFilter = true
        self.merged = []
        self.successor = nil
        self.isReadable = true
    }
}
