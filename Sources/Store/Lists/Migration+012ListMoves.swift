extension Migration {
    /// Whom people in the CRM put on a list, so that each move is told once; and what of a list somebody approved.
    ///
    /// Lists that were kept before approvals were asked for are approved as they are.
    static let listMoves = Migration(
        name: "012-list-moves",
        template: """
            ALTER TABLE remote_list ADD COLUMN approved #text;
            UPDATE remote_list SET approved = hash WHERE read_at IS NOT NULL;
            CREATE TABLE remote_list_stranger(
                list #int NOT NULL REFERENCES remote_list(number),
                record #bytes NOT NULL,
                since #int NOT NULL,
                PRIMARY KEY(list, record)
            ) #clustered;

            """
    )
}
