import ArgumentParser
import Mapping
import Records
import Store
import WorkflowRunner

struct EventCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "event",
        abstract: "Tell what people did.",
        subcommands: [EventAdd.self]
    )
}

struct EventAdd: RelaisSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add one event of a person; scores and workflows follow at once.",
        discussion: "The same --id twice is one event."
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: "The person: an e-mail address, or the beginning of a record's id.") var person: String
    @Argument(help: "What happened: demo_requested, form_submitted, page_viewed, …") var event: String
    @Option(help: "The event's own id, by which a repetition is recognised.") var id: String?
    @Option(help: "When it happened, as 2026-11-22T09:30:00Z; now if left out.") var at: String?
    @Option(name: .customLong("set"), help: "An attribute, as name=value; may be repeated.") var attributes: [String] =
        []

    func run(in context: CommandContext) async throws -> ExitStatus {
        let store = try context.workspace.openStore()
        let automation = try Automation(context, store: store)
        defer { automation.stop() }
        let now = context.clock.now
        let event = try self.event(at: now, randomness: context.randomness)
        let (record, isNew) = try store.write { transaction in
            let record = try RecordFinder(transaction, context.workspace.schema).contact(self.person)
            let cause = Cause(actor: try transaction.actor("person:\(context.person)"), at: now)
            guard case .added = try transaction.addEvent(event, to: record, cause: cause) else {
                return (record, false)
            }
            return (record, true)
        }
        let report = try await automation.tick(now: now)
        context.output.line(isNew ? "Added \(self.event) of \(self.person)." : "That event was there already.")
        let known = automation.configuration.library.eventNames
        let isKnown = known.contains(event.name)
        if !isKnown {
            let mend = NearestName.mend(self.event, among: known.map(\.string).sorted())
            context.output.line(
                "No score and no workflow knows the event \(self.event), so nothing follows from it: \(mend)."
            )
        }
        if report.enrolled > 0 { context.output.line("It started \(report.enrolled) workflow runs.") }
        context.output.document([
            "record": .string(record.description), "event": .string(event.id.string), "new": .bool(isNew),
            "known": .bool(isKnown),
            "enrolled": .number(of: report.enrolled), "steps": .number(of: report.steps),
        ])
        return .done
    }

    private func event(at now: Instant, randomness: Randomness) throws -> PersonEvent {
        var values: [Text: Value] = [:]
        for attribute in self.attributes {
            guard let split = attribute.firstIndex(of: "=") else {
                throw CommandError(.usage, "--set takes name=value, and got \(attribute)")
            }
            values[Text(String(attribute[..<split]))] = .text(String(attribute[attribute.index(after: split)...]))
        }
        var moment = now
        if let at {
            guard let parsed = Instant(at) else {
                throw CommandError(.usage, "--at takes a time such as 2026-11-22T09:30:00Z")
            }
            moment = parsed
        }
        let id = self.id ?? RecordID(at: now, random: (randomness.next(), randomness.next())).description
        let event = PersonEvent(id: Text(id), name: Text(self.event), at: moment, attributes: values)
        if let problem = event.problem { throw CommandError(.data, problem) }
        return event
    }
}
