extension Migration {
    /// What reading remembers beside its cursors: hints of notifications, events that were seen, requests that were spent.
    static let reading = Migration(
        name: "006-reading",
        template: """
            CREATE TABLE hint(
                connection #int NOT NULL REFERENCES connection(number),
                object #int NOT NULL REFERENCES object(number),
                remote #text NOT NULL,
                type #text NOT NULL,
                events #int NOT NULL,
                first_at #int NOT NULL,
                PRIMARY KEY(connection, object, remote)
            ) #clustered;
            CREATE TABLE webhook_event(
                connection #int NOT NULL REFERENCES connection(number),
                digest #bytes NOT NULL,
                at #int NOT NULL,
                PRIMARY KEY(connection, digest)
            ) #clustered;
            CREATE INDEX webhook_event_at ON webhook_event(connection, at);
            CREATE TABLE budget(
                connection #int NOT NULL REFERENCES connection(number),
                day #int NOT NULL,
                urgent #int NOT NULL,
                incremental #int NOT NULL,
                backfill #int NOT NULL,
                said_left #int,
                said_at #int,
                day_limit #int,
                reserve #int NOT NULL,
                CHECK ((said_left IS NULL) = (said_at IS NULL)),
                PRIMARY KEY(connection, day)
            ) #clustered;

            """
    )
}
