package import Records

/// A record as the store holds it.
package struct StoredRecord: Hashable, Sendable {
    /// The id.
    package let id: RecordID
    /// The object.
    package let object: ObjectNumber
    /// Counts the changes, from 1.
    package let version: Int64
    /// The object's properties, whose places are those of `values`.
    package let schema: ObjectSchema
    /// The values by the schema's places; `.absent` where a property was never set.
    package let values: [Value]
    /// When the record was deleted; nil while it lives.
    package let deletedAt: Instant?
    /// The record that this one was merged into; nil if it stands for itself.
    package let aliasOf: RecordID?

    /// Whether the record is neither deleted nor merged away.
    package var isLive: Bool { self.deletedAt == nil && self.aliasOf == nil }

    /// The value of a property; `.absent` if it was never set, or the schema has none of that name.
    package subscript(property: String) -> Value {
        let place = self.schema.properties.firstIndex { $0.name.hasSameBytes(as: property) }
        return place.map { self.values[$0] } ?? .absent
    }
}

/// A property and what it shall be.
package struct PropertySetting: Hashable, Sendable {
    /// The property's name.
    package let property: String
    /// The value; `.absent` takes the property away, null says that it is cleared.
    package let value: Value

    /// Creates a setting.
    package init(_ property: String, _ value: Value) {
        self.property = property
        self.value = value
    }
}

/// What became of one property.
package struct PropertyChange: Hashable, Sendable {
    /// The property's name.
    package let property: String
    /// What it was.
    package let old: Value
    /// What it is now.
    package let new: Value

    /// Creates a change.
    package init(_ property: String, old: Value, new: Value) {
        self.property = property
        self.old = old
        self.new = new
    }
}

/// What a change did to a record.
package struct RecordChange: Hashable, Sendable {
    /// The record's version now.
    package let version: Int64
    /// The properties that really changed, in the order in which they were set.
    package let changes: [PropertyChange]
    /// The journal row; nil if nothing changed.
    package let sequence: Int64?
}

/// Fields of a link that the caller settles itself in the same transaction.
package struct KeptFields: Hashable, Sendable {
    /// The link.
    package let link: LinkKey
    /// The places in the link's shape.
    package let fields: [Int]

    /// Creates the exception.
    package init(_ link: LinkKey, fields: [Int]) {
        self.link = link
        self.fields = fields
    }
}
