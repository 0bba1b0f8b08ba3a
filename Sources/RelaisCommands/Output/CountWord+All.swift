extension CountWord {
    /// Every count with a fixed name, in reading order within its group.
    static let all = Self.creations + Self.updates + Self.restingCounts + Self.waiting + Self.failures + Self.requests

    private static let creations = [
        CountWord("created_locally", .created, "records made here", planned: "records would be made here"),
        CountWord(
            "linked",
            .created,
            "records linked to ones that were here already",
            planned: "records would be linked to ones that are here already"
        ),
        CountWord("created_remotely", .created, "records made in the CRM", planned: "records would be made in the CRM"),
        CountWord("created", .created, "records made, or events taken in"),
    ]

    private static let updates = [
        CountWord("updated_locally", .updated, "records changed here", planned: "records would be changed here"),
        CountWord(
            "deleted_locally",
            .updated,
            "records deleted here, because the CRM deleted them",
            planned: "records would be deleted here, because the CRM deleted them"
        ),
        CountWord("restored_locally", .updated, "records restored here", planned: "records would be restored here"),
        CountWord(
            "merged_locally",
            .updated,
            "records merged here, because the CRM merged them",
            planned: "records would be merged here, because the CRM merged them"
        ),
        CountWord("remapped", .updated, "links that followed a merge in the CRM"),
        CountWord(
            "updated_remotely",
            .updated,
            "records changed in the CRM",
            planned: "records would be changed in the CRM"
        ),
        CountWord(
            "archived_remotely",
            .updated,
            "records archived in the CRM",
            planned: "records would be archived in the CRM"
        ),
        CountWord("erased_remotely", .updated, "erased people confirmed to be gone from the CRM"),
        CountWord("associated", .updated, "associations written in the CRM"),
        CountWord(
            "added_to_lists",
            .updated,
            "records put on lists of the CRM",
            planned: "records would be put on lists of the CRM"
        ),
        CountWord(
            "removed_from_lists",
            .updated,
            "records taken off lists of the CRM",
            planned: "records would be taken off lists of the CRM"
        ),
        CountWord(
            "activities_written",
            .updated,
            "events written in the CRM as activities",
            planned: "events would be written in the CRM as activities"
        ),
        CountWord("updated", .updated, "records changed"),
    ]

    private static let restingCounts = [
        CountWord("unchanged", .unchanged, "records unchanged"),
        CountWord("stale", .unchanged, "older versions than the ones that are known, dropped"),
        CountWord("hinted", .noticed, "records read because a notification told of them"),
        CountWord("drift_new", .noticed, "records that nothing had told of"),
        CountWord("drift_missing", .noticed, "linked records that are missing in the CRM, by a read of each"),
        CountWord("drift_changed", .noticed, "records that had changed without anything telling of it"),
        CountWord("conflicts_found", .conflicts, "conflicts found"),
        CountWord(
            "conflicts_settled",
            .conflicts,
            "conflicts settled by a rule",
            command: "conflicts list --state settled"
        ),
        CountWord(
            "overwritten_unseen",
            .conflicts,
            "of them values of the CRM that were overwritten before anybody here had seen them"
        ),
    ]

    private static let waiting = [
        CountWord("conflicts_waiting", .leftAlone, "conflicts wait for a decision", command: "conflicts list"),
        CountWord(
            "reviews",
            .leftAlone,
            "records whose identity a person must settle",
            command: "conflicts list --reviews"
        ),
        CountWord(
            "fields_rejected",
            .leftAlone,
            "fields whose value the CRM refused or ignored",
            command: "quarantine list --fields"
        ),
        CountWord("unmapped", .leftAlone, "values without a counterpart", command: "quarantine list --fields"),
        CountWord(
            "needs_initial",
            .leftAlone,
            "values that differ on first contact, and the mapping does not say who wins: add `initial:` to the field",
            command: "plan"
        ),
        CountWord(
            "taken_off_lists",
            .leftAlone,
            "records that somebody in the CRM took off a list; they stay off until their segment moves"
        ),
        CountWord(
            "strangers_on_lists",
            .leftAlone,
            "records on lists whom no segment put there; they are left alone"
        ),
        CountWord("excluded", .leftAlone, "records outside the filter"),
        CountWord(
            "missing_remotely",
            .leftAlone,
            "linked records that the CRM does not have any more; they stay here until a run is sure, or as the mapping says"
        ),
    ]

    private static let failures = [
        CountWord("quarantined", .failed, "records set aside with a reason", command: "quarantine list"),
        CountWord("activities_refused", .failed, "activities that the CRM refused"),
        CountWord("troubles", .failed, "lists or activities that could not be dealt with; a sync says which, and why"),
        CountWord("unknown", .failed, "writes whose answer never came; the next run reads them back"),
        CountWord("rejected", .failed, "lines that were not taken"),
    ]

    private static let requests = [
        CountWord("requests_today", .requests, "requests of the day so far"),
        CountWord("requests_left_today", .requests, "left of what may be spent today"),
    ]
}
