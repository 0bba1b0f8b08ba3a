package import Records

/// A property of a remote object, as far as proposals need it.
package struct RemoteField: Sendable {
    /// The kinds of types that APIs have, by many names.
    package enum Kind: String, Hashable, Sendable {
        /// Text; `longText` where the API tells lines from paragraphs.
        case text, longText
        case number, integer
        case flag
        case date
        case datetime
        /// One of a list, or several.
        case option
        /// The id of another record.
        case reference
        /// Other records, files, places: nothing that a property of ours can hold.
        case many
        case unknown
    }

    /// The name in the API.
    package let name: String
    /// What people of the CRM call it.
    package let label: String
    /// The API's own type name.
    package let type: String
    /// The values that it may hold; empty if it may hold any, or they are told elsewhere.
    package let options: [Text]
    /// Whether the API refuses writes to it.
    package let isReadOnly: Bool
    /// Whether the CRM keeps it unique.
    package let isUnique: Bool
    /// Whether the connector reads the id that it holds as what people call the thing, such as a currency's code.
    package let isCoded: Bool
    /// The property beside which alone its values mean something, as a stage does in its pipeline; nil if there is none.
    package let within: String?

    /// Creates a field.
    package init(
        name: String,
        label: String,
        type: String,
        options: [Text] = [],
        isReadOnly: Bool = false,
        isUnique: Bool = false,
        isCoded: Bool = false,
        within: String? = nil
    ) {
        self.name = name
        self.label = label
        self.type = type
        self.options = options
        self.isReadOnly = isReadOnly
        self.isUnique = isUnique
        self.isCoded = isCoded
        self.within = within
    }

    /// What kind of type it has, as other APIs call theirs too.
    package var kind: Kind {
        if self.isCoded { return .text }
        switch self.type.lowercased() {
        case "string", "char", "varchar", "phone_number", "phone", "email", "url", "id", "full_text": return .text
        case "text", "textarea", "html", "longtextarea", "richtext", "memo": return .longText
        case "number", "numeric", "float", "double", "decimal", "currency", "money", "percent": return .number
        case "integer", "int", "bigint", "long": return .integer
        case "bool", "boolean", "checkbox": return .flag
        case "date": return .date
        case "datetime", "timestamp", "date-time": return .datetime
        case "enumeration", "selection", "multiselection", "picklist", "multipicklist", "enum", "option": return .option
        case "many2one", "reference", "lookup", "owner", "user": return .reference
        case "one2many", "many2many", "object_coordinates", "binary", "json", "dict", "address", "location":
            return .many
        default: return .unknown
        }
    }
}

/// A tie from records of the object to records of another one, as the connector can write it.
package struct RemoteTie: Hashable, Sendable {
    /// The remote object at the other end.
    package let remoteObject: String
    /// The CRM's name of the tie, such as `primary`; nil for plain ones.
    package let label: String?

    /// Creates a tie.
    package init(remoteObject: String, label: String?) {
        self.remoteObject = remoteObject
        self.label = label
    }
}
