/// A create or update that was checked and only needs to be carried out.
struct PreparedWrite {
    /// The record it is for; a new one when `isNew`.
    var id: Int64
    var isNew: Bool
    /// The values in the form in which they are kept; an empty text clears.
    var values: [(property: Int, text: [UInt8])]
    /// What a new record is to be associated with.
    var associations: [(type: AssociationType, to: Int64)] = []
    var traceID: [UInt8]?
}

/// The unique values that the earlier inputs of one batch have taken.
struct ClaimedValues {
    private struct Key: Hashable {
        var property: Int
        var text: [UInt8]
    }

    private var ids: [Key: Int64] = [:]

    func holder(of text: [UInt8], property: Int) -> Int64? { self.ids[Key(property: property, text: text)] }

    mutating func claim(_ text: [UInt8], property: Int, for id: Int64) {
        self.ids[Key(property: property, text: text)] = id
    }
}
