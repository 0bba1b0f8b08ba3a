extension Migration {
    /// What the rules of single fields must remember: what is owed to a CRM, epochs, and which value has no counterpart.
    static let fieldRules = Migration(name: "003-field-rules", template: Self.owed + Self.epochs + Self.unmapped)

    private static let owed = """
        CREATE TABLE owed(
            connection #int NOT NULL REFERENCES connection(number),
            object #int NOT NULL REFERENCES object(number),
            record #bytes NOT NULL,
            field #text NOT NULL,
            local_value #text NOT NULL,
            remote_value #text NOT NULL,
            since #int NOT NULL,
            PRIMARY KEY(connection, object, record, field)
        ) #clustered;

        """

    private static let epochs = """
        CREATE TABLE epoch(
            record #bytes NOT NULL,
            property #text NOT NULL,
            epoch #int NOT NULL CHECK (epoch > 0),
            opened_at #int NOT NULL,
            opened_by #text NOT NULL,
            PRIMARY KEY(record, property)
        ) #clustered;
        CREATE TABLE link_epoch(
            record #bytes NOT NULL,
            property #text NOT NULL,
            connection #int NOT NULL REFERENCES connection(number),
            object #int NOT NULL REFERENCES object(number),
            epoch #int NOT NULL CHECK (epoch > 0),
            PRIMARY KEY(record, property, connection, object)
        ) #clustered;

        """

    private static let unmapped = """
        ALTER TABLE hold ADD COLUMN unmapped_side #text CHECK (unmapped_side IN ('local', 'remote'));
        ALTER TABLE hold ADD COLUMN unmapped_value #text;

        """
}
