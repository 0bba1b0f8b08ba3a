extension Migration {
    /// Which records are rolled up into which, and what has to be counted again.
    static let rollUps = Migration(
        name: "008-roll-ups",
        template: """
            CREATE TABLE roll_up(
                number #serial,
                name #text NOT NULL UNIQUE,
                hash #text NOT NULL
            ) #rows;
            CREATE TABLE roll_up_member(
                roll_up #int NOT NULL,
                parent #bytes NOT NULL,
                child #bytes NOT NULL,
                PRIMARY KEY(roll_up, parent, child)
            ) #clustered;
            CREATE UNIQUE INDEX roll_up_child ON roll_up_member(roll_up, child);
            CREATE TABLE roll_up_due(
                roll_up #int NOT NULL,
                parent #bytes NOT NULL,
                PRIMARY KEY(roll_up, parent)
            ) #clustered;

            """
    )
}
