import ArgumentParser
import Messaging
import Records
import Store
import WorkflowRunner

struct WorkflowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workflow",
        abstract: "Workflows and who is in them.",
        subcommands: [
            WorkflowList.self, WorkflowRuns.self, WorkflowEnrol.self, WorkflowSimulate.self, WorkflowRun.self,
        ]
    )
}

struct WorkflowList: RelaisSubcommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "The workflows, with counts.")

    @OptionGroup var options: GlobalOptions

    func run(in context: CommandContext) async throws -> ExitStatus {
        let store = try context.workspace.openStore()
        let automation = try Automation(context, store: store)
        defer { automation.stop() }
        var table = Table()
        table.add("WORKFLOW", "ACTIVE", "ENDED")
        var rows: [JSON] = []
        for workflow in automation.configuration.library.workflows {
            let counts = try store.read { try $0.countEnrolments(workflow: workflow.name) }
            let active = counts.filter { $0.key == .active }.values.reduce(0, +)
            let ended = counts.filter { $0.key != .active }.values.reduce(0, +)
            table.add(workflow.name.string, "\(active)", "\(ended)")
            rows.append([
                "workflow": .string(workflow.name.string), "active": .number(of: active), "ended": .number(of: ended),
            ])
        }
        for line in table.lines { context.output.line(line) }
        context.output.document(["workflows": .array(rows)])
        return .done
    }
}

struct WorkflowRuns: RelaisSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "Who is, or was, in a workflow, and what they wait for."
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: "The workflow; all if left out.") var workflow: String?
    @Option(help: "How many to show.") var limit = 20

    func run(in context: CommandContext) async throws -> ExitStatus {
        let store = try context.workspace.openStore()
        let runs = try store.read { transaction in
            try transaction.enrolments(workflow: self.workflow.map { Text($0) }, limit: self.limit)
        }
        var table = Table()
        table.add("RUN", "WORKFLOW", "RECORD", "STATE", "STEP", "DUE")
        for run in runs {
            table.add(
                "\(run.id.rawValue)",
                run.workflow.string,
                run.record.description,
                run.state.rawValue + (run.reason.map { " (\($0))" } ?? ""),
                run.step?.string ?? "—",
                run.dueAt?.description ?? "—"
            )
        }
        for line in table.lines { context.output.line(line) }
        context.output.document([
            "runs": .array(
                runs.map { run in
                    [
                        "run": .number(of: Int(run.id.rawValue)), "workflow": .string(run.workflow.string),
                        "record": .string(run.record.description), "state": .string(run.state.rawValue),
                        "step": run.step.map { .string($0.string) } ?? .null,
                        "due": run.dueAt.map { .string($0.description) } ?? .null,
                        "reason": run.reason.map { .string($0.string) } ?? .null,
                    ]
                }
            )
        ])
        return .done
    }
}

struct WorkflowEnrol: RelaisSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "enrol",
        abstract: "Let a person enter a workflow.",
        aliases: ["enroll"]
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: "The workflow.") var workflow: String
    @Argument(help: "The person: an e-mail address, or the beginning of a record's id.") var person: String

    func run(in context: CommandContext) async throws -> ExitStatus {
        let store = try context.workspace.openStore()
        let automation = try Automation(context, store: store)
        defer { automation.stop() }
        let record = try store.read { try RecordFinder($0, context.workspace.schema).contact(self.person) }
        let now = context.clock.now
        let outcome = try automation.runner.enrol(record, in: Text(self.workflow), now: now)
        let report = try await automation.tick(now: now)
        context.output.line("\(self.person): \(outcome)")
        context.output.document([
            "record": .string(record.description), "outcome": .string("\(outcome)"), "steps": .number(of: report.steps),
        ])
        return .done
    }
}

struct WorkflowRun: RelaisSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Do all that is due now: triggers, steps, scores, mail."
    )

    @OptionGroup var options: GlobalOptions

    func run(in context: CommandContext) async throws -> ExitStatus {
        let store = try context.workspace.openStore()
        let automation = try Automation(context, store: store)
        defer { automation.stop() }
        let report = try await automation.tick(now: context.clock.now)
        context.output.line(
            "\(report.enrolled) entered, \(report.steps) steps taken, \(report.ended) ended, \(report.outbox?.sent ?? 0) mails sent."
        )
        for problem in report.problems { context.output.error("relais: \(problem)") }
        context.output.document([
            "enrolled": .number(of: report.enrolled), "steps": .number(of: report.steps),
            "ended": .number(of: report.ended),
            "scored": .number(of: report.scored), "qualified": .number(of: report.qualified),
            "sent": .number(of: report.outbox?.sent ?? 0), "unknown": .number(of: report.outbox?.unknown ?? 0),
        ])
        return (report.outbox?.unknown ?? 0) + report.parked > 0 ? .attention : .done
    }
}

struct WorkflowSimulate: RelaisSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Show what a workflow would do with a person, on a clock of its own."
    )

    @OptionGroup var options: GlobalOptions
    @Argument(help: "The workflow.") var workflow: String
    @Argument(help: "The person: an e-mail address, or the beginning of a record's id.") var person: String
    @Option(help: "How many days to look ahead.") var days = 30

    func run(in context: CommandContext) async throws -> ExitStatus {
        let store = try context.workspace.openStore()
        let automation = try Automation(context, store: store)
        defer { automation.stop() }
        guard let definition = automation.configuration.library[workflow: Text(self.workflow)] else {
            throw CommandError(.usage, "there is no workflow \(self.workflow)")
        }
        let record = try store.read { transaction in
            try transaction.record(RecordFinder(transaction, context.workspace.schema).contact(self.person))
        }
        let values = zip(record?.schema.properties ?? [], record?.values ?? []).filter { $0.1 != .absent }
            .map { (property: Text($0.0.name), value: $0.1) }
        let simulator = WorkflowSimulator(
            schema: context.workspace.schema,
            templates: automation.configuration.templates,
            sender: automation.configuration.sender
        )
        let start = context.clock.now
        let timeline = try await simulator.simulate(
            definition,
            record: values,
            start: start,
            until: start.advanced(by: .seconds(86_400 * self.days))
        )
        for entry in timeline.entries {
            context.output.line("\(entry.at)  \(entry.step?.string ?? "—")  \(entry.what) \(entry.detail)")
        }
        context.output.document([
            "timeline": .array(
                timeline.entries.map {
                    [
                        "at": .string($0.at.description), "step": $0.step.map { .string($0.string) } ?? .null,
                        "what": .string($0.what.string), "detail": .string($0.detail.string),
                    ]
                }
            )
        ])
        return .done
    }
}
