package import Records

/// What a CRM says about one of its objects, as far as a mapping can be checked against it.
package struct RemoteObjectDescription: Sendable {
    /// One property of the object.
    package struct Property: Sendable {
        /// The name in the API.
        package let name: String
        /// The API's own type name, such as `datetime`.
        package let type: String
        /// The values that it may hold; empty if it may hold any.
        package let options: [Text]
        /// Whether the API refuses writes to it.
        package let isReadOnly: Bool
        /// Whether a create must give it.
        package let isRequired: Bool
        /// The property that decides which of the options there are, and those of each of its values; nil if all always are.
        package let within: (property: String, options: [Text: [Text]])?

        /// Creates a property.
        package init(
            name: String,
            type: String,
            options: [Text] = [],
            isReadOnly: Bool = false,
            isRequired: Bool = false,
            within: (property: String, options: [Text: [Text]])? = nil
        ) {
            self.name = name
            self.type = type
            self.options = options
            self.isReadOnly = isReadOnly
            self.isRequired = isRequired
            self.within = within
        }

        /// Whether the property holds points in time; nil if its type's name does not say.
        var holdsTimes: Bool? {
            switch self.type {
            case "datetime", "timestamp": true
            case "date": false
            default: nil
            }
        }
    }

    /// The properties.
    package let properties: [Property]

    /// Creates a description.
    package init(properties: [Property]) {
        self.properties = properties
    }

    /// The property of that name, if there is one.
    package func property(_ name: String) -> Property? {
        self.properties.first { $0.name.hasSameBytes(as: name) }
    }
}
