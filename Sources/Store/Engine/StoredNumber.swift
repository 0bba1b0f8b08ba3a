import Records

/// The number under which the store keeps a name; good for one database only.
package protocol StoredNumber: RawRepresentable, Hashable, Sendable where RawValue == Int64 {
    /// Wraps a number that was read from the database.
    init(rawValue: Int64)
}

/// The number of an object's name, local (`contact`) or remote (`contacts`).
package struct ObjectNumber: StoredNumber, SQLArgument {
    /// The number in the database.
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// The number of a connection.
package struct ConnectionNumber: StoredNumber, SQLArgument {
    /// The number in the database.
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// The number of who or what acts: `sync:hubspot-eu`, `person:ada`, `import`, `workflow:nurturing`.
package struct ActorNumber: StoredNumber, SQLArgument {
    /// The number in the database.
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// The number of a shape, a mapping's field list at some time.
package struct ShapeNumber: StoredNumber, SQLArgument {
    /// The number in the database.
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// The number of a run; people see it.
package struct RunNumber: StoredNumber, SQLArgument {
    /// The number in the database.
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// The number of an object's match key.
package struct IdentityKeyNumber: StoredNumber, SQLArgument {
    /// The number in the database.
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }
}
