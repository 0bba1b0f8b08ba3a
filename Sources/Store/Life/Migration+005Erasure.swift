extension Migration {
    /// Erased people: what is still to be done in which CRM, and the keyed hashes by which they are known if they return.
    static let erasure = Migration(
        name: "005-erasure",
        template: """
            CREATE TABLE erasure(
                record #bytes NOT NULL PRIMARY KEY,
                reason #text NOT NULL,
                actor #int NOT NULL,
                requested_at #int NOT NULL,
                confirmed_at #int
            ) #clustered;
            CREATE TABLE erasure_target(
                connection #int NOT NULL REFERENCES connection(number),
                object #int NOT NULL REFERENCES object(number),
                remote #text NOT NULL,
                record #bytes NOT NULL,
                state #text NOT NULL CHECK (state IN ('pending', 'sent', 'confirmed', 'by_hand')),
                attempts #int NOT NULL,
                detail #text NOT NULL,
                at #int NOT NULL,
                PRIMARY KEY(connection, object, remote)
            ) #clustered;
            CREATE INDEX erasure_target_record ON erasure_target(record, connection, object, remote);
            CREATE INDEX erasure_target_open ON erasure_target(connection, object, remote)
                WHERE state IN ('pending', 'sent');
            CREATE TABLE erased_key(
                hash #bytes NOT NULL PRIMARY KEY,
                record #bytes NOT NULL,
                since #int NOT NULL
            ) #clustered;

            """
    )
}
