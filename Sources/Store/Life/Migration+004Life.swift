extension Migration {
    /// A record's life: deletes, merges, what is never synced.
    ///
    /// The kinds of review are checked by `ReviewKind`, so that a new kind needs no new table.
    static let life = Migration(
        name: "004-life",
        template: """
            CREATE INDEX record_deleted ON record(object, record) WHERE deleted_at IS NOT NULL;
            CREATE INDEX record_alias ON record(alias_of) WHERE alias_of IS NOT NULL;
            CREATE INDEX observation_departed ON observation(connection, object, remote) WHERE state <> 'live';
            CREATE TABLE remote_alias(
                connection #int NOT NULL REFERENCES connection(number),
                object #int NOT NULL REFERENCES object(number),
                remote #text NOT NULL,
                target #text NOT NULL,
                since #int NOT NULL,
                CHECK (remote <> target),
                PRIMARY KEY(connection, object, remote)
            ) #clustered;
            CREATE INDEX remote_alias_target ON remote_alias(connection, object, target);
            CREATE TABLE exclusion(
                record #bytes NOT NULL PRIMARY KEY,
                reason #text NOT NULL,
                actor #int NOT NULL,
                run #int,
                since #int NOT NULL
            ) #clustered;
            CREATE TABLE review_with_more_kinds(
                id #serial,
                connection #int NOT NULL REFERENCES connection(number),
                object #int NOT NULL REFERENCES object(number),
                subject #text NOT NULL,
                remote #text,
                record #bytes,
                kind #text NOT NULL,
                candidates #text NOT NULL,
                detail #text NOT NULL,
                state #text NOT NULL CHECK (state IN ('open', 'settled')),
                created_at #int NOT NULL,
                settled_at #int CHECK ((settled_at IS NOT NULL) = (state = 'settled')),
                settled_by #text
            ) #rows;
            INSERT INTO review_with_more_kinds(
                id, connection, object, subject, remote, record, kind, candidates, detail, state, created_at, settled_at,
                settled_by
            ) SELECT id, connection, object, subject, remote, record, kind, candidates, detail, state, created_at,
                settled_at, settled_by FROM review;
            DROP TABLE review;
            ALTER TABLE review_with_more_kinds RENAME TO review;
            CREATE UNIQUE INDEX review_open ON review(connection, object, subject, kind) WHERE state = 'open';
            CREATE INDEX review_state ON review(state, id);

            """
    )
}
