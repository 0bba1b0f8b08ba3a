import Connectors
import Mapping
import Planning
import Records
import Store

/// Brings the CRM to what the plans of changed records say, batch by batch.
struct PushPhase {
    let session: SyncSession
    let lane: MappingLane
    /// What was done.
    var counts = SyncCounts()

    private var account: any RemoteAccount { self.session.context.account }

    /// Runs over every link whose record moved on, and every observation that waits.
    mutating func run() async throws {
        let (connection, object) = (self.session.connection.number, self.lane.object)
        try await self.run { transaction, after, limit in
            try transaction.dirtyLinks(connection, object, after: after, limit: limit).map(\.key.remote)
        }
        try await self.run { transaction, after, limit in
            try transaction.linkedObservations(connection, object, after: after, limit: limit)
        }
        try await self.run { transaction, after, limit in
            try transaction.owedLinks(connection, object, after: after, limit: limit)
        }
    }

    private mutating func run(_ candidates: (Transaction, Text, Int) throws -> [Text]) async throws {
        var after: Text = ""
        while true {
            try Task.checkCancellation()
            let size = self.account.traits.batchSize
            let ids = try self.session.context.store.read { try candidates($0, after, size) }
            guard let last = ids.last else { return }
            after = last
            try await self.push(ids)
            try self.session.saveSpending()
            self.session.context.progress(self.counts)
            self.counts.add(try await UrgentTurn(session: self.session).run())
        }
    }

    /// Brings some linked records to their plan; a record whose field was refused is sent once more without it (R13).
    ///
    /// A third time is for a value that another record still had at the second.
    mutating func push(_ ids: [Text]) async throws {
        var remaining = ids
        var (rounds, isFirstTry) = (3, true)
        while rounds > 0, !remaining.isEmpty {
            rounds -= 1
            let wanted = try self.wanting(remaining)
            guard !wanted.isEmpty else { return }
            let readable = try await self.guardRead(wanted.map(\.remote))
            try await self.guardAssociations(wanted)
            let (batch, waiting) = try self.prepare(readable)
            guard !batch.isEmpty else { return }
            remaining = try await self.send(batch, isFirstTry: isFirstTry)
            isFirstTry = false
            guard !waiting.isEmpty else { continue }
            // What they wait for is free now.
            remaining += waiting
            rounds = max(rounds, 1)
        }
    }

    /// A record whose plan has something for the CRM.
    private struct Wanted {
        let remote: Text
        /// The association fields that are to be written.
        let associations: Set<Int>
    }

    /// Those of the records whose plan has something for the CRM; the local side of every plan is carried out.
    private mutating func wanting(_ ids: [Text]) throws -> [Wanted] {
        let associations = Set(self.lane.runtime.associations)
        let (counts, wanting) = try self.session.context.store.write { transaction in
            var applier = self.session.applier(self.lane, in: transaction)
            let wanting = try ids.compactMap { id -> Wanted? in
                guard let writes = try applier.planAgain(id)?.plan.toRemote, !writes.isEmpty else { return nil }
                return Wanted(remote: id, associations: associations.intersection(writes.map(\.field)))
            }
            try BreakerCheck(session: self.session).admit(applier.counts.guarded, lane: self.lane, in: transaction)
            return (applier.counts, wanting)
        }
        self.counts.add(counts)
        return wanting
    }

    /// Reads the records just before they are written and plans them again, unless writes are conditional (R2).
    ///
    /// Returns those that may be written: what is there and cannot be read now would be overwritten blindly.
    private mutating func guardRead(_ ids: [Text]) async throws -> [Text] {
        guard self.account.traits.lostUpdate != .none, !Breakage.noGuardRead.isOn else { return ids }
        let reader = DirectReader(session: self.session, lane: self.lane)
        var unreadable: Set<Text> = []
        for chunk in ids.chunked(by: self.account.traits.readBatchSize) {
            // What waits was counted when it was found.
            var (counts, unread) = try await reader.look(at: chunk, withAssociations: false)
            counts.needsInitial = [:]
            counts.unchanged = 0
            self.counts.add(counts)
            unreadable.formUnion(unread)
        }
        return ids.filter { !unreadable.contains($0) }
    }

