extension Migration {
    /// Events, workflows, segments, scores, effects and hand-offs.
    static let automation = Migration(
        name: "002-automation",
        template: Self.events + Self.workflows + Self.effects + Self.readers + Self.handOffs
    )

    private static let events = """
        CREATE TABLE event_key(
            id #text NOT NULL PRIMARY KEY,
            seq #int NOT NULL
        ) #clustered;

        """

    private static let workflows = """
        CREATE TABLE workflow_version(
            number #serial,
            workflow #text NOT NULL,
            hash #text NOT NULL,
            definition #text NOT NULL,
            registered_at #int NOT NULL,
            UNIQUE(workflow, hash)
        ) #rows;
        CREATE TABLE enrolment(
            id #serial,
            workflow #text NOT NULL,
            version #int NOT NULL REFERENCES workflow_version(number),
            record #bytes NOT NULL,
            entry_key #text NOT NULL,
            state #text NOT NULL CHECK (state IN ('active', 'parked', 'ended')),
            step #text,
            phase #text NOT NULL CHECK (phase IN ('ready', 'waiting')),
            visit #int NOT NULL,
            due_at #int,
            wait_event #text,
            wait_after #int,
            entered_at #int NOT NULL,
            ended_at #int CHECK ((ended_at IS NOT NULL) = (state = 'ended')),
            reason #text CHECK ((reason IS NOT NULL) = (state <> 'active')),
            data #text NOT NULL,
            CHECK ((state = 'active') = (due_at IS NOT NULL)),
            CHECK (state <> 'active' OR step IS NOT NULL),
            CHECK ((wait_event IS NULL) = (wait_after IS NULL))
        ) #rows;
        CREATE UNIQUE INDEX enrolment_open ON enrolment(workflow, record, entry_key) WHERE state <> 'ended';
        CREATE INDEX enrolment_due ON enrolment(due_at, id) WHERE state = 'active';
        CREATE INDEX enrolment_record ON enrolment(record, id);
        CREATE INDEX enrolment_workflow ON enrolment(workflow, id);
        CREATE TABLE enrolment_step(
            enrolment #int NOT NULL REFERENCES enrolment(id),
            number #int NOT NULL,
            step #text NOT NULL,
            visit #int NOT NULL,
            at #int NOT NULL,
            outcome #text NOT NULL,
            detail #text NOT NULL,
            PRIMARY KEY(enrolment, number),
            UNIQUE(enrolment, step, visit)
        ) #clustered;

        """

    private static let effects = """
        CREATE TABLE effect(
            source #text NOT NULL CHECK (source IN ('enrolment', 'handoff')),
            subject #int NOT NULL,
            step #text NOT NULL,
            visit #int NOT NULL,
            kind #text NOT NULL CHECK (kind IN ('mail', 'notification')),
            key #text NOT NULL UNIQUE,
            record #bytes NOT NULL,
            template #text NOT NULL,
            recipient #text,
            state #text NOT NULL CHECK (state IN ('reserved', 'sent', 'unknown', 'failed', 'skipped')),
            reserved_at #int NOT NULL,
            journal_end #int NOT NULL,
            not_before #int CHECK ((not_before IS NOT NULL) = (state = 'reserved')),
            attempts #int NOT NULL,
            settled_at #int,
            message #text CHECK (message IS NOT NULL OR state <> 'reserved'),
            provider_id #text,
            detail #text,
            PRIMARY KEY(source, subject, step, visit)
        ) #clustered;
        CREATE INDEX effect_reserved ON effect(not_before, key) WHERE state = 'reserved';
        CREATE INDEX effect_trouble ON effect(reserved_at) WHERE state IN ('unknown', 'failed');
        CREATE INDEX effect_record ON effect(record, reserved_at);
        CREATE TABLE suppression(
            address #text NOT NULL PRIMARY KEY,
            reason #text NOT NULL,
            since #int NOT NULL
        ) #clustered;

        """

    private static let readers = """
        CREATE TABLE segment(
            name #text NOT NULL PRIMARY KEY,
            object #int NOT NULL REFERENCES object(number),
            hash #text NOT NULL,
            scanned_to #bytes,
            is_ready #int NOT NULL CHECK (is_ready IN (0, 1))
        ) #clustered;
        CREATE TABLE segment_member(
            segment #text NOT NULL REFERENCES segment(name),
            record #bytes NOT NULL,
            since #int NOT NULL,
            PRIMARY KEY(segment, record)
        ) #clustered;
        CREATE TABLE score(
            record #bytes NOT NULL PRIMARY KEY,
            points #int NOT NULL,
            fit #int NOT NULL,
            grade #text NOT NULL,
            qualified #int NOT NULL CHECK (qualified IN (0, 1)),
            computed_at #int NOT NULL,
            next_at #int
        ) #clustered;
        CREATE INDEX score_due ON score(next_at, record) WHERE next_at IS NOT NULL;

        """

    private static let handOffs = """
        CREATE TABLE handoff(
            id #serial,
            record #bytes NOT NULL,
            epoch #int NOT NULL,
            origin #text NOT NULL,
            state #text NOT NULL CHECK (state IN (
                'review', 'accepted', 'written', 'confirmed', 'working',
                'rejected', 'recycled', 'won', 'lost', 'dropped'
            )),
            points #int,
            grade #text,
            reasons #text NOT NULL,
            owner #text,
            owner_reason #text,
            passed_over #text NOT NULL,
            round #int NOT NULL,
            deal #bytes,
            task #bytes,
            decided_by #text,
            note #text,
            waiting_for #text,
            confirmed_at #int,
            nudges #int NOT NULL,
            due_at #int,
            created_at #int NOT NULL,
            updated_at #int NOT NULL,
            closed_at #int CHECK ((closed_at IS NOT NULL) = (
                state IN ('rejected', 'recycled', 'won', 'lost', 'dropped')
            )),
            UNIQUE(record, epoch),
            CHECK (closed_at IS NULL OR due_at IS NULL)
        ) #rows;
        CREATE UNIQUE INDEX handoff_open ON handoff(record) WHERE closed_at IS NULL;
        CREATE INDEX handoff_state ON handoff(state, id);
        CREATE INDEX handoff_owner ON handoff(owner) WHERE closed_at IS NULL;
        CREATE INDEX handoff_due ON handoff(due_at, id) WHERE due_at IS NOT NULL;
        CREATE UNIQUE INDEX handoff_deal ON handoff(deal) WHERE deal IS NOT NULL;
        CREATE UNIQUE INDEX handoff_task ON handoff(task) WHERE task IS NOT NULL;
        CREATE TABLE handoff_step(
            handoff #int NOT NULL REFERENCES handoff(id),
            number #int NOT NULL,
            at #int NOT NULL,
            actor #text NOT NULL,
            state #text NOT NULL,
            detail #text NOT NULL,
            PRIMARY KEY(handoff, number)
        ) #clustered;
        CREATE TABLE rotation(
            pool #text NOT NULL,
            owner #text NOT NULL,
            credit #int NOT NULL,
            assigned #int NOT NULL,
            last_at #int,
            PRIMARY KEY(pool, owner)
        ) #clustered;

        """
}
