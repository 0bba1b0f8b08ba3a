package import Records

/// A user of a CRM that records can belong to.
package struct KnownOwner: Hashable, Sendable {
    /// The CRM's id.
    package let id: Text
    /// The e-mail address; may be empty.
    package let email: Text
    /// The name; may be empty.
    package let name: Text
    /// Whether the user can still own something.
    package let isActive: Bool

    /// Creates an owner.
    package init(id: Text, email: Text, name: Text, isActive: Bool) {
        self.id = id
        self.email = email
        self.name = name
        self.isActive = isActive
    }
}

/// A plan that a person approved (R11).
package struct PlanApproval: Hashable, Sendable {
    /// The digest of the plan.
    package let digest: String
    /// The plan in counts, as JSON.
    package let plan: String
    /// When.
    package let at: Instant
    /// Who.
    package let by: String

    /// Creates an approval.
    package init(digest: String, plan: String, at: Instant, by: String) {
        self.digest = digest
        self.plan = plan
        self.at = at
        self.by = by
    }
}

extension Transaction {
    /// Where a reader stands; nil if it never began.
    package func cursor(_ reader: String) throws -> Text? {
        try self.first("SELECT value FROM cursor WHERE reader = ?1", reader) { $0.text(0) }
    }

    /// Moves a reader; in the same transaction as what it has read.
    package func setCursor(_ reader: String, to value: Text) throws {
        let sql: StaticString = """
            INSERT INTO cursor(reader, value) VALUES(?1, ?2) ON CONFLICT(reader) DO UPDATE SET value = excluded.value
            """
        try self.execute(sql, reader, value)
    }

    /// Sends a reader back to its beginning.
    package func removeCursor(_ reader: String) throws {
        try self.execute("DELETE FROM cursor WHERE reader = ?1", reader)
    }

    /// A setting of the workspace; nil if it was never set.
    package func setting(_ key: String) throws -> String? {
        try self.first("SELECT value FROM workspace WHERE key = ?1", key) { $0.string(0) }
    }

    /// Sets a setting of the workspace.
    package func setSetting(_ key: String, to value: String) throws {
        let sql: StaticString = """
            INSERT INTO workspace(key, value) VALUES(?1, ?2) ON CONFLICT(key) DO UPDATE SET value = excluded.value
            """
        try self.execute(sql, key, value)
    }

    /// The owners of a connection by id.
    package func owners(_ connection: ConnectionNumber) throws -> [KnownOwner] {
        let sql: StaticString = "SELECT id, email, name, active FROM owner WHERE connection = ?1 ORDER BY id"
        return try self.all(sql, connection) {
            KnownOwner(id: $0.text(0), email: $0.text(1), name: $0.text(2), isActive: $0.flag(3))
        }
    }

    /// Replaces the owners of a connection.
    package func setOwners(_ owners: [KnownOwner], of connection: ConnectionNumber) throws {
        // Every run tells them, and they hardly ever change.
        guard try self.owners(connection) != owners.sorted(by: { $0.id < $1.id }) else { return }
        try self.execute("DELETE FROM owner WHERE connection = ?1", connection)
        let sql: StaticString = "INSERT INTO owner(connection, id, email, name, active) VALUES(?1, ?2, ?3, ?4, ?5)"
        for owner in owners { try self.execute(sql, connection, owner.id, owner.email, owner.name, owner.isActive) }
    }

    /// Stores an approval of a connection's plan; the same plan approved again keeps the first.
    package func store(_ approval: PlanApproval, of connection: ConnectionNumber) throws {
        let sql: StaticString = """
            INSERT INTO approval(connection, digest, plan, approved_at, approved_by) VALUES(?1, ?2, ?3, ?4, ?5)
            ON CONFLICT(connection, digest) DO NOTHING
            """
        try self.execute(sql, connection, approval.digest, approval.plan, approval.at, approval.by)
    }

    /// The approval of a plan by its digest; nil if nobody approved it.
    package func approval(_ connection: ConnectionNumber, digest: String) throws -> PlanApproval? {
        let sql: StaticString = """
            SELECT digest, plan, approved_at, approved_by FROM approval WHERE connection = ?1 AND digest = ?2
            """
        return try self.first(sql, connection, digest, read: Self.approval)
    }

    /// The approvals of a connection, the newest first.
    package func approvals(_ connection: ConnectionNumber) throws -> [PlanApproval] {
        let sql: StaticString = "SELECT digest, plan, approved_at, approved_by FROM approval WHERE connection = ?1"
        // A handful of rows: no index for their order.
        return try self.all(sql, connection, read: Self.approval)
            .sorted { ($1.at, $0.digest) < ($0.at, $1.digest) }
    }

    private static func approval(_ columns: Columns) -> PlanApproval {
        PlanApproval(
            digest: columns.string(0),
            plan: columns.string(1),
            at: columns.instant(2),
            by: columns.string(3)
        )
    }
}