    /// Reads the sets that are about to be written just before that; no CRM writes associations on condition (R2, R16).
    private mutating func guardAssociations(_ wanted: [Wanted]) async throws {
        let positions = wanted.reduce(into: Set<Int>()) { $0.formUnion($1.associations) }
        guard !positions.isEmpty, !Breakage.associationsNotGuarded.isOn else { return }
        let ids = wanted.filter { !$0.associations.isEmpty }.map(\.remote)
        let reader = PageReader(session: self.session, lane: self.lane)
        let table = try await reader.associations(of: ids, at: positions)
        let counts = try self.session.context.store.write { transaction in
            var applier = self.session.applier(self.lane, in: transaction)
            for id in ids { try applier.compareAssociations(of: id, with: table.of(id)) }
            try BreakerCheck(session: self.session).admit(applier.counts.guarded, lane: self.lane, in: transaction)
            return applier.counts
        }
        self.counts.add(counts)
    }

    /// Plans once more and notes what is about to be sent; committed before anything leaves.
    ///
    /// Returns what to send, and the records that have to wait for a unique value which others of the batch give up.
    private mutating func prepare(_ ids: [Text]) throws -> (batch: [Outgoing], waiting: [Text]) {
        let (counts, batch, waiting) = try self.session.context.store.write { transaction in
            var applier = self.session.applier(self.lane, in: transaction)
            var batch: [Outgoing] = []
            var (waiting, plans) = try self.waitingForOthers(ids, with: &applier)
            for id in ids where !waiting.contains(id) {
                let planned = try plans.removeValue(forKey: id) ?? applier.planAgain(id)
                guard let (plan, link) = planned, !plan.toRemote.isEmpty else { continue }
                let part = applier.urgentPart(plan)
                try applier.countOverwrites(part)
                var outgoing = try applier.outgoing(part, link: link, run: self.session.run)
                outgoing.isPart = part.toRemote.count < plan.toRemote.count
                batch.append(outgoing)
            }
            let guarded = applier.counts.guarded
            try BreakerCheck(session: self.session).admit(guarded, lane: self.lane, in: transaction)
            var counts = SyncCounts()
            counts.guarded = guarded
            return (counts, batch, ids.filter(waiting.contains))
        }
        self.counts.add(counts)
        return (batch, waiting)
    }

    /// The records that take a unique value which another one of the batch gives up; circles are parked at once.
    ///
    /// With them come the plans that were made for that and still stand: those that changed nothing here.
    private func waitingForOthers(
        _ ids: [Text],
        with applier: inout RecordApplier
    ) throws -> (waiting: Set<Text>, plans: [Text: (plan: RecordPlan, link: Link)]) {
        let unique = UniqueKeys(self.lane, traits: self.account.traits)
        guard !unique.isEmpty, ids.count > 1, !Breakage.uniqueValuesInAnyOrder.isOn else { return ([], [:]) }
        var moves: [UniqueKeys.Move] = []
        var plans: [Text: (plan: RecordPlan, link: Link)] = [:]
        for id in ids {
            guard let planned = try applier.planAgain(id) else { continue }
            moves += unique.moves(planned.plan, of: id)
            if planned.plan.toLocal.isEmpty { plans[id] = planned }
        }
        guard moves.count > 1 else { return ([], plans) }
        let (waiting, circles) = unique.sort(moves)
        for circle in circles { try applier.park(circle) }
        return (waiting, circles.isEmpty ? plans : [:])
    }

    /// Sends a batch and settles it; returns the records that are worth another try at once.
    mutating func send(_ batch: [Outgoing], isFirstTry: Bool = true) async throws -> [Text] {
        let results = await self.write(batch)
        var settling = Settling(session: self.session, lane: self.lane)
        settling.isFirstTry = isFirstTry
        try await settling.settle(batch, results)
        self.counts.add(settling.counts)
        if let failure = settling.failure { throw failure }
        let again = Set(settling.again)
        return settling.again + batch.filter { $0.isPart && !again.contains($0.remote) }.map(\.remote)
    }

    /// Sends properties first, then associations; a record without property writes counts as unchanged by the first.
    private func write(_ batch: [Outgoing]) async -> [RemoteWriteResult] {
        let withProperties = batch.indices.filter { !batch[$0].write.properties.isEmpty }
        var results = batch.map { _ in RemoteWriteResult(outcome: .unchanged) }
        if !withProperties.isEmpty {
            let answers = await self.session.retrying.write(withProperties.map { batch[$0].write }) { writes in
                await self.account.update(self.lane.mapping.remoteObject, writes)
            }
            for (index, answer) in zip(withProperties, answers) { results[index] = answer }
        }
        return results
    }
}

extension Array {
    /// The elements in pieces of at most `size`.
    func chunked(by size: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: Swift.max(size, 1)).map { start in
            Array(self[start..<Swift.min(start + Swift.max(size, 1), self.count)])
        }
    }
}
