import CEL
import Mapping
package import Messaging
package import Records
package import Store
import Synchronization

/// Runs workflows: reads the journal, starts and ends enrolments, takes the steps that are due, keeps scores.
///
/// All state is rows; a runner may be thrown away at any moment and another one goes on, also one of another build. Each
/// step is one transaction with its guards, its next state and its effect; what leaves, leaves after the commit.
package final class WorkflowRunner: Sendable {
    /// The reader's name in the store's cursors.
    static let reader = "workflows"
    /// Rows of the journal in one transaction.
    static let pageSize = 200
    /// How often a tick looks again at what its own changes led to; workflows that feed each other go on next time.
    private static let maximumRounds = 100

    let store: Store
    let library: AutomationLibrary
    let desk: MailDesk
    private let outbox: Outbox?
    private let state = Mutex(State())

    private struct State {
        var versions: [Text: WorkflowVersionNumber] = [:]
        var definitions: [WorkflowVersionNumber: WorkflowDefinition] = [:]
        var isPrepared = false
    }

    /// Creates a runner; without an outbox, effects stay reserved until somebody flushes one.
    package init(store: Store, library: AutomationLibrary, desk: MailDesk, outbox: Outbox? = nil) {
        self.store = store
        self.library = library
        self.desk = desk
        self.outbox = outbox
    }

    /// Does all there is to do now, then sends what is reserved.
    package func tick(now: Instant) async throws -> TickReport {
        var report = try self.work(now: now)
        report.outbox = try await self.outbox?.flush(now: now)
        return report
    }

    /// Does all there is to do now, without sending anything.
    package func work(now: Instant) throws -> TickReport {
        try self.prepare(now: now)
        var report = TickReport()
        report.isQuiet = false
        for _ in 0..<Self.maximumRounds {
            var round = TickReport()
            try self.readJournal(now, &round)
            try self.rescoreDue(now, &round)
            try self.advanceDue(now, &round)
            report.add(round)
            report.isQuiet = !round.madeProgress
            if report.isQuiet { break }
        }
        report.nextDue = try self.store.read { transaction in
            [try transaction.nextEnrolmentDue(), try transaction.nextScoreDue()].compactMap { $0 }.min()
        }
        return report
    }

    /// Stores the versions of the workflows and begins new segments; the first thing a tick does.
    package func prepare(now: Instant) throws {
        guard !self.state.withLock({ $0.isPrepared }) else { return }
        try self.beginSegments(now)
        let versions = try self.store.write { transaction in
            try self.library.workflows.map { workflow in
                let number = try transaction.registerWorkflow(
                    workflow.name,
                    hash: workflow.hash,
                    definition: workflow.json,
                    at: now
                )
                return (workflow, number)
            }
        }
        self.state.withLock { state in
            for (workflow, number) in versions {
                state.versions[workflow.name] = number
                state.definitions[number] = workflow
            }
            state.isPrepared = true
        }
    }

    /// The version that new enrolments of a workflow get.
    func currentVersion(of workflow: WorkflowDefinition) throws -> WorkflowVersionNumber {
        guard let version = self.state.withLock({ $0.versions[workflow.name] }) else {
            throw StoreError(.notFound, "the workflow \(workflow.name) was not prepared")
        }
        return version
    }

    /// The definition of a version, of this build's configuration or read back from the store (W6, W13).
    func definition(_ version: WorkflowVersionNumber, _ transaction: Transaction) throws -> WorkflowDefinition {
        if let known = self.state.withLock({ $0.definitions[version] }) { return known }
        guard let stored = try transaction.workflowVersion(version) else {
            throw WorkflowFailure(description: "the version of the workflow is gone")
        }
        let definition: WorkflowDefinition
        do {
            definition = try WorkflowFile.definition(
                stored: stored.definition,
                name: stored.workflow,
                schema: self.store.schema
            )
        } catch let list as DiagnosticList {
            let first = list.diagnostics.first.map { $0.message } ?? "it cannot be read"
            throw WorkflowFailure(description: "the stored version of the workflow does not fit any more: \(first)")
        }
        self.state.withLock { $0.definitions[version] = definition }
        return definition
    }

    /// Who acts in the journal.
    static func actor(_ workflow: Text) -> String { "workflow:\(workflow)" }

    /// Whether an error is the fault of one record or workflow, so that the rest can go on.
    static func isOwnFault(_ error: any Error) -> Bool {
        switch error {
        case is WorkflowFailure, is CELError, is DiagnosticList, is MailError: true
        case let error as StoreError: error.disposition == .skipRecord
        default: false
        }
    }

    /// Why, in words without values of records.
    static func reason(_ error: any Error) -> Text {
        switch error {
        case let error as CELError: Text(error.message)
        case let error as StoreError: Text(error.message)
        default: Text("\(error)")
        }
    }
}
