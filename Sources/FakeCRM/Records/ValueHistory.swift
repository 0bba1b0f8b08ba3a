/// Who wrote a value, as property histories tell it.
struct ChangeSource: Equatable {
    /// The kind of writer: `CRM_UI`, `INTEGRATION`, `IMPORT` and so on.
    var type: String
    /// `userId:123` for people, the app's id for integrations.
    var id: String
    /// A readable name; nil for people.
    var label: String?
    /// The person's user id; nil for integrations.
    var userID: Int64?

    /// Whether it is not an integration.
    var isPerson: Bool { self.type != "INTEGRATION" }
}

/// One version of one property of one record.
struct ValueVersion {
    var property: Int
    var text: [UInt8]
    /// When it was written, in milliseconds since 1970.
    var timestamp: Int64
    /// The writer's number in the account's list of sources.
    var source: UInt8
}
