import Records
import SyncEngine

extension SyncReport {
    /// The report for people.
    func print(to output: Output, verbose: Bool = false) {
        for line in self.lines + self.breakerLines { output.line(line) }
        for line in self.warnings { output.line(line) }
        guard verbose else { return }
        for change in self.samples { change.print(to: output) }
    }

    /// The report in lines.
    var lines: [String] {
        var lines: [String] = []
        switch self.kind {
        case .plan: lines.append("Plan for \(self.connection) (run \(self.run)); nothing was written.")
        case .sync: lines.append("Synced \(self.connection) (run \(self.run)).")
        }
        var table = Table()
        for path in self.kind == .plan ? Self.future : Self.past where self.counts[keyPath: path] > 0 {
            guard let word = CountWord.of(path) else { continue }
            table.add("  \(self.counts[keyPath: path])", word.sentence(isPlan: self.kind == .plan))
        }
        if self.counts.missingRemotely > 0 {
            table.add("  \(self.counts.missingRemotely)", Self.missing(isFollowed: self.followsDeletions))
        }
        lines += table.lines.isEmpty ? ["  Both sides agree; nothing to do."] : table.lines
        for (field, count) in self.counts.driftFields.sorted(by: { $0.key < $1.key }) {
            lines.append("  \(count) of them in \(field)")
        }
        for (field, count) in self.counts.needsInitial.sorted(by: { $0.key < $1.key }) {
            lines.append(
                "  \(count) records differ in \(field), and the mapping does not say who wins: add `initial:` to the field"
            )
        }
        for (name, reason) in self.counts.troubles.sorted(by: { $0.key < $1.key }) {
            lines.append("  \(name) was left alone: \(reason)")
        }
        return lines
    }

    /// Why an approval was not taken.
    private var warnings: [String] {
        guard !self.moves.isEmpty else { return [] }
        guard let shownBy else {
            return ["The approval of the first sync does not hold any more:"] + self.moves.map { "  \($0)" }
                + ["Look at this plan and approve it if it is right."]
        }
        return ["This is not the plan that run \(shownBy) showed, so the approval was not taken:"]
            + self.moves.map { "  \($0)" } + ["Approve it again if it is right as it is now."]
    }

    /// The report as JSON.
    var json: JSON { self.json(and: []) }

    /// The report as JSON, with more members at its end.
    func json(and extra: [(key: String, value: JSON)]) -> JSON {
        var counts: [(key: String, value: JSON)] = SyncCounts.named.map {
            (key: $0.name, value: .number(of: self.counts[keyPath: $0.path]))
        }
        let initial = self.counts.needsInitial.sorted { $0.key < $1.key }.map {
            (key: $0.key, value: JSON.number(of: $0.value))
        }
        counts.append((key: "needs_initial", value: .object(initial)))
        let drift = self.counts.driftFields.sorted { $0.key < $1.key }.map {
            (key: $0.key, value: JSON.number(of: $0.value))
        }
        counts.append((key: "drift_fields", value: .object(drift)))
        let troubles = self.counts.troubles.sorted { $0.key < $1.key }.map {
            (key: $0.key, value: JSON.string($0.value))
        }
        counts.append((key: "troubles", value: .object(troubles)))
        return .object(
            [
                (key: "connection", value: .string(self.connection)),
                (key: "run", value: .number(of: Int(self.run))),
                (key: "kind", value: .string(self.kind == .plan ? "plan" : "sync")),
                (key: "digest", value: .string(self.digest)),
                (key: "counts", value: .object(counts)),
                (key: "breakers", value: .array(self.breakers.map(\.json))),
                (key: "allow", value: .text(self.allowLine)),
                (key: "requests", value: .number(of: self.requests)),
                (key: "changes", value: .array(self.samples.map(\.json))),
                (key: "moved_since_shown", value: .array(self.moves.map { .string($0) })),
            ] + extra
        )
    }

    private typealias Path = any KeyPath<SyncCounts, Int> & Sendable

    /// What a plan tells, in reading order.
    private static let future: [Path] =
        [
            \.createdLocally,
            \.linked,
            \.updatedLocally,
            \.deletedLocally,
            \.restoredLocally,
            \.mergedLocally,
            \.createdRemotely,
            \.updatedRemotely,
            \.archivedRemotely,
            \.addedToLists,
            \.removedFromLists,
            \.activitiesWritten,
        ] + waiting

    /// What a run tells.
    private static let past: [Path] =
        [
            \.createdLocally,
            \.linked,
            \.updatedLocally,
            \.deletedLocally,
            \.restoredLocally,
            \.mergedLocally,
            \.remapped,
            \.createdRemotely,
            \.updatedRemotely,
            \.archivedRemotely,
            \.erasedRemotely,
            \.associated,
            \.addedToLists,
            \.removedFromLists,
            \.activitiesWritten,
            \.unchanged,
            \.hinted,
        ] + waiting + drift

    private static let drift: [Path] =
        [
            \.driftNew,
            \.driftMissing,
            \.driftChanged,
        ]

    /// What becomes of records that the CRM does not have any more: one read that misses them is no evidence (R10).
    static func missing(isFollowed: Bool) -> String {
        let what = "linked records that the CRM does not have any more; "
        guard isFollowed else { return what + "they stay here (the mapping's `delete: pull` is `ignore`)" }
        return what + "a later run looks again, and deletes here those that are gone where the mapping says "
            + "`delete: { pull: archive }`"
    }

    private static let waiting: [Path] =
        [
            \.conflictsSettled,
            \.overwrittenUnseen,
            \.conflictsWaiting,
            \.reviews,
            \.quarantined,
            \.fieldsRejected,
            \.unmapped,
            \.takenOffLists,
            \.strangersOnLists,
            \.activitiesRefused,
            \.excluded,
            \.unknown,
        ]
}

extension PlannedChange {
    func print(to output: Output) {
        let subject = self.remote.map { "\(self.mapping) \($0)" } ?? "\(self.mapping) \(self.record?.description ?? "")"
        output.line("  \(self.action.rawValue): \(subject)")
        for field in self.fields {
            output.line("      \(field.name): \(Printable.value(field.old)) → \(Printable.value(field.new))")
        }
    }

    var json: JSON {
        [
            "action": .string(self.action.rawValue),
            "mapping": .string(self.mapping),
            "record": self.record.map { .string($0.description) } ?? .null,
            "remote": self.remote.map { .string($0.string) } ?? .null,
            "fields": .array(
                self.fields.map {
                    ["name": .string($0.name), "old": .string($0.old.description), "new": .string($0.new.description)]
                }
            ),
        ]
    }
}
