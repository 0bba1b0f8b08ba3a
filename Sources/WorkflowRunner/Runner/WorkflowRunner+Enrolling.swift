import CEL
import Mapping
package import Records
import Scoring
package import Store

/// What became of an attempt to enrol a record.
package enum EnrolmentOutcome: Hashable, Sendable {
    /// It entered.
    case entered(EnrolmentNumber)
    /// It is in the workflow already.
    case alreadyInside
    /// It was in the workflow before and may not enter again, or not yet.
    case noReentry
    /// It has reached the goal already.
    case atGoal
    /// It would have to leave at once.
    case atExit
    /// There is no such live record, or it is of another object.
    case unfit
}

extension WorkflowRunner {
    /// Enrols a record by hand; the trigger is not asked, all else holds.
    ///
    /// Throws `StoreError.notFound` if there is no such workflow.
    package func enrol(_ record: RecordID, in workflow: Text, now: Instant) throws -> EnrolmentOutcome {
        try self.prepare(now: now)
        guard let definition = self.library[workflow: workflow] else {
            throw StoreError(.notFound, "there is no workflow \(workflow)")
        }
        return try self.store.write { transaction in
            guard let stored = try transaction.record(record) else { return .unfit }
            return try self.enrol(stored, in: definition, transaction, now)
        }
    }

    /// Lets a parked enrolment go on; false if it is not parked.
    package func resume(_ id: EnrolmentNumber, now: Instant) throws -> Bool {
        try self.store.write { transaction in
            guard let enrolment = try transaction.enrolment(id), enrolment.state == .parked else { return false }
            var next = enrolment
            (next.state, next.phase, next.dueAt, next.reason) = (.active, .ready, now, nil)
            return try transaction.advance(enrolment, to: next)
        }
    }

    /// Ends an enrolment that goes on or is parked; false if it ended already.
    package func cancel(_ id: EnrolmentNumber, by person: Text, now: Instant) throws -> Bool {
        try self.store.write { transaction in
            guard let enrolment = try transaction.enrolment(id), enrolment.state != .ended else { return false }
            var report = TickReport()
            return try self.finish(enrolment, Text("cancelled by \(person)"), transaction, now, &report) != nil
        }
    }

    /// Enrols a record for an event, if there is one.
    func enrol(
        _ record: StoredRecord,
        in definition: WorkflowDefinition,
        by event: PersonEvent? = nil,
        key: Text = "",
        _ transaction: Transaction,
        _ now: Instant
    ) throws -> EnrolmentOutcome {
        let object = try transaction.name(of: record.object)
        guard record.isLive, object.hasSameBytes(as: definition.vocabulary.object.name) else { return .unfit }
        let earlier = try transaction.enrolments(of: record.id).filter {
            $0.workflow == definition.name && $0.entryKey == key
        }
        if earlier.contains(where: { $0.state != .ended }) { return .alreadyInside }
        if let last = earlier.compactMap(\.endedAt).max() {
            switch definition.reentry {
            case .never: return .noReentry
            case .always: break
            case .after(let span): if last.advanced(by: span) > now { return .noReentry }
            }
        }
        var data = event?.attributes ?? [:]
        if let event { (data["id"], data["name"]) = (.text(event.id), .text(event.name)) }
        let activation = definition.vocabulary.activation(record.values, CELValue(attributes: data))
        if let goal = definition.goal, try goal.matches(activation) == true { return .atGoal }
        if let exit = definition.exit, try exit.matches(activation) == true { return .atExit }
        guard let first = definition.steps.first else { return .unfit }
        let number = try transaction.enrol(
            record.id,
            version: try self.currentVersion(of: definition),
            workflow: definition.name,
            entryKey: key,
            firstStep: first.id,
            data: data,
            at: now
        )
        return number.map { .entered($0) } ?? .alreadyInside
    }
}
