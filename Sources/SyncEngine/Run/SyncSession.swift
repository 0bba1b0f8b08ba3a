import Connectors
import Mapping
import Planning
import Records
import Store

/// What one run knows once it has begun: its number, its connection, and the mappings with their numbers in the store.
struct SyncSession: Sendable {
    let context: SyncContext
    let connection: Connection
    let run: RunNumber
    let actor: ActorNumber
    let owners: OwnerDirectory
    let lanes: [MappingLane]
    let mappedObjects: Set<String>
    /// What the run has changed so far, for the breakers.
    let guarded = RunGuard()
    /// The kinds of change that may go beyond the breaker in this run.
    var allowed: Set<Breaker.Kind> = []
    /// Requests that the account had made when the run began.
    let requestsBefore: Int
    /// What this run has tried to make out of turn.
    let tried = TriedRecords()
    /// What a careful run carries out; nil carries out everything.
    var gate: (any ChangeGate)?
    /// Whether somebody approves of what this run does to lists that nobody has approved yet.
    var approvesLists = false

    var retrying: Retrying { Retrying(sleeper: self.context.sleeper, randomness: self.context.randomness) }

    /// Who changes what now.
    var cause: Cause { Cause(actor: self.actor, run: self.run, at: self.context.clock.now) }

    /// The other remote objects whose mappings lead to the same local object: together they are a family (R17).
    private func family(of lane: MappingLane) -> [ObjectNumber] {
        self.lanes.filter { $0.localObject == lane.localObject && $0.object != lane.object }.map(\.object)
    }

    /// The other mappings of the lane's remote object, by name.
    private func siblings(of lane: MappingLane) -> Set<Text> {
        guard self.lanes.count > 1 else { return [] }
        return Set(self.lanes.filter { $0.object == lane.object }.map { Text($0.mapping.name) })
            .subtracting([Text(lane.mapping.name)])
    }

    /// Whether what was sent under a shape is the lane's to settle: all but that of another mapping of its remote object.
    func owns(_ lane: MappingLane, _ shape: ShapeNumber, in transaction: Transaction) throws -> Bool {
        let siblings = self.siblings(of: lane)
        return try siblings.isEmpty || !siblings.contains(Text(transaction.shape(shape).mapping))
    }

    /// The applier of one mapping in an open transaction.
    func applier(_ lane: MappingLane, in transaction: Transaction) -> RecordApplier {
        var applier = RecordApplier(
            runtime: lane.runtime,
            transaction: transaction,
            connection: self.connection.number,
            object: lane.object,
            localObject: lane.localObject,
            identityKeys: lane.identityKeys,
            shape: lane.shape,
            cause: self.cause,
            context: LinkContext(transaction: transaction, connection: self.connection.number, owners: self.owners),
            ids: self.context.ids,
            mappedObjects: self.mappedObjects,
            preparer: lane.preparer,
            gate: self.gate
        )
        if !Breakage.familyOwnsTwice.isOn { applier.family = self.family(of: lane) }
        applier.siblings = self.siblings(of: lane)
        return applier
    }
}

/// One mapping of a run with its numbers in the store.
struct MappingLane: Sendable {
    let runtime: MappingRuntime
    /// The remote object.
    let object: ObjectNumber
    /// The local object.
    let localObject: ObjectNumber
    /// The mapping's fields as links remember them.
    let shape: ShapeNumber
    /// The match keys in the mapping's order.
    let identityKeys: [IdentityKeyNumber]
    /// Makes pages ready for the store; nil where the page path is not for this mapping.
    private(set) var preparer: PagePreparer?

    var mapping: CompiledMapping { self.runtime.mapping }

    init(_ runtime: MappingRuntime, in transaction: Transaction) throws {
        let mapping = runtime.mapping
        self.runtime = runtime
        let localObject = try transaction.object(mapping.localObject)
        self.object = try transaction.object(mapping.remoteObject)
        self.localObject = localObject
        self.shape = try transaction.number(of: runtime.shape)
        self.identityKeys = try runtime.matchKeys.map { key in
            try transaction.buildIdentityKey(key, of: localObject)
            guard let number = try transaction.identityKey(key, of: localObject) else {
                throw StoreError(.corrupt, "a match key that was just built is missing")
            }
            return number
        }
    }
    /// Opens the page path, once the match keys of all mappings are in the store.
    mutating func openPagePath(in transaction: Transaction) throws {
        self.preparer = PagePreparer(self.runtime, stored: try transaction.storedIdentityKeys(of: self.localObject))
    }
}
