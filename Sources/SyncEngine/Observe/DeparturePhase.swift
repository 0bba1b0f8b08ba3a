import Connectors
import Mapping
import Planning
import Records
import Store

/// Acts on what was seen of remote records that are archived, gone or merged away (R10).
///
/// That a record is gone needs positive evidence: a tombstone, or two reads by id without an answer, apart in time, the
/// second beside a control record that does answer. Absence from a list is no evidence and never comes here.
struct DeparturePhase {
    let session: SyncSession
    let lane: MappingLane
    /// What was done.
    var counts = SyncCounts()

    /// What has been made sure of outside any transaction.
    struct Findings: Sendable {
        /// Ids that a second read did not find either, while the control record answered.
        var gone: Set<Text> = []
        /// Ids that a second read did find.
        var alive: [Text: DirectReader.Reading] = [:]
        /// The records that took the place of others, by the id of those others.
        var winners: [Text: DirectReader.Reading] = [:]
        /// The records of other objects that took the place of converted ones, by the id of those, with their mappings.
        var successors: [Text: (lane: MappingLane, reading: DirectReader.Reading)] = [:]

        var isEmpty: Bool { self.gone.isEmpty && self.alive.isEmpty && self.winners.isEmpty && self.successors.isEmpty }
    }

    /// How far apart two reads without an answer must be.
    static let pause = Duration.seconds(30)
    private static let pageSize = 500

    init(session: SyncSession, lane: MappingLane) {
        self.session = session
        self.lane = lane
    }

    private var connection: ConnectionNumber { self.session.connection.number }

    /// Makes sure, then acts, some records in each transaction.
    mutating func run() async throws {
        var after: Text = ""
        while true {
            try Task.checkCancellation()
            let (page, findings) = try await self.look(after: after)
            guard let last = page.last else { return }
            after = last.key.remote
            let counts = try self.session.context.store.write { transaction in
                var applier = self.session.applier(self.lane, in: transaction)
                for departure in page { try self.act(on: departure, findings, with: &applier) }
                let guarded = applier.counts.guarded
                try BreakerCheck(session: self.session).admit(guarded, lane: self.lane, in: transaction)
                return applier.counts
            }
            self.counts.add(counts)
            self.session.context.progress(self.counts)
        }
    }

    /// What is to be made sure of for a plan, all of it at once.
    func findings() async throws -> Findings {
        var all = Findings()
        var after: Text = ""
        while true {
            let (page, findings) = try await self.look(after: after)
            guard let last = page.last else { return all }
            after = last.key.remote
            all.gone.formUnion(findings.gone)
            all.alive.merge(findings.alive) { $1 }
            all.winners.merge(findings.winners) { $1 }
            all.successors.merge(findings.successors) { $1 }
        }
    }

    /// Acts on everything that was made sure of, in an open transaction: the plan's way.
    func act(_ findings: Findings, with applier: inout RecordApplier) throws {
        var after: Text = ""
        while true {
            let page = try applier.transaction.departures(
                self.connection,
                applier.object,
                after: after,
                limit: Self.pageSize
            )
            guard let last = page.last else { return }
            after = last.key.remote
            for departure in page { try self.act(on: departure, findings, with: &applier) }
        }
    }

    private func act(
        on departure: RemoteObservation,
        _ findings: Findings,
        with applier: inout RecordApplier
    ) throws {
        let remote = departure.key.remote
        guard let link = try applier.transaction.link(departure.key) else {
            return try applier.transaction.removeObservation(departure.key)
        }
        guard try applier.owns(link.shape) else { return }
        switch departure.state {
        case .live: break
        case .archived:
            if let winner = findings.winners[remote] {
                try applier.follow(link, into: winner)
            } else if let reading = findings.alive[remote] {
                try applier.transaction.removeObservation(departure.key)
                try applier.take(reading, askedFor: link)
            } else {
                try applier.depart(link)
            }
        case .gone:
            if findings.gone.contains(remote) {
                try applier.depart(link)
            } else if let reading = findings.alive[remote] {
                try applier.transaction.removeObservation(departure.key)
                try applier.take(reading, askedFor: link)
            }
        case .merged:
            if Breakage.mergeIsDeletion.isOn { return try applier.depart(link) }
            if let reading = findings.winners[remote] { try applier.follow(link, into: reading) }
        case .converted(_, let object):
            if let (lane, reading) = findings.successors[remote] {
                try self.convert(link, to: reading, of: lane, with: &applier)
            } else if !self.session.lanes.contains(where: { $0.object == object }) {
                try applier.restConverted(link)
            }
        }
    }

    /// Has the mapping of the record that took a converted one's place take over.
    private func convert(
        _ link: Link,
        to reading: DirectReader.Reading,
        of lane: MappingLane,
        with applier: inout RecordApplier
    ) throws {
        var other = self.session.applier(lane, in: applier.transaction)
        other.gate = applier.gate
        try other.takeOver(link, of: self.lane, as: reading)
        applier.counts.add(other.counts)
    }

