extension Migration {
    /// Records, journal, links with their shadows, and what waits between a store and its CRMs.
    static let base = Migration(
        name: "001-base",
        template: Self.names + Self.records + Self.links + Self.waiting + Self.people + Self.bookkeeping
    )

    private static let names = """
        CREATE TABLE object(
            number #serial,
            name #text NOT NULL UNIQUE
        ) #rows;
        CREATE TABLE actor(
            number #serial,
            name #text NOT NULL UNIQUE
        ) #rows;
        CREATE TABLE connection(
            number #serial,
            name #text NOT NULL UNIQUE,
            connector #text NOT NULL,
            account #text,
            pinned_at #int,
            approved_at #int,
            approved_by #text,
            first_sync_done_at #int,
            CHECK ((account IS NULL) = (pinned_at IS NULL)),
            CHECK ((approved_at IS NULL) = (approved_by IS NULL))
        ) #rows;

        """

    private static let records = """
        CREATE TABLE record(
            record #bytes NOT NULL PRIMARY KEY,
            object #int NOT NULL,
            version #int NOT NULL,
            properties #text NOT NULL,
            deleted_at #int,
            alias_of #bytes
        ) #clustered;
        CREATE TABLE identity_key(
            number #serial,
            object #int NOT NULL REFERENCES object(number),
            name #text NOT NULL,
            UNIQUE(object, name)
        ) #rows;
        CREATE TABLE identity(
            object #int NOT NULL,
            key #int NOT NULL,
            canon #bytes NOT NULL,
            record #bytes NOT NULL,
            PRIMARY KEY(object, key, canon, record)
        ) #clustered;
        CREATE TABLE journal(
            seq #serial,
            record #bytes NOT NULL,
            at #int NOT NULL,
            run #int,
            actor #int NOT NULL,
            kind #text NOT NULL,
            changes #text NOT NULL,
            detail #text
        ) #rows;
        CREATE INDEX journal_record ON journal(record);

        """

    private static let links = """
        CREATE TABLE shape(
            number #serial,
            mapping #text NOT NULL,
            fields #text NOT NULL,
            UNIQUE(mapping, fields)
        ) #rows;
        CREATE TABLE link(
            connection #int NOT NULL,
            object #int NOT NULL,
            remote #text NOT NULL,
            record #bytes NOT NULL,
            remote_version #int NOT NULL,
            agreed #int NOT NULL,
            shape #int NOT NULL,
            remote_shadow #bytes NOT NULL,
            local_shadow #text,
            status #text NOT NULL CHECK (status IN ('active', 'excluded', 'gone')),
            PRIMARY KEY(connection, object, remote)
        ) #clustered;
        CREATE UNIQUE INDEX link_record ON link(record, connection, object);
        CREATE INDEX link_dirty ON link(connection, object, remote) WHERE local_shadow IS NOT NULL;
        CREATE TABLE observation(
            connection #int NOT NULL REFERENCES connection(number),
            object #int NOT NULL REFERENCES object(number),
            remote #text NOT NULL,
            version #int NOT NULL,
            state #text NOT NULL CHECK (state IN ('live', 'archived', 'gone', 'merged')),
            merged_into #text CHECK ((merged_into IS NOT NULL) = (state = 'merged')),
            remote_values #bytes,
            shape #int REFERENCES shape(number),
            named #bytes,
            observed_at #int NOT NULL,
            CHECK ((remote_values IS NULL) = (shape IS NULL)),
            PRIMARY KEY(connection, object, remote)
        ) #clustered;
        CREATE TABLE operation(
            id #serial,
            run #int,
            connection #int NOT NULL REFERENCES connection(number),
            object #int NOT NULL REFERENCES object(number),
            record #bytes NOT NULL,
            remote #text,
            kind #text NOT NULL CHECK (kind IN ('create', 'update', 'archive', 'associate')),
            lane #text NOT NULL CHECK (lane IN ('normal', 'urgent')),
            state #text NOT NULL CHECK (state IN ('waiting', 'in_flight', 'unknown')),
            attempts #int NOT NULL DEFAULT 0,
            not_before #int,
            sent_at #int,
            create_key #text,
            based_on #int NOT NULL,
            shape #int NOT NULL REFERENCES shape(number),
            payload #text NOT NULL,
            CHECK ((remote IS NULL) = (kind = 'create')),
            UNIQUE(connection, object, record)
        ) #rows;
        CREATE INDEX operation_state ON operation(connection, state, id);

        """

