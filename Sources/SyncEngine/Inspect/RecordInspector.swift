import Connectors
import Mapping
import Planning
import Records
import Store

/// Plans one record in an open transaction that somebody else rolls back.
struct RecordInspector {
    private let session: SyncSession
    private let lane: MappingLane
    private let transaction: Transaction
    private let applier: RecordApplier

    /// What transforms may look up.
    var lensContext: LinkContext { self.applier.context }

    private var mapping: CompiledMapping { self.lane.mapping }

    init(
        _ context: SyncContext,
        _ connection: Connection,
        _ mapping: CompiledMapping,
        in transaction: Transaction
    ) throws {
        let runtime = try MappingRuntime(mapping, traits: context.account.traits, schema: context.store.schema)
        let lane = try MappingLane(runtime, in: transaction)
        let owners = try transaction.owners(connection.number).map { owner in
            let email = owner.email.string.isEmpty ? nil : owner.email
            return RemoteOwner(id: owner.id, email: email, name: owner.name.string, isActive: owner.isActive)
        }
        self.lane = lane
        self.transaction = transaction
        self.session = SyncSession(
            context: context,
            connection: connection,
            run: RunNumber(rawValue: 0),
            actor: try transaction.actor(context.actor),
            owners: OwnerDirectory(owners, ownUser: context.ownUser),
            lanes: [lane],
            mappedObjects: Set(context.mappings.map(\.remoteObject)),
            requestsBefore: 0
        )
        self.applier = self.session.applier(lane, in: transaction)
    }

    func inspect(_ id: RecordID?, _ remote: Text?, _ reading: DirectReader.Reading?) throws -> RecordInspection {
        if let id, let remote { return try self.linked(id, remote, reading) }
        if let id { return try self.onlyHere(id) }
        return try self.onlyThere(remote, reading)
    }

    // MARK: Linked

    private func linked(_ id: RecordID, _ remote: Text, _ reading: DirectReader.Reading?) throws -> RecordInspection {
        let key = LinkKey(self.session.connection.number, self.lane.object, remote)
        guard let link = try self.transaction.link(key) else { return try self.onlyHere(id) }
        let work = try LinkWork(link, runtime: self.lane.runtime, shape: self.lane.shape, in: self.transaction)
        let (values, version, source) = try self.seen(work, reading)
        var state = try work.state(remote: values, remoteAt: version, in: self.transaction)
        var tie = RecordInspection.Tie.linked
        if link.status != .active {
            tie = .resting(link.status == .gone ? "the CRM's record is gone" : "it left the mapping's filter")
        }
        if let closed = self.applier.filtered(work, remote: values) {
            state.closed.local.formUnion(closed.local)
            state.closed.remote.formUnion(closed.remote)
        } else {
            tie = .resting("no filter of the mapping takes it")
        }
        if let exclusion = try self.transaction.exclusion(of: id) { tie = .resting("excluded: \(exclusion.reason)") }
        return RecordInspection(
            mapping: self.mapping,
            record: work.record,
            remote: remote,
            tie: tie,
            source: source,
            state: state,
            plan: tie == .linked ? self.lane.runtime.planner.plan(state, in: self.lensContext) : RecordPlan()
        )
    }

    /// What the CRM holds, as far as anybody has seen.
    private func seen(
        _ work: LinkWork,
        _ reading: DirectReader.Reading?
    ) throws -> (values: [Value], version: Int64, source: RecordInspection.Source) {
        if let reading {
            let incoming = try self.applier.incoming(reading.record, associations: reading.associations)
            return (incoming.values, reading.record.version, .live)
        }
        let observation = try self.transaction.observation(work.link.key)
        if let observation, observation.shape == self.lane.shape, let values = observation.values {
            return (values, observation.version, .observed)
        }
        let values = work.remoteShadow.map { $0 ?? .absent }
        return (values, work.link.remoteVersion, .agreed)
    }

    // MARK: On one side only

    private func onlyHere(_ id: RecordID) throws -> RecordInspection {
        guard let record = try self.transaction.record(id) else { throw StoreError(.notFound, "no record \(id)") }
        let runtime = self.lane.runtime
        let local = runtime.localValues(record.values)
        let closed = self.mapping.closedForPush(local: record.values)
        var plan = runtime.planner.planRemoteCreate(local: local, closed: closed, in: self.lensContext)
        for position in self.mapping.fields.indices where local[position].isBlank {
            guard let value = self.mapping.newValue(position, local: record.values) else { continue }
            plan.toRemote.append(FieldWrite(field: position, old: .absent, new: value, source: local[position]))
        }
        let reason = try self.reasonAgainstCreating(record)
        let joining = runtime.planner.joining(plan.toRemote, local: local, remote: nil)
        plan.toRemote = joining.writes
        plan.notes += joining.notes
        return RecordInspection(
            mapping: self.mapping,
            record: record,
            remote: nil,
            tie: reason.map { .apart($0) } ?? .madeRemotely,
            source: .none,
            state: RecordState(local: local, remote: local.map { _ in .absent }),
            plan: plan
        )
    }

    private func reasonAgainstCreating(_ record: StoredRecord) throws -> String? {
        if !record.isLive { return "it is deleted here" }
        if let exclusion = try self.transaction.exclusion(of: record.id) { return "excluded: \(exclusion.reason)" }
        if !self.mapping.create.push { return "the mapping says create: { push: false }" }
        return self.mapping.sendsOut(local: record.values) ? nil : "filter.push does not take it"
    }

    private func onlyThere(_ remote: Text?, _ reading: DirectReader.Reading?) throws -> RecordInspection {
        guard let reading else { throw StoreError(.notFound, "a remote record that was not read") }
        let runtime = self.lane.runtime
        let values = try self.applier.incoming(reading.record, associations: reading.associations).values
        let plan = runtime.planner.planLocalCreate(remote: values, in: self.lensContext)
        var local = values.map { _ in Value.absent }
        for write in plan.toLocal { local[write.field] = write.new }
        return RecordInspection(
            mapping: self.mapping,
            record: nil,
            remote: remote,
            tie: try self.tie(of: reading.record, local: local),
            source: .live,
            state: RecordState(local: local.map { _ in .absent }, remote: values),
            plan: plan
        )
    }

    private func tie(of record: RemoteRecord, local: [Value]) throws -> RecordInspection.Tie {
        if record.isArchived { return .apart("it is archived in the CRM") }
        if !self.lane.runtime.takesIn(record) { return .apart("filter.pull does not take it") }
        for key in self.mapping.match.indices {
            guard let canon = self.lane.runtime.matchCanon(key, locals: local) else { continue }
            let found = try self.transaction.records(
                self.lane.localObject,
                matching: self.lane.identityKeys[key],
                canon
            )
            if !found.isEmpty { return .madeLocally(matches: found) }
        }
        return self.mapping.create.pull ? .madeLocally(matches: []) : .apart("the mapping says create: { pull: false }")
    }
}
