/// One property of a record type, as the schema describes it.
struct PropertyDefinition {
    /// What a value must look like.
    enum ValueType: String {
        case string
        case number
        case date
        case datetime
        case enumeration
        case bool
        case phoneNumber = "phone_number"
    }

    /// Where the value comes from.
    enum Source {
        /// Kept with the record, as it was written.
        case stored
        case recordID
        case created
        case modified
    }

    var name: String
    var label: String
    var type: ValueType
    var fieldType: String
    var groupName: String
    var options: [PropertyOption] = []
    var isUnique = false
    var isCalculated = false
    var isReadOnly = false
    var isHubSpotDefined = true
    var isArchived = false
    /// `OWNER` when the options are the account's owners.
    var referencedObjectType: String?
    /// Whether the options live elsewhere (owners, pipelines).
    var hasExternalOptions = false
    var source = Source.stored
    var details = ""
    /// When the property was created, in milliseconds since 1970; 0 for those of the product itself.
    var createdAt: Int64 = 0

    /// Whether a value may hold several options, separated by semicolons.
    var isMultiple: Bool { self.type == .enumeration && self.fieldType == "checkbox" }
}

/// One choice of an enumeration.
struct PropertyOption {
    var value: String
    var label: String
    var isHidden = false
}
