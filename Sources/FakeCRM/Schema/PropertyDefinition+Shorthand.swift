/// Short forms for the catalogue of standard properties.
extension PropertyDefinition {
    static func text(_ name: String, _ label: String, _ group: String, area: Bool = false) -> Self {
        Self(name: name, label: label, type: .string, fieldType: area ? "textarea" : "text", groupName: group)
    }

    static func phone(_ name: String, _ label: String, _ group: String) -> Self {
        Self(name: name, label: label, type: .string, fieldType: "phonenumber", groupName: group)
    }

    static func number(_ name: String, _ label: String, _ group: String) -> Self {
        Self(name: name, label: label, type: .number, fieldType: "number", groupName: group)
    }

    static func datetime(_ name: String, _ label: String, _ group: String) -> Self {
        Self(name: name, label: label, type: .datetime, fieldType: "date", groupName: group)
    }

    static func date(_ name: String, _ label: String, _ group: String) -> Self {
        Self(name: name, label: label, type: .date, fieldType: "date", groupName: group)
    }

    static func choice(
        _ name: String,
        _ label: String,
        _ group: String,
        _ options: [(String, String)],
        multiple: Bool = false
    ) -> Self {
        Self(
            name: name,
            label: label,
            type: .enumeration,
            fieldType: multiple ? "checkbox" : "select",
            groupName: group,
            options: options.map { PropertyOption(value: $0.0, label: $0.1) }
        )
    }

    static func flag(_ name: String, _ label: String, _ group: String) -> Self {
        Self(
            name: name,
            label: label,
            type: .bool,
            fieldType: "booleancheckbox",
            groupName: group,
            options: [PropertyOption(value: "true", label: "Yes"), PropertyOption(value: "false", label: "No")]
        )
    }

    static func owner(_ group: String) -> Self {
        var property = Self.choice("hubspot_owner_id", "Owner", group, [])
        property.referencedObjectType = "OWNER"
        property.hasExternalOptions = true
        return property
    }

    /// The record's id.
    static func recordID(_ group: String) -> Self {
        var property = Self.number("hs_object_id", "Record ID", group).readOnly
        property.source = .recordID
        return property
    }

    /// The time the record was created.
    static func created(_ name: String, _ group: String) -> Self {
        var property = Self.datetime(name, "Create Date", group).readOnly
        property.source = .created
        return property
    }

    /// The time the record was last changed.
    static func modified(_ name: String, _ group: String) -> Self {
        var property = Self.datetime(name, "Last Modified Date", group).readOnly
        property.source = .modified
        return property
    }

    /// The same property, refusing writes.
    var readOnly: Self {
        var property = self
        property.isReadOnly = true
        return property
    }

    /// The same property, computed by the product and refusing writes.
    var calculated: Self {
        var property = self.readOnly
        property.isCalculated = true
        return property
    }

    /// The same property, with values that no two records share.
    var unique: Self {
        var property = self
        property.isUnique = true
        return property
    }
}
