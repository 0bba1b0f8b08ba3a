import Connectors
import Logging
import Mapping
import Planning
import Records
import Store

/// Reads written records with the histories of what was written (R2), as many at a time as the CRM takes.
struct HistoryReader {
    let session: SyncSession
    let lane: MappingLane

    /// What was found out about some writes.
    struct Findings {
        /// The histories by remote id; records that are not there any more have none.
        var histories: [Text: RemoteHistory] = [:]
        /// The records that the answer left out: archived, merged, or forgotten by a damaged answer.
        var missing: Set<Text> = []
        /// The records of which it cannot be told now what their write replaced.
        var unread: Set<Text> = []
        /// Why not.
        var failure: RemoteFailure?

        /// Takes in what reads by id say of the records that were left out: one that is there has a history as well.
        mutating func compare(with readings: [Text: DirectReader.Reading?]) {
            if Breakage.damagedHistoryIsWhole.isOn { return }
            for id in self.missing {
                // Not read either, or read under its own id.
                guard let reading = readings[id] else {
                    self.unread.insert(id)
                    continue
                }
                if let record = reading?.record, record.id == id, !record.isArchived { self.unread.insert(id) }
            }
        }
    }

    /// Whether histories are asked for at all.
    var isOn: Bool { self.session.context.account.traits.historyBatchSize != nil && !Breakage.historyNotAsked.isOn }

    /// Asks for the written properties of the written records, and for nothing else.
    func read(_ written: [SentOperation]) async throws -> Findings {
        var findings = Findings()
        guard self.isOn, let size = self.session.context.account.traits.historyBatchSize else { return findings }
        let asked = written.filter { !self.properties(of: $0).isEmpty && $0.operation.remote != nil }
        for chunk in asked.chunked(by: size) { try await self.read(chunk, into: &findings) }
        return findings
    }

    /// Reads a chunk; where its answer is refused or cannot be made out, one record may spoil it for all (R13).
    private func read(_ chunk: [SentOperation], into findings: inout Findings) async throws {
        guard let failure = try await self.take(chunk, into: &findings) else { return }
        try await self.narrow(chunk, failure, into: &findings)
    }

    /// Looks for whoever spoils the answer, half by half; where both halves are spoilt it is not the fault of one.
    private func narrow(_ chunk: [SentOperation], _ failure: RemoteFailure, into findings: inout Findings) async throws
    {
        guard failure.disposition == .abortRun, chunk.count > 1 else {
            return self.note(failure, of: chunk, in: &findings)
        }
        var spoilt: [(half: [SentOperation], failure: RemoteFailure)] = []
        for half in chunk.chunked(by: (chunk.count + 1) / 2) {
            if let failure = try await self.take(half, into: &findings) { spoilt.append((half, failure)) }
        }
        guard spoilt.count < 2 || chunk.count == 2 else { return self.note(failure, of: chunk, in: &findings) }
        for (half, failure) in spoilt { try await self.narrow(half, failure, into: &findings) }
    }

    /// These writes are settled later; only what concerns the whole account ends the run.
    private func note(_ failure: RemoteFailure, of chunk: [SentOperation], in findings: inout Findings) {
        findings.unread.formUnion(chunk.compactMap(\.operation.remote))
        if failure.disposition == .abortRun {
            let hint = "a connection whose CRM gives no histories says `lost_updates: window`"
            self.session.context.logger.warning("what was overwritten cannot be told yet: \(failure.message); \(hint)")
        } else {
            findings.failure = findings.failure ?? failure
        }
    }

    /// Asks for a chunk and takes in the answer; returns what went wrong.
    private func take(_ chunk: [SentOperation], into findings: inout Findings) async throws -> RemoteFailure? {
        let ids = chunk.compactMap(\.operation.remote)
        let properties = Set(chunk.flatMap { self.properties(of: $0) }).sorted()
        let found: [RemoteHistory?]
        do {
            found = try await self.session.retrying.run {
                try await self.session.context.account.histories(
                    self.lane.mapping.remoteObject,
                    ids: ids,
                    of: properties,
                    selecting: self.lane.runtime.selection
                )
            }
        } catch let failure as RemoteFailure {
            return failure
        }
        for (sent, (id, history)) in zip(chunk, zip(ids, found)) {
            guard let history else {
                findings.missing.insert(id)
                continue
            }
            if history.record.isReadable, self.isWhole(history, of: sent) {
                findings.histories[id] = history
            } else {
                findings.unread.insert(id)
            }
        }
        return nil
    }

    /// Whether a history reaches up to the write; after the time that an index may lag it will not get any better.
    private func isWhole(_ history: RemoteHistory, of sent: SentOperation) -> Bool {
        if Breakage.damagedHistoryIsWhole.isOn { return true }
        let (clock, lag) = (self.session.context.clock, self.session.context.account.traits.indexLag)
        if let sentAt = sent.operation.sentAt, sentAt.advanced(by: lag) <= clock.now { return true }
        return sent.fields.allSatisfy { field in
            guard let property = self.property(of: field),
                let place = self.lane.runtime.selection.properties.firstIndex(where: { $0.hasSameBytes(as: property) }),
                place < history.record.values.count
            else { return true }
            let now = history.record.values[place]
            guard let (joint, _) = self.lane.mapping.joint(of: field.field) else {
                return history.isWhole(property, now: now, answered: sent.answered[field.field])
            }
            // The history of a text is that of the whole, and a part says nothing of it.
            let answered = joint.members.compactMap { sent.answered[$0] }
            let whole = answered.count == joint.members.count ? joint.whole(answered) : nil
            return history.isWhole(property, now: now, answered: whole) { joint.whole(joint.parts(of: $0)) ?? $0 }
        }
    }

    private func properties(of sent: SentOperation) -> [String] { sent.fields.compactMap(self.property) }

    private func property(of field: SentField) -> String? {
        self.lane.runtime.isProperty(field.field) ? self.lane.mapping.fields[field.field].remote : nil
    }
}
