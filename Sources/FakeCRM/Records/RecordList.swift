/// A list of records: one that people fill, or one that the CRM fills by itself.
struct RecordList {
    /// How a list gets its members.
    enum Processing: String {
        /// People and integrations put records on it.
        case manual = "MANUAL"
        /// It was filled once by a filter, and is a manual one since.
        case snapshot = "SNAPSHOT"
        /// A filter decides, always.
        case dynamic = "DYNAMIC"

        var takesMembers: Bool { self != .dynamic }
    }

    var id: Int64
    var name: String
    var type: ObjectType
    var processing: Processing
    /// When each member joined, by id, in milliseconds.
    var members: [Int64: Int64] = [:]
}
