extension Migration {
    /// Whom we put on which list of a CRM, and which events were written to it as activities.
    static let lists = Migration(
        name: "011-lists",
        template: """
            CREATE TABLE remote_list(
                number #serial,
                name #text NOT NULL UNIQUE,
                hash #text NOT NULL,
                remote #text,
                read_at #int
            ) #rows;
            CREATE TABLE remote_list_member(
                list #int NOT NULL REFERENCES remote_list(number),
                record #bytes NOT NULL,
                state #text NOT NULL CHECK (state IN ('in', 'removed')),
                since #int NOT NULL,
                PRIMARY KEY(list, record)
            ) #clustered;
            CREATE TABLE remote_list_due(
                list #int NOT NULL REFERENCES remote_list(number),
                record #bytes NOT NULL,
                PRIMARY KEY(list, record)
            ) #clustered;
            CREATE TABLE activity_rule(
                number #serial,
                name #text NOT NULL UNIQUE,
                switched_on_at #int NOT NULL,
                since #int NOT NULL,
                position #int NOT NULL
            ) #rows;
            CREATE TABLE activity(
                connection #int NOT NULL REFERENCES connection(number),
                object #int NOT NULL REFERENCES object(number),
                event #int NOT NULL,
                rule #int NOT NULL REFERENCES activity_rule(number),
                record #bytes NOT NULL,
                state #text NOT NULL CHECK (state IN ('waiting', 'unknown', 'written', 'refused', 'erasing')),
                remote #text,
                detail #text,
                at #int NOT NULL,
                PRIMARY KEY(connection, object, event)
            ) #clustered;
            CREATE INDEX activity_open ON activity(connection, object, state, event)
                WHERE state IN ('waiting', 'unknown', 'erasing');
            CREATE INDEX activity_record ON activity(record, connection, object, event);

            """
    )
}
