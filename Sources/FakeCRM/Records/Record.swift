/// One record of the CRM.
struct Record {
    /// Where a record is in its life.
    enum State: UInt8 {
        case live
        case archived
        /// Merged into another record or erased; only its id remains.
        case gone
    }

    let id: Int64
    /// Times in milliseconds since 1970.
    var createdAt: Int64
    var updatedAt: Int64
    /// When the record was archived; 0 while it is not.
    var archivedAt: Int64 = 0
    var state = State.live
    /// Who created the record, by number in the account's list of sources.
    var source: UInt8 = 0
    var values = PackedValues()

    var isLive: Bool { self.state == .live }
}
