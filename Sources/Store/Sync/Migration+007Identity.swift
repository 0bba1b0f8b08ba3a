extension Migration {
    /// Who wrote the values of a conflict, records whose identity is or was in doubt, and remote records that carry the id of a
    /// record that they are not.
    static let identity = Migration(
        name: "007-identity",
        template: """
            ALTER TABLE conflict ADD COLUMN local_by #text;
            ALTER TABLE conflict ADD COLUMN remote_by #text;
            CREATE TABLE identity_doubt(
                connection #int NOT NULL REFERENCES connection(number),
                object #int NOT NULL REFERENCES object(number),
                record #bytes NOT NULL,
                seen #text NOT NULL,
                accepted_by #text,
                accepted_at #int,
                PRIMARY KEY(connection, object, record)
            ) #clustered;
            CREATE TABLE foreign_key(
                connection #int NOT NULL REFERENCES connection(number),
                object #int NOT NULL REFERENCES object(number),
                remote #text NOT NULL,
                record #bytes NOT NULL,
                PRIMARY KEY(connection, object, remote)
            ) #clustered;

            """
    )
}
