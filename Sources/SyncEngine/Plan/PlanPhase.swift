import Mapping
import Planning
import Records
import Store

/// Computes what a sync would do, by doing its local side in a transaction that is rolled back.
///
/// So the plan is the sync: the same matching, the same rules, the same order, and nothing written.
struct PlanPhase {
    let session: SyncSession
    /// Where the changes are written down.
    let notebook: PlanNotebook
    /// What was made sure of about remote records that are not among the living, by lane.
    var departures: [DeparturePhase.Findings] = []
    /// What the CRM said of the lists of each lane.
    var lists: [[ListReading?]] = []

    /// Thrown to undo everything.
    private struct RollBack: Error {}

    /// What would be done, in counts, and the breakers that would stop it on the way.
    struct Result {
        var counts = SyncCounts()
        var breakers: [ForeseenBreaker] = []
    }

    func run() throws -> Result {
        var result = Result()
        do {
            try self.session.context.store.write { transaction in
                result = try self.plan(in: transaction)
                if !Breakage.planIsCommitted.isOn { throw RollBack() }
            }
        } catch is RollBack {}
        return result
    }

    private func plan(in transaction: Transaction) throws -> Result {
        var counts = SyncCounts()
        var taken: [Set<Text>] = []
        // What each lane changes and links, for the breakers.
        var parts: [SyncCounts] = []
        for (index, lane) in self.session.lanes.enumerated() {
            var applier = self.session.applier(lane, in: transaction)
            if index < self.departures.count {
                applier.gate = self.notebook
                let phase = DeparturePhase(session: self.session, lane: lane)
                try phase.act(self.departures[index], with: &applier)
                applier.gate = self.session.gate
            }
            taken.append(try self.takeIn(lane, with: &applier))
            counts.add(applier.counts)
            parts.append(applier.counts)
        }
        for lane in self.session.lanes { try RollUpPhase(session: self.session, lane: lane).run(in: transaction) }
        for (index, lane) in self.session.lanes.enumerated() {
            var applier = self.session.applier(lane, in: transaction)
            applier.gate = self.notebook
            try self.planUpdates(lane, counted: taken[index], with: &applier)
            let made = try self.planCreates(lane, with: &applier)
            try self.planArchives(lane, with: &applier)
            counts.add(applier.counts)
            parts[index].add(applier.counts)
            let lists = ListPlan(
                session: self.session,
                lane: lane,
                readings: index < self.lists.count ? self.lists[index] : [],
                made: made
            ) { self.notebook.note($0) }
            let moved = try lists.run(in: transaction)
            counts.add(moved)
            parts[index].add(moved)
            var activities = ActivityPhase(session: self.session, lane: lane)
            try activities.plan(made: made, in: transaction) { self.notebook.note($0) }
            counts.add(activities.counts)
        }
        counts.missingRemotely += try transaction.countDepartures(self.session.connection.number)
        return Result(counts: counts, breakers: try self.foresee(parts, in: transaction))
    }

    /// The breakers that would stop a run of this plan: the same sums, held against the same links.
    private func foresee(_ parts: [SyncCounts], in transaction: Transaction) throws -> [ForeseenBreaker] {
        var sums: [String: BreakerCounts] = [:]
        for (lane, part) in zip(self.session.lanes, parts) {
            sums[lane.mapping.localObject, default: BreakerCounts()].add(part.guarded)
        }
        var found: [ForeseenBreaker] = []
        for (lane, part) in zip(self.session.lanes, parts) where part.guarded != BreakerCounts() {
            let trips = try BreakerCheck(session: self.session).foresee(
                sums[lane.mapping.localObject] ?? BreakerCounts(),
                lane: lane,
                newLinks: part.createdLocally + part.linked,
                in: transaction
            )
            // Two mappings of one object share its counts.
            found += trips.filter { trip in !found.contains { $0.kind == trip.kind && $0.object == trip.object } }
        }
        return found
    }

