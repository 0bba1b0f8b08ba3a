import ArgumentParser
import Mapping
import Records
import Store

struct ConflictsResolve: RelaisSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Decide conflicts; the next sync carries it out on both sides.",
        discussion: """
            A decision holds for the values that were seen: if a side has moved since, nothing is decided and the command \
            ends with 3.
            """
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Numbers of the list.") var ids: [Int64] = []
    @Option(help: "The side whose value goes to both: local or remote.") var take: Side?
    @Option(help: "Another value for both sides; empty clears the field.") var value: String?
    @Flag(help: "All open conflicts, or those that the options below leave: what `conflicts list` shows with the same.")
    var all = false
    @OptionGroup var query: ConflictQuery
    @Flag(help: "Also write the decision into the mapping, as the field's on_conflict; shows the changed lines.")
    var remember = false
    @Option(help: "A question about identity, from `conflicts list --reviews`.") var review: Int64?
    @Option(help: "The record that the remote record is: the beginning of its id, or its e-mail address.")
    var link: String?
    @Flag(help: "The remote record is none of those asked about: make a new record of it.") var create = false

    func validate() throws {
        if self.review != nil {
            guard self.ids.isEmpty, !self.all, self.value == nil, !self.query.isGiven, !self.remember,
                [self.link != nil, self.create, self.take != nil].count(where: { $0 }) == 1
            else {
                throw ValidationError(
                    "--review takes --link RECORD, --create, or --take local|remote, and nothing else"
                )
            }
            return
        }
        guard self.link == nil, !self.create else {
            throw ValidationError("--link and --create belong to --review ID")
        }
        guard self.ids.isEmpty == self.all else { throw ValidationError("give the numbers of the list, or --all") }
        guard (self.take == nil) != (self.value == nil) else {
            throw ValidationError("say who wins: --take local, --take remote, or --value TEXT")
        }
        guard !self.remember || self.take != nil else {
            throw ValidationError("--remember goes with --take local or --take remote: a policy names a side")
        }
        guard self.all || !self.query.isGiven else {
            throw ValidationError("--connection, --field, --object and --of belong to --all")
        }
    }

    func run(in context: CommandContext) async throws -> ExitStatus {
        let store = try context.workspace.openStore()
        if let review, let take { return try ReviewAnswer.take(take, review, in: store, context) }
        if let review {
            let identity = self.link.map { ReviewAnswer.Identity.record($0) } ?? .nobody
            return try await ReviewAnswer(review: review, identity: identity).give(in: store, context)
        }
        let verdicts = try store.write { transaction in
            try self.conflicts(in: transaction, of: context.workspace).map { conflict in
                (conflict, try self.decide(conflict, in: transaction, context))
            }
        }
        var rules = RememberedDecision.Rules()
        if self.remember, let side = self.take {
            let decided = verdicts.filter { $0.1 == nil }.map(\.0)
            rules = try RememberedDecision(context: context, side: side).write(decided, in: store)
        }
        return self.tell(verdicts, rules, to: context.output)
    }

    private func conflicts(in transaction: Transaction, of workspace: Workspace) throws -> [Conflict] {
        guard self.all else {
            return try self.ids.map { id in
                guard let conflict = try transaction.conflict(id) else { throw Self.unknown(id) }
                return conflict
            }
        }
        return try self.query.conflicts(.open, in: transaction, of: workspace)
    }

    /// Records the decision; returns why it was refused, nil if it was not.
    private func decide(
        _ conflict: Conflict,
        in transaction: Transaction,
        _ context: CommandContext
    ) throws -> String? {
        let about = conflict.about
        if conflict.state == .settled { return "it is settled already" }
        let standing = try StandingConflict(conflict, in: transaction)
        if let moved = standing.movement { return moved }
        if standing.isComputed, self.value != nil {
            return "\(about.field) is made for the CRM and has no place here for a value; take local or remote"
        }
        let schema = try transaction.record(about.record)?.schema
        let choice: ConflictChoice =
            if let take { .side(take) } else {
                .value(
                    try TypedValue(schema?.property(about.field), context.workspace.schema)
                        .read(self.value ?? "", field: about.field)
                )
            }
        let decision = ConflictDecision(choice: choice, by: context.person, at: context.clock.now)
        let isTaken = try transaction.decideConflict(
            conflict.id,
            decision,
            seenLocal: about.local,
            seenRemote: about.remote
        )
        return isTaken ? nil : "a side moved meanwhile"
    }

    private func tell(
        _ verdicts: [(conflict: Conflict, refusal: String?)],
        _ rules: RememberedDecision.Rules,
        to output: Output
    ) -> ExitStatus {
        for (conflict, refusal) in verdicts {
            let about = conflict.about
            guard let refusal else {
                let winner = self.take == .local ? about.local : about.remote
                let text = self.value.map { Printable.line($0) } ?? Printable.value(winner)
                output.line("\(conflict.id)  \(about.field) will be \(text) on both sides")
                continue
            }
            output.error("relais: conflict \(conflict.id) was not decided: \(refusal)")
        }
        let refused = verdicts.filter { $0.refusal != nil }
        let decided = verdicts.count - refused.count
        output.line(
            decided == 0 ? "Nothing was decided." : "\(decided) decided; the next `relais sync` carries it out."
        )
        let status: ExitStatus = refused.isEmpty && !rules.isRefused ? .done : .attention
        output.document([
            "exit": .number(of: Int(status.rawValue)),
            "decided": .array(verdicts.filter { $0.refusal == nil }.map { .number($0.conflict.id) }),
            "refused": .array(
                refused.map { ["id": .number($0.conflict.id), "reason": .string($0.refusal ?? "")] }
            ),
            "rules": .array(rules.told),
        ])
        return status
    }

    static func unknown(_ id: Int64) -> CommandError {
        CommandError(.usage, "there is no conflict \(id); see `relais conflicts list`")
    }
}

extension Side: ExpressibleByArgument {}

/// A conflict beside what both sides hold now, as far as the store knows.
private struct StandingConflict {
    /// Which side moved since the conflict was found, and what to do; nil if none did.
    let movement: String?
    /// Whether the field has no property here, being made for the CRM.
    let isComputed: Bool

    init(_ conflict: Conflict, in transaction: Transaction) throws {
        let about = conflict.about
        let link = try transaction.link(about.link)
        let field = try link.map { try transaction.shape($0.shape).fields }?
            .first { ($0.local ?? $0.remote ?? "").hasSameBytes(as: about.field) }
        self.isComputed = field.map { $0.local == nil } ?? false
        let advice = "run `relais sync`, then look again"
        guard let record = try transaction.record(about.record), record.isLive else {
            self.movement = "the record is deleted or merged"
            return
        }
        let now = record[about.field]
        if !self.isComputed, record.schema.property(about.field) != nil, !Self.agree(now, about.local) {
            self.movement = "\(about.field) became \(Printable.value(now)) here since; \(advice)"
            return
        }
        guard let seen = try transaction.observation(about.link), let shape = seen.shape,
            let position = try transaction.shape(shape).fields.firstIndex(where: {
                ($0.local ?? $0.remote ?? "").hasSameBytes(as: about.field)
            }),
            let remote = seen.values?[position], !Self.agree(remote, about.remote)
        else {
            self.movement = nil
            return
        }
        self.movement = "\(about.field) became \(Printable.value(remote)) in the CRM since; \(advice)"
    }

    private static func agree(_ left: Value, _ right: Value) -> Bool {
        left == right || (left.isBlank && right.isBlank)
    }
}