    private static let waiting = """
        CREATE TABLE conflict(
            id #serial,
            connection #int NOT NULL REFERENCES connection(number),
            object #int NOT NULL REFERENCES object(number),
            record #bytes NOT NULL,
            remote #text NOT NULL,
            field #text NOT NULL,
            local_base #text NOT NULL,
            remote_base #text NOT NULL,
            local_value #text NOT NULL,
            remote_value #text NOT NULL,
            local_at #int,
            remote_at #int,
            rule #text NOT NULL,
            state #text NOT NULL CHECK (state IN ('open', 'decided', 'settled')),
            decision #text CHECK (decision IN ('local', 'remote', 'value')),
            decided_value #text CHECK ((decided_value IS NOT NULL) = (decision IS NOT NULL AND decision = 'value')),
            decided_by #text,
            decided_at #int,
            created_at #int NOT NULL,
            settled_at #int CHECK ((settled_at IS NOT NULL) = (state = 'settled')),
            run #int,
            winner #text CHECK (winner IN ('local', 'remote', 'merged', 'agreed')),
            CHECK (state <> 'decided' OR decision IS NOT NULL),
            CHECK ((winner IS NOT NULL) = (state = 'settled'))
        ) #rows;
        CREATE UNIQUE INDEX conflict_unsettled ON conflict(connection, object, record, field) WHERE state <> 'settled';
        CREATE INDEX conflict_state ON conflict(state, id);
        CREATE INDEX conflict_record ON conflict(record, id);
        CREATE TABLE hold(
            connection #int NOT NULL REFERENCES connection(number),
            object #int NOT NULL REFERENCES object(number),
            record #bytes NOT NULL,
            field #text NOT NULL,
            reason #text NOT NULL CHECK (reason IN ('rejected', 'ignored', 'unmapped', 'undone', 'fight')),
            detail #text NOT NULL,
            local_value #text NOT NULL,
            remote_value #text NOT NULL,
            since #int NOT NULL,
            PRIMARY KEY(connection, object, record, field)
        ) #clustered;
        CREATE TABLE review(
            id #serial,
            connection #int NOT NULL REFERENCES connection(number),
            object #int NOT NULL REFERENCES object(number),
            subject #text NOT NULL,
            remote #text,
            record #bytes,
            kind #text NOT NULL CHECK (kind IN ('ambiguous', 'duplicate_of', 'contradiction', 'create_unknown')),
            candidates #text NOT NULL,
            detail #text NOT NULL,
            state #text NOT NULL CHECK (state IN ('open', 'settled')),
            created_at #int NOT NULL,
            settled_at #int CHECK ((settled_at IS NOT NULL) = (state = 'settled')),
            settled_by #text
        ) #rows;
        CREATE UNIQUE INDEX review_open ON review(connection, object, subject, kind) WHERE state = 'open';
        CREATE INDEX review_state ON review(state, id);
        CREATE TABLE quarantine(
            id #serial,
            connection #int NOT NULL REFERENCES connection(number),
            object #int NOT NULL REFERENCES object(number),
            side #text NOT NULL CHECK (side IN ('local', 'remote')),
            subject #text NOT NULL,
            remote #text,
            record #bytes,
            reason #text NOT NULL,
            detail #text NOT NULL,
            attempts #int NOT NULL,
            since #int NOT NULL,
            last_at #int NOT NULL,
            UNIQUE(connection, object, side, subject)
        ) #rows;

        """

    private static let people = """
        CREATE TABLE owner(
            connection #int NOT NULL REFERENCES connection(number),
            id #text NOT NULL,
            email #text NOT NULL,
            name #text NOT NULL,
            active #int NOT NULL CHECK (active IN (0, 1)),
            PRIMARY KEY(connection, id)
        ) #clustered;
        CREATE TABLE approval(
            connection #int NOT NULL REFERENCES connection(number),
            digest #text NOT NULL,
            plan #text NOT NULL,
            approved_at #int NOT NULL,
            approved_by #text NOT NULL,
            PRIMARY KEY(connection, digest)
        ) #clustered;

        """

    private static let bookkeeping = """
        CREATE TABLE cursor(
            reader #text NOT NULL PRIMARY KEY,
            value #text NOT NULL
        ) #clustered;
        CREATE TABLE run(
            number #serial,
            connection #int REFERENCES connection(number),
            kind #text NOT NULL,
            started_at #int NOT NULL,
            ended_at #int CHECK ((ended_at IS NULL) = (state = 'running')),
            state #text NOT NULL CHECK (state IN ('running', 'done', 'attention', 'failed', 'interrupted')),
            counts #text NOT NULL,
            requests #int NOT NULL,
            error #text,
            journal_start #int NOT NULL,
            journal_end #int CHECK ((journal_end IS NULL) = (state = 'running'))
        ) #rows;
        CREATE INDEX run_running ON run(connection) WHERE state = 'running';
        CREATE TABLE lease(
            name #text NOT NULL PRIMARY KEY,
            holder #text NOT NULL,
            until #int NOT NULL,
            epoch #int NOT NULL
        ) #clustered;
        CREATE TABLE workspace(
            key #text NOT NULL PRIMARY KEY,
            value #text NOT NULL
        ) #clustered;

        """
}