    /// Takes in the records that were seen and have no link yet; returns their remote ids.
    private func takeIn(_ lane: MappingLane, with applier: inout RecordApplier) throws -> Set<Text> {
        let kept = KeptObservations(session: self.session, lane: lane)
        var taken: Set<Text> = []
        var after: Text = ""
        while true {
            let isOpen = self.notebook.isOpen
            applier.gate = isOpen ? self.notebook : nil
            let (last, ids) = try kept.apply(after: after, limit: isOpen ? 200 : 2000, with: &applier)
            taken.formUnion(ids)
            guard let last else { return taken }
            after = last
        }
    }

    private func planUpdates(
        _ lane: MappingLane,
        counted: Set<Text>,
        with applier: inout RecordApplier
    ) throws {
        let (connection, object) = (self.session.connection.number, lane.object)
        var done: Set<Text> = []
        var after: Text = ""
        while true {
            let waiting = try applier.transaction.pending(connection, object, after: after, limit: 1000)
            guard let last = waiting.last else { break }
            after = last.observation.key.remote
            for (observation, link) in waiting where link != nil {
                try self.planUpdate(observation.key.remote, lane, counted: counted, with: &applier, &done)
            }
        }
        after = ""
        while true {
            let dirty = try applier.transaction.dirtyLinks(connection, object, after: after, limit: 1000)
            guard let last = dirty.last else { break }
            after = last.key.remote
            for link in dirty {
                try self.planUpdate(link.key.remote, lane, counted: counted, with: &applier, &done)
            }
        }
    }

    private func planUpdate(
        _ remote: Text,
        _ lane: MappingLane,
        counted: Set<Text>,
        with applier: inout RecordApplier,
        _ done: inout Set<Text>
    ) throws {
        guard done.insert(remote).inserted else { return }
        let isNew = !counted.contains(remote)
        guard let (plan, link) = try applier.planAgain(remote, countsWaiting: isNew) else { return }
        guard !plan.toRemote.isEmpty else { return }
        applier.counts.updatedRemotely += 1
        try applier.countOverwrites(plan)
        self.note(.updateRemotely, plan.toRemote, lane, link.record, remote)
    }

    /// Plans what would be made in the CRM; returns the records that it would be made of.
    private func planCreates(
        _ lane: MappingLane,
        with applier: inout RecordApplier
    ) throws -> Set<RecordID> {
        guard lane.mapping.create.push else { return [] }
        var made: Set<RecordID> = []
        var seen = BatchKeys()
        var feed = CandidateFeed(session: self.session, lane: lane)
        while let batch = try feed.next(limit: 1000, in: applier.transaction) {
            for id in batch.records {
                guard let create = try applier.outgoingCreate(id, run: self.session.run, seen: &seen) else { continue }
                applier.counts.createdRemotely += 1
                made.insert(id)
                let writes = create.operation.fields.map {
                    FieldWrite(field: $0.field, old: .absent, new: $0.sent, source: $0.source)
                }
                self.note(.createRemotely, writes, lane, id, nil)
                // Part of the making, not a change of its own that somebody could leave out.
                if try applier.computesFromNew(create) { applier.counts.updatedLocally += 1 }
            }
            try feed.confirm(batch, in: applier.transaction)
        }
        return made
    }

    private func planArchives(_ lane: MappingLane, with applier: inout RecordApplier) throws {
        guard lane.mapping.delete.push == .archive else { return }
        var after: RecordID?
        while true {
            let links = try applier.transaction.linksOfDeleted(
                lane.localObject,
                connection: self.session.connection.number,
                object: lane.object,
                after: after,
                limit: 1000
            )
            guard let last = links.last else { return }
            after = last.record
            for link in links {
                let operation = try applier.outgoingArchive(link.key.remote, run: self.session.run, isPlan: true)
                if operation != nil { applier.counts.archivedRemotely += 1 }
            }
        }
    }

    private func note(
        _ action: PlannedChange.Action,
        _ writes: [FieldWrite],
        _ lane: MappingLane,
        _ record: RecordID,
        _ remote: Text?
    ) {
        guard self.notebook.isOpen else { return }
        self.notebook.note(PlannedChange(action, writes, of: lane.mapping, record: record, remote: remote))
    }
}