    // MARK: Making sure

    private func look(after: Text) async throws -> ([RemoteObservation], Findings) {
        let page = try self.session.context.store.read { transaction in
            try transaction.departures(self.connection, self.lane.object, after: after, limit: Self.pageSize)
        }
        var findings = Findings()
        try await self.confirm(page, &findings)
        try await self.readArchived(page, &findings)
        try await self.readWinners(page, &findings)
        try await self.readSuccessors(page, &findings)
        return (page, findings)
    }

    /// Reads what did not answer once more, with a record beside it that must answer.
    private func confirm(_ page: [RemoteObservation], _ findings: inout Findings) async throws {
        let now = self.session.context.clock.now
        let suspects = page.filter { $0.state == .gone && $0.observedAt.advanced(by: Self.pause) <= now }.map(
            \.key.remote
        )
        guard !suspects.isEmpty else { return }
        let controls = try self.controls(besides: Set(suspects))
        let reader = DirectReader(session: self.session, lane: self.lane)
        let size = max(2, self.session.context.account.traits.readBatchSize)
        for chunk in suspects.chunked(by: max(1, size - controls.count)) {
            let readings = try await reader.read(chunk + controls, withAssociations: true)
            let answered = Breakage.oneMissIsEvidence.isOn || readings.dropFirst(chunk.count).contains { $0 != nil }
            for (id, reading) in zip(chunk, readings) {
                if let reading { findings.alive[id] = reading } else if answered { findings.gone.insert(id) }
            }
        }
    }

    /// A list of archived records may lag behind, and may hold those that were merged away: a read by id tells them apart.
    private func readArchived(_ page: [RemoteObservation], _ findings: inout Findings) async throws {
        let ids = page.filter { $0.state == .archived }.map(\.key.remote)
        let reader = DirectReader(session: self.session, lane: self.lane)
        for chunk in ids.chunked(by: self.session.context.account.traits.readBatchSize) {
            let readings = try await reader.read(chunk, withAssociations: false)
            for case (let id, let reading?) in zip(chunk, readings) where reading.record.isReadable {
                if reading.record.id != id {
                    findings.winners[id] = reading
                } else if !reading.record.isArchived {
                    findings.alive[id] = reading
                }
            }
        }
    }

    /// A few linked records about which nothing bad is known.
    private func controls(besides suspects: Set<Text>) throws -> [Text] {
        try self.session.context.store.read { transaction in
            var controls: [Text] = []
            var after: Text = ""
            while controls.count < 3 {
                let links = try transaction.links(self.connection, self.lane.object, after: after, limit: 100)
                guard let last = links.last else { break }
                after = last.key.remote
                for link in links where link.status == .active && !suspects.contains(link.key.remote) {
                    if try transaction.observation(link.key)?.state ?? .live == .live {
                        controls.append(link.key.remote)
                    }
                }
            }
            return Array(controls.prefix(3))
        }
    }

    /// Reads the records of other objects that took the place of converted ones, where a mapping covers them.
    private func readSuccessors(_ page: [RemoteObservation], _ findings: inout Findings) async throws {
        for lane in self.session.lanes {
            let converted = page.compactMap { departure -> (old: Text, new: Text)? in
                guard case .converted(let target, lane.object) = departure.state else { return nil }
                return (departure.key.remote, target)
            }
            let reader = DirectReader(session: self.session, lane: lane)
            for chunk in converted.chunked(by: self.session.context.account.traits.readBatchSize) {
                let readings = try await reader.read(chunk.map(\.new), withAssociations: true)
                for case (let ids, let reading?) in zip(chunk, readings) where reading.record.isReadable {
                    findings.successors[ids.old] = (lane, reading)
                }
            }
        }
    }

    private func readWinners(_ page: [RemoteObservation], _ findings: inout Findings) async throws {
        var targets: [(old: Text, new: Text)] = []
        for departure in page {
            guard case .merged(let target) = departure.state else { continue }
            targets.append((departure.key.remote, target))
        }
        let reader = DirectReader(session: self.session, lane: self.lane)
        for chunk in targets.chunked(by: self.session.context.account.traits.readBatchSize) {
            let readings = try await reader.read(chunk.map(\.new), withAssociations: true)
            for (target, reading) in zip(chunk, readings) where reading?.record.isReadable ?? true {
                findings.winners[target.old] = reading
            }
        }
    }
}

extension RecordApplier {
    /// Takes in what a read by id said about a linked record.
    fileprivate mutating func take(_ reading: DirectReader.Reading, askedFor link: Link) throws {
        guard reading.record.id == link.key.remote else {
            return try self.noteMissing(
                link.key,
                version: max(link.remoteVersion, reading.record.version),
                state: .merged(into: reading.record.id)
            )
        }
        let incoming = try self.incoming(reading.record, associations: reading.associations)
        try self.apply(incoming, isDirect: true)
    }
}
