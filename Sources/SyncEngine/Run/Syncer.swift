import Connectors
import Mapping
package import Planning
import Records
import Store

/// Runs one connection: observes, plans, executes.
///
/// Nothing persists "work to do" as truth: kill the process anywhere, run it again, and the plan comes out the same.
package struct Syncer: Sendable {
    let context: SyncContext

    /// The connection's name.
    package var connection: String { self.context.connection }

    /// Creates the engine of one connection.
    package init(_ context: SyncContext) {
        self.context = context
    }

    /// Reads what is new and says what a sync would do, on either side; changes nothing but what was seen.
    ///
    /// The report holds the first `samples` changes; `telling` hears all of them, in the order of the plan.
    package func plan(
        samples: Int = 50,
        telling hear: (@Sendable (PlannedChange) -> Void)? = nil
    ) async throws -> SyncReport {
        try await self.inRun(kind: "plan") { session in
            let notebook = PlanNotebook(limit: samples, hear: hear)
            var counts = SyncCounts()
            for lane in session.lanes { counts.add(try await self.observe(session, lane)) }
            var departures: [DeparturePhase.Findings] = []
            for lane in session.lanes {
                departures.append(try await DeparturePhase(session: session, lane: lane).findings())
            }
            var lists: [[ListReading?]] = []
            for lane in session.lanes {
                var phase = ListPhase(session: session, lane: lane)
                lists.append(try await phase.readings())
                counts.add(phase.counts)
            }
            let plan = PlanPhase(session: session, notebook: notebook, departures: departures, lists: lists)
            let planned = try plan.run()
            counts.add(planned.counts)
            var report = SyncReport(kind: .plan, session: session, counts: counts, samples: notebook.samples)
            report.breakers = planned.breakers
            if session.connection.firstSyncDoneAt == nil {
                let shown = ShownPlan(report, of: self.context.mappings)
                try self.context.store.write { try shown.keep(self.context.connection, in: $0) }
            }
            return report
        }
    }

    /// Brings both sides together.
    ///
    /// On a connection whose first plan was never approved this writes nothing and gives the plan (R11), unless
    /// `approvedBy` names who approves it now. If a plan was shown before, the approval is of that one: where the plan has
    /// become another since, this writes nothing either and gives it, with what has moved (`SyncReport.moves`). A plan in which fields differ without an `initial` is never carried out
    /// (R9).
    ///
    /// On a connection at work, `approvedBy` approves what the run does to lists that nobody has seen yet: see `ListApproval`.
    ///
    /// `allowing` lets this run go beyond the breaker for some kinds of change. `reconciling` reads everything and compares it,
    /// beside what changed; see `SweepPhase`.
    ///
    /// With a `gate` only what it admits is carried out, on either side; the rest is left for a later run. Such a run
    /// is no first sync: the next one shows its plan again.
    package func sync(
        approvedBy person: String? = nil,
        allowing kinds: Set<Breaker.Kind> = [],
        through gate: (any ChangeGate)? = nil,
        reconciling: Bool = false
    ) async throws -> SyncReport {
        let connection = try self.context.store.read { try $0.connection(self.context.connection) }
        if connection?.firstSyncDoneAt == nil && !Breakage.noFirstApproval.isOn {
            let shown = try self.context.store.read { try ShownPlan.kept(self.context.connection, in: $0) }
            var plan = try await self.plan()
            let isDecided = plan.counts.needsInitial.isEmpty || Breakage.planWithoutInitialRuns.isOn
            let now = ShownPlan(plan, of: self.context.mappings)
            // An approval is of the mapping too: who edits it while the first sync is under way has another plan.
            let approval = try self.context.store.read {
                try ShownPlan.approvedMappings(self.context.connection, in: $0)
            }
            let isEdited =
                connection?.approvedAt != nil && approval.map { !$0.hasSameBytes(as: now.mappings) } ?? false
                && !Breakage.approvalIsOfAnyPlan.isOn
            let isApproved = connection?.approvedAt != nil && !isEdited
            if isEdited { plan.moves = ["the mapping is another one than was approved"] }
            guard isDecided, isApproved || person != nil else { return plan }
            // What is approved is what was seen; who names a plan's file has that checked change by change.
            // What was approved before goes on, however often it is interrupted.
            if person != nil, !isApproved, gate == nil, let shown, !Breakage.approvalIsOfAnyPlan.isOn {
                plan.moves = shown.moves(to: now)
                plan.shownBy = shown.run
                guard plan.moves.isEmpty else { return plan }
            }
            if gate == nil { try self.approve(plan, by: person, isGoingOn: isApproved) }
        }
        if let gate { return try await self.syncCarefully(through: gate, allowing: kinds) }
        let isFirst = connection?.firstSyncDoneAt == nil
        // A first sync has just read everything.
        let sweeps = try !isFirst && (reconciling || self.isSweepDue())
        return try await self.inRun(kind: isFirst ? "first" : sweeps ? "reconcile" : "sync", allowing: kinds) {
            session in
            // The plan of a first sync was approved as a whole.
            let session = session.choosing { $0.approvesLists = isFirst || person != nil }
            let counts = try await self.execute(session, sweeps: sweeps)
            if isFirst || sweeps { try self.noteSweep() }
            if session.connection.firstSyncDoneAt == nil {
                try self.context.store.write { try $0.firstSyncDone(session.connection.number, at: session.cause.at) }
            }
            return SyncReport(kind: .sync, session: session, counts: counts)
        }
    }

    private func syncCarefully(
        through gate: any ChangeGate,
        allowing kinds: Set<Breaker.Kind>
    ) async throws -> SyncReport {
        try await self.inRun(kind: "careful", allowing: kinds) { session in
            let session = session.choosing { $0.gate = gate }
            let counts = try await self.execute(session, sweeps: false)
            if Breakage.carefulRunIsFirstSync.isOn {
                try self.context.store.write { try $0.firstSyncDone(session.connection.number, at: session.cause.at) }
            }
            return SyncReport(kind: .sync, session: session, counts: counts)
        }
    }

    private func approve(_ plan: SyncReport, by person: String?, isGoingOn: Bool) throws {
        guard let person else { return }
        try self.context.store.write { transaction in
            guard let connection = try transaction.connection(self.context.connection) else { return }
            let now = self.context.clock.now
            let approval = PlanApproval(digest: plan.digest, plan: plan.summary, at: now, by: person)
            try transaction.store(approval, of: connection.number)
            try transaction.approve(connection.number, by: person, at: now)
            try ShownPlan(plan, of: self.context.mappings).approve(self.context.connection, in: transaction)
            // Whoever goes on with a first sync that was interrupted has not looked again.
            if !isGoingOn { try BreakerCheck.keepApprovedDeletes(of: plan, connection, in: transaction) }
        }
    }

    // MARK: Phases

    private func observe(_ session: SyncSession, _ lane: MappingLane) async throws -> SyncCounts {
        var pull = PullPhase(session: session, lane: lane, observesOnly: true)
        try await pull.run()
        return pull.counts
    }

    func execute(_ session: SyncSession, sweeps: Bool) async throws -> SyncCounts {
        var total = SyncCounts()
        var retries: [[RecordID]] = []
        // Nothing that follows may meet somebody who asked to be forgotten.
        for lane in session.lanes {
            var erase = ErasePhase(session: session, lane: lane)
            try await erase.run()
            total.add(erase.counts)
        }
        try await ActivityErasing(session: session).run()
        for lane in session.lanes {
            var unknown = UnknownPhase(session: session, lane: lane)
            retries.append(try await unknown.run())
            total.add(unknown.counts)
        }
        total.add(try await UrgentTurn(session: session).run())
        for (index, lane) in session.lanes.enumerated() {
            total.add(try await self.pull(session, lane))
            if sweeps {
                total.add(try await self.sweep(session, lane))
                total.add(try await self.depart(session, lane))
            }
            var unknown = UnknownPhase(session: session, lane: lane)
            retries[index] += try unknown.runUnkeyed()
            total.add(unknown.counts)
        }
        for lane in session.lanes { try RollUpPhase(session: session, lane: lane).run() }
        for (index, lane) in session.lanes.enumerated() {
            var create = CreatePhase(session: session, lane: lane)
            try await create.run(retries: retries[index])
            total.add(create.counts)
            var push = PushPhase(session: session, lane: lane)
            try await push.run()
            total.add(push.counts)
        }
        if total.createdRemotely > 0 { total.add(try await self.join(session)) }
        for lane in session.lanes {
            var lists = ListPhase(session: session, lane: lane)
            try await lists.run(sweeps: sweeps)
            total.add(lists.counts)
            var activities = ActivityPhase(session: session, lane: lane)
            try await activities.run()
            total.add(activities.counts)
        }
        // What hangs on others goes before what it hangs on.
        for lane in session.lanes.reversed() {
            var archive = ArchivePhase(session: session, lane: lane)
            try await archive.run()
            total.add(archive.counts)
        }
        return try self.waiting(session, in: total)
    }

    private func pull(_ session: SyncSession, _ lane: MappingLane) async throws -> SyncCounts {
        let kept = KeptObservations(session: session, lane: lane)
        // Before what was kept: the record that took another's place is no new one.
        var counts = try await self.depart(session, lane)
        guard session.gate == nil else {
            // What was seen is kept whatever becomes of it now; so the position may move.
            counts.add(try await self.observe(session, lane))
            counts.add(try await self.depart(session, lane))
            counts.add(try kept.apply())
            return counts
        }
        if !Breakage.planEatsTheCursor.isOn { counts.add(try kept.apply()) }
        var pull = PullPhase(session: session, lane: lane, observesOnly: false)
        try await pull.run()
        counts.add(pull.counts)
        counts.add(try await self.depart(session, lane))
        if !Breakage.questionNeverAskedAgain.isOn { counts.add(try kept.askAgain()) }
        var associations = AssociationPhase(session: session, lane: lane)
        try await associations.run()
        counts.add(associations.counts)
        return counts
    }

    /// Records that refer to each other were made bare: now that all are there, they are joined (R16).
    private func join(_ session: SyncSession) async throws -> SyncCounts {
        var counts = SyncCounts()
        for lane in session.lanes where lane.runtime.hasReferences {
            var push = PushPhase(session: session, lane: lane)
            try await push.run()
            counts.add(push.counts)
        }
        return counts
    }

    private func depart(_ session: SyncSession, _ lane: MappingLane) async throws -> SyncCounts {
        var phase = DeparturePhase(session: session, lane: lane)
        try await phase.run()
        return phase.counts
    }

    /// What waits for a person is a state of the store, not of one run: counted at the end, each thing once.
    private func waiting(_ session: SyncSession, in counts: SyncCounts) throws -> SyncCounts {
        var counts = counts
        try self.context.store.read { transaction in
            let number = session.connection.number
            counts.conflictsWaiting = try transaction.countConflicts(number, in: .open)
            counts.reviews = try transaction.countOpenReviews(number)
            counts.quarantined = try transaction.countQuarantined(number)
            counts.unmapped = try transaction.countHolds(number, for: .unmapped)
            counts.fieldsRejected =
                try transaction.countHolds(number, for: .rejected) + transaction.countHolds(number, for: .ignored)
            counts.unknown = try transaction.countOperations(number, in: .unknown)
            for traits in session.context.account.traits.activities {
                guard let object = try transaction.knownObject(traits.object) else { continue }
                counts.unknown += try transaction.countActivities(number, object, in: .unknown)
            }
            // In doubt until a second read, or until whoever took their place can be read.
            counts.missingRemotely += try transaction.countDepartures(number)
        }
        return counts
    }

    // MARK: The frame of a run

    private func inRun(
        kind: String,
        allowing: Set<Breaker.Kind> = [],
        _ body: (SyncSession) async throws -> SyncReport
    ) async throws -> SyncReport {
        try await self.inRun(kind: kind, allowing: allowing, counting: \.counts, body)
    }

    /// Runs `body` as a run of a kind, whose counts are found in what it returns, under the connection's lease.
    func inRun<Result>(
        kind: String,
        allowing: Set<Breaker.Kind> = [],
        counting counts: (Result) -> SyncCounts,
        _ body: (SyncSession) async throws -> Result
    ) async throws -> Result {
        let lease = try self.context.worker.map {
            try RunLease.take(self.context.connection, by: $0, store: self.context.store, now: self.context.clock.now)
        }
        // A lease that cannot be given back now runs out by itself.
        defer { try? lease?.release(in: self.context.store) }
        let holder = lease.map { Syncer(self.context.fenced(by: $0)) } ?? self
        return try await holder.inLeasedRun(kind: kind, allowing: allowing, counting: counts, body)
    }

    private func inLeasedRun<Result>(
        kind: String,
        allowing: Set<Breaker.Kind>,
        counting counts: (Result) -> SyncCounts,
        _ body: (SyncSession) async throws -> Result
    ) async throws -> Result {
        let session = try await self.beginOrTell(kind: kind).choosing { $0.allowed = allowing }
        do {
            let result = try await RequestLane.$current.withValue(.incremental) { try await body(session) }
            try session.saveSpending()
            let counts = counts(result)
            try self.end(session, counts.needsAttention ? .attention : .done, counts)
            return result
        } catch {
            let message = (error as? any DispositionedError)?.description ?? "interrupted"
            try? session.saveSpending()
            // What was written before the failure stands, and counts for the day.
            let state: RunState = error is CancellationError ? .interrupted : .failed
            let done = (try? self.counts(ofFailed: session)) ?? SyncCounts()
            try? self.end(session, state, done, error: message)
            throw error
        }
    }

    /// Checks that the account is the pinned one before anything else (R10), and reads who is who.
    func begin(kind: String) async throws -> SyncSession {
        let retrying = Retrying(sleeper: self.context.sleeper, randomness: self.context.randomness)
        guard let connection = try self.context.store.read({ try $0.connection(self.context.connection) }),
            let pinned = connection.account
        else {
            throw SyncError(
                .notConnected,
                "\(self.context.connection) is not set up: run `relais connect \(self.context.connection)` first"
            )
        }
        try SyncSession.resumeSpending(of: self.context.account, connection.number, in: self.context.store)
        let requestsBefore = self.context.account.requestsMade
        let account = try await retrying.run { try await self.context.account.accountID() }
        guard account == pinned || Breakage.wrongAccount.isOn else {
            throw SyncError(
                .wrongAccount,
                """
                the credentials of \(self.context.connection) belong to account \(account), and it is pinned to \(pinned): \
                nothing was read or written; give the right token, or set up another connection
                """
            )
        }
        let owners = try await retrying.run { try await self.context.account.owners() }
        return try self.session(connection, kind: kind, owners: owners, requestsBefore: requestsBefore)
    }

    private func session(
        _ connection: Connection,
        kind: String,
        owners: [RemoteOwner],
        requestsBefore: Int
    ) throws -> SyncSession {
        let now = self.context.clock.now
        return try self.context.store.write { transaction in
            _ = try transaction.interruptRuns(connection.number, at: now)
            try transaction.setOwners(
                owners.map { KnownOwner(id: $0.id, email: $0.email ?? "", name: Text($0.name), isActive: $0.isActive) },
                of: connection.number
            )
            var lanes = try self.context.mappings.map { mapping in
                let runtime = try self.context.runtimes.runtime(
                    of: mapping,
                    traits: self.context.account.traits,
                    schema: self.context.store.schema
                )
                return try MappingLane(runtime, in: transaction)
            }
            for lane in lanes { try self.readAgainIfReshaped(lane, in: transaction) }
            if self.context.usesPagePath {
                lanes = try lanes.map { try $0.openingPagePath(in: transaction) }
            }
            return SyncSession(
                context: self.context,
                connection: connection,
                run: try transaction.startRun(connection.number, kind: kind, at: now),
                actor: try transaction.actor(self.context.actor),
                owners: OwnerDirectory(owners, ownUser: self.context.ownUser),
                lanes: lanes,
                mappedObjects: Set(self.context.mappings.map(\.remoteObject)),
                requestsBefore: requestsBefore
            )
        }
    }

    private func end(_ session: SyncSession, _ state: RunState, _ counts: SyncCounts, error: String? = nil) throws {
        var stored = counts.stored
        stored.merge(session.guarded.stored(without: session.allowed)) { $1 }
        if let budget = self.context.account.dailyBudget {
            stored["requests_today"] = Int64(budget.spending.total)
            stored["requests_left_today"] = budget.left.map { Int64($0) }
        }
        try self.context.store.write { transaction in
            try transaction.endRun(
                session.run,
                state,
                counts: stored,
                requests: self.context.account.requestsMade - session.requestsBefore,
                error: error,
                at: self.context.clock.now
            )
        }
    }
}
