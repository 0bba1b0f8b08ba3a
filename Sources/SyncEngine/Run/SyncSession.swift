import Connectors
import Mapping
import Planning
import Records
import Store

/// What one run knows once it has begun: its number, its connection, and the mappings with their numbers in the store.
///
/// A class, because every phase and every page passes it on.
final class SyncSession: Sendable {
    /// What whoever started the run decided about it.
    struct Choices {
        /// The kinds of change that may go beyond the breaker in this run.
        var allowed: Set<Breaker.Kind> = []
        /// What a careful run carries out; nil carries out everything.
        var gate: (any ChangeGate)?
        /// Whether somebody approves of what this run does to lists that nobody has approved yet.
        var approvesLists = false
    }

    let context: SyncContext
    let connection: Connection
    let run: RunNumber
    let actor: ActorNumber
    let owners: OwnerDirectory
    let lanes: [MappingLane]
    let mappedObjects: Set<String>
    /// What the run has changed so far, for the breakers.
    let guarded: RunGuard
    /// Requests that the account had made when the run began.
    let requestsBefore: Int
    /// What this run has tried to make out of turn.
    let tried: TriedRecords
    private let choices: Choices

    var allowed: Set<Breaker.Kind> { self.choices.allowed }
    var gate: (any ChangeGate)? { self.choices.gate }
    var approvesLists: Bool { self.choices.approvesLists }

    init(
        context: SyncContext,
        connection: Connection,
        run: RunNumber,
        actor: ActorNumber,
        owners: OwnerDirectory,
        lanes: [MappingLane],
        mappedObjects: Set<String>,
        requestsBefore: Int
    ) {
        self.context = context
        self.connection = connection
        self.run = run
        self.actor = actor
        self.owners = owners
        self.lanes = lanes
        self.mappedObjects = mappedObjects
        self.guarded = RunGuard()
        self.requestsBefore = requestsBefore
        self.tried = TriedRecords()
        self.choices = Choices()
    }

    private init(_ other: SyncSession, _ choices: Choices) {
        self.context = other.context
        self.connection = other.connection
        self.run = other.run
        self.actor = other.actor
        self.owners = other.owners
        self.lanes = other.lanes
        self.mappedObjects = other.mappedObjects
        self.guarded = other.guarded
        self.requestsBefore = other.requestsBefore
        self.tried = other.tried
        self.choices = choices
    }

    /// The same run under other choices; what it has done so far counts for both.
    func choosing(_ change: (inout Choices) -> Void) -> SyncSession {
        var choices = self.choices
        change(&choices)
        return SyncSession(self, choices)
    }

    var retrying: Retrying { Retrying(sleeper: self.context.sleeper, randomness: self.context.randomness) }

    /// Who changes what now.
    var cause: Cause { Cause(actor: self.actor, run: self.run, at: self.context.clock.now) }

    /// The other remote objects whose mappings lead to the same local object: together they are a family (R17).
    private func family(of lane: MappingLane) -> [ObjectNumber] {
        self.lanes.filter { $0.localObject == lane.localObject && $0.object != lane.object }.map(\.object)
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
        return applier
    }
}

/// One mapping of a run with its numbers in the store; a class for the same reason as the session.
final class MappingLane: Sendable {
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
    let preparer: PagePreparer?

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
        self.preparer = nil
    }

    private init(_ other: MappingLane, _ preparer: PagePreparer?) {
        self.runtime = other.runtime
        self.object = other.object
        self.localObject = other.localObject
        self.shape = other.shape
        self.identityKeys = other.identityKeys
        self.preparer = preparer
    }

    /// The same with the page path open; for when the match keys of all mappings are in the store.
    func openingPagePath(in transaction: Transaction) throws -> MappingLane {
        let stored = try transaction.storedIdentityKeys(of: self.localObject)
        return MappingLane(self, PagePreparer(self.runtime, stored: stored))
    }
}
