import ArgumentParser
import HandOff
import Records
import Store

struct HandOffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "handoff",
        abstract: "Leads on their way to sales.",
        subcommands: [
            HandOffList.self, HandOffShow.self, HandOffAccept.self, HandOffReject.self, HandOffRecycle.self,
            HandOffReassign.self,
        ]
    )
}

struct HandOffList: RelaisSubcommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "The hand-offs, the newest first.")

    @OptionGroup var options: GlobalOptions
    @Flag(help: "Closed ones too.") var all = false
    @Option(help: "How many to show.") var limit = 50

    func run(in context: CommandContext) async throws -> ExitStatus {
        let store = try context.workspace.openStore()
        let found = try store.read { try $0.handOffs(limit: self.limit) }.filter { self.all || !$0.state.isClosed }
        if found.isEmpty {
            context.output.line(
                self.all ? "There was no hand-off yet." : "No hand-off is open; --all shows closed ones."
            )
        }
        var table = Table()
        if !found.isEmpty { table.add("NO", "STATE", "POINTS", "OWNER", "RECORD", "WAITS FOR") }
        for handOff in found {
            table.add(
                "\(handOff.id.rawValue)",
                handOff.state.rawValue,
                handOff.points.map { "\($0)" } ?? "—",
                handOff.owner?.string ?? "—",
                handOff.record.description,
                handOff.waitingFor?.string ?? "—"
            )
        }
        for line in table.lines { context.output.line(line) }
        context.output.document(["handoffs": .array(found.map(\.json))])
        return found.contains { $0.state == .review } ? .attention : .done
    }
}

struct HandOffShow: RelaisSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "One hand-off with its reasons and steps."
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Its number.") var number: Int64

    func run(in context: CommandContext) async throws -> ExitStatus {
        let store = try context.workspace.openStore()
        let id = HandOffNumber(rawValue: self.number)
        guard let handOff = try store.read({ try $0.handOff(id) }) else {
            throw CommandError(.usage, "there is no hand-off \(self.number); see `relais handoff list --all`")
        }
        context.output.line("Hand-off \(self.number): \(handOff.state.rawValue)")
        for reason in handOff.reasons { context.output.line("  because \(reason)") }
        for step in try store.read({ try $0.steps(of: id) }) {
            context.output.line("  \(step.at)  \(step.state.rawValue)  \(step.actor)  \(step.detail)")
        }
        context.output.document(handOff.json)
        return .done
    }
}

/// A decision on one hand-off.
protocol HandOffDecisionCommand: RelaisSubcommand {
    var number: Int64 { get }
    func decide(_ runner: HandOffRunner, _ id: HandOffNumber, by person: Text, now: Instant) throws -> HandOffDecision
}

extension HandOffDecisionCommand {
    func run(in context: CommandContext) async throws -> ExitStatus {
        let store = try context.workspace.openStore()
        let automation = try Automation(context, store: store)
        defer { automation.stop() }
        guard let runner = automation.handOffs else {
            throw CommandError(.data, "no hand-off is configured: Config/handoff.yaml is missing")
        }
        let now = context.clock.now
        let id = HandOffNumber(rawValue: self.number)
        guard try store.read({ try $0.handOff(id) }) != nil else {
            throw CommandError(.usage, "there is no hand-off \(self.number); see `relais handoff list --all`")
        }
        let handOff: StoredHandOff
        switch try self.decide(runner, id, by: Text(context.person), now: now) {
        case .done(let decided): handOff = decided
        case .impossible(let reason):
            throw CommandError(.attention, "hand-off \(self.number) stays as it is: \(Printable.text(reason.string))")
        }
        try await automation.tick(now: now)
        let after = try store.read { try $0.handOff(id) } ?? handOff
        context.output.line(
            "Hand-off \(self.number) is \(after.state.rawValue)\(after.owner.map { ", with \($0)" } ?? "")."
        )
        if let waiting = after.waitingFor { context.output.line("It waits for \(waiting).") }
        context.output.document(after.json)
        return .done
    }
}

struct HandOffAccept: HandOffDecisionCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: "Accept a lead: it becomes an SQL and gets an owner."
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Its number.") var number: Int64
    @Option(help: "A note for the owner.") var note: String?

    func decide(_ runner: HandOffRunner, _ id: HandOffNumber, by person: Text, now: Instant) throws -> HandOffDecision {
        try runner.accept(id, by: person, note: self.note.map { Text($0) }, now: now)
    }
}

struct HandOffReject: HandOffDecisionCommand {
    static let configuration = CommandConfiguration(commandName: "reject", abstract: "Reject a lead as off target.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Its number.") var number: Int64
    @Option(help: "Why.") var reason: String

    func decide(_ runner: HandOffRunner, _ id: HandOffNumber, by person: Text, now: Instant) throws -> HandOffDecision {
        try runner.reject(id, by: person, reason: Text(self.reason), now: now)
    }
}

struct HandOffRecycle: HandOffDecisionCommand {
    static let configuration = CommandConfiguration(commandName: "recycle", abstract: "Give a lead back to marketing.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Its number.") var number: Int64
    @Option(help: "Why.") var reason: String

    func decide(_ runner: HandOffRunner, _ id: HandOffNumber, by person: Text, now: Instant) throws -> HandOffDecision {
        try runner.recycle(id, by: person, reason: Text(self.reason), now: now)
    }
}

struct HandOffReassign: HandOffDecisionCommand {
    static let configuration = CommandConfiguration(commandName: "reassign", abstract: "Give a lead to another owner.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: "Its number.") var number: Int64
    @Option(help: "The new owner's e-mail address; the next in the rotation if left out.") var to: String?
    @Option(help: "Why.") var reason = "reassigned by hand"

    func decide(_ runner: HandOffRunner, _ id: HandOffNumber, by person: Text, now: Instant) throws -> HandOffDecision {
        try runner.reassign(id, to: self.to.map { Text($0) }, by: person, reason: Text(self.reason), now: now)
    }
}

extension StoredHandOff {
    /// The hand-off as JSON.
    var json: JSON {
        [
            "number": .number(of: Int(self.id.rawValue)), "state": .string(self.state.rawValue),
            "record": .string(self.record.description), "owner": self.owner.map { .string($0.string) } ?? .null,
            "points": self.points.map { .number(of: $0) } ?? .null,
            "grade": self.grade.map { .string($0.string) } ?? .null,
            "deal": self.deal.map { .string($0.description) } ?? .null,
            "task": self.task.map { .string($0.description) } ?? .null,
            "waits_for": self.waitingFor.map { .string($0.string) } ?? .null,
            "reasons": .array(self.reasons.map { .string($0.string) }),
        ]
    }
}
