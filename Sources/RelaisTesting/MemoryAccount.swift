package import Connectors
package import Records
import Synchronization

/// A CRM account in memory that enforces what a real one does, with its habits and faults to be switched on.
package final class MemoryAccount: RemoteAccount {
    /// One record of the account.
    package struct Record: Sendable {
        /// The values by property; null and missing are the same.
        package var values: [String: Value]
        /// Microseconds of the last change.
        package var version: Int64
        /// Whether it is archived.
        package var isArchived = false
        /// Associated ids by the other object.
        package var associations: [String: Set<Text>] = [:]
        /// The ids that were merged into it.
        package var merged: [Text] = []
        /// The record that it was converted to; nothing can be written to it any more.
        package var successor: RemoteSuccessor?
        /// What each property was, the newest first, as far as people and the API wrote it.
        package var history: [String: [RemoteVersion]] = [:]

        /// Creates a record.
        package init(values: [String: Value], version: Int64) {
            self.values = values
            self.version = version
        }

        /// Writes values, as somebody does at a moment.
        package mutating func write(_ values: [String: Value], by writer: String, at now: Int64) {
            self.version = max(now, self.version + 1)
            for (name, value) in values where self.values[name] ?? .null != value {
                let version = RemoteVersion(
                    value: value,
                    at: Instant(microseconds: self.version),
                    by: writer,
                    isByIntegration: writer == "relais"
                )
                self.history[name, default: []].insert(version, at: 0)
                self.values[name] = value
            }
        }
    }

    /// What the account does as real CRMs do.
    package struct Habits: Sendable {
        /// Writes answer without values.
        package var answersWithoutValues = false
        /// What the CRM makes of a value when it is written.
        package var normalise: @Sendable (String, Value) -> Value = { $1 }
        /// Properties whose writes are taken and ignored.
        package var ignores: Set<String> = []
        /// Properties whose values are refused, with the reason.
        package var refuses: [String: @Sendable (Value) -> String?] = [:]
        /// Properties that a new record cannot have: it is made with this value instead.
        package var refusesOnCreate: [String: Value] = [:]
        /// Whole records that are refused, by a value they hold.
        package var refusesRecord: @Sendable ([String: Value]) -> String? = { _ in nil }
        /// Values that the CRM fills in when it makes a record.
        package var fillsOnCreate: [String: Value] = [:]
        /// Properties of which no two records may hold the same value when one is changed.
        package var keepsUnique: Set<String> = []
        /// Whether nobody can be deleted for good.
        package var cannotErase = false
        /// Objects whose records it does not archive.
        package var cannotArchive: Set<String> = []
        /// Whether a merged record tells whom it took in.
        package var tellsOfMerges = true
        /// Properties that only climb, with their values in order; a step back is refused unless a clear comes before it.
        package var climbing: [String: [Value]] = [:]
        /// Records that lists give in a form that nobody can read.
        package var unreadable: Set<Text> = []
        /// Records that cannot be read in a page, and can by their id.
        package var unreadablePages: Set<Text> = []
        /// Records of which a read by id gives the id and nothing else that can be read.
        package var damaged: Set<Text> = []
        /// How long a change stays invisible to lists and searches.
        package var lag = Duration.zero

        /// No habits at all.
        package init() {}
    }

    /// What goes wrong with a write.
    package enum Fault: Sendable {
        /// Carried out, but the answer is lost.
        case loseAnswer
        /// Not carried out, and no answer.
        case loseRequest
    }

    /// Everything that changes.
    package struct State: Sendable {
        /// The records by object and id.
        package var objects: [String: [Text: Record]] = [:]
        /// Where the ids of merged records lead, by object.
        package var aliases: [String: [Text: Text]] = [:]
        /// Earlier states of records, by id, that lists go on showing: an index that was not brought up to date.
        package var staleIndex: [Text: Record] = [:]
        /// The users.
        package var owners: [RemoteOwner] = []
        /// The account's id.
        package var accountID: Text = "portal-1"
        /// The habits.
        package var habits = Habits()
        /// Records that a test keeps out of sight for a while.
        package var hidden: [Text: Record] = [:]
        /// The lists by name.
        package var lists: [Text: MemoryList] = [:]
        /// The ids that were deleted for good, in their order.
        package var erased: [Text] = []
        /// How many pages to come are not given.
        package var pageFailures = 0
        /// How many pages to come are damaged so that not even the ids of their records can be read.
        package var namelessPages = 0
        /// How many reads by id to come are not answered.
        package var readFailures = 0
        /// How they fail.
        package var readFailureCode = RemoteFailure.Code.unexpectedAnswer
        var atMoment: (@Sendable (Int) -> Void)?
        var moments = 0
        /// What goes wrong with the next writes, in turn.
        package var faults: [Fault] = []
        /// Called just before a write is carried out: a person who edits in between.
        package var beforeWrite: (@Sendable (inout State) -> Void)?
        /// Called just after a write was carried out and before anyone reads.
        package var afterWrite: (@Sendable (inout State) -> Void)?
        /// Called between the clear and the set of a property that only climbs: somebody looks, or the process dies.
        package var betweenClearAndSet: (@Sendable (inout State) -> Void)?
        /// The properties of each update that was carried out, in their order.
        package var updates: [[String]] = []
        /// How many reads with histories fail.
        package var historyFailures = 0
        /// What becomes of each history on its way to us: nil leaves it out, and a thrown failure is that of the whole answer.
        package var onHistory: (@Sendable (RemoteHistory) throws -> RemoteHistory?)?
        /// The ids of each read with histories, in their order.
        package var historiesAsked: [[Text]] = []
        /// Records made, changed or associated by the API.
        package var writes = 0
        /// Requests of any kind.
        package var requests = 0
        var nextID = 1001
    }

    package let traits: RemoteTraits
    let clock: TestClock
    let state = Mutex(State())

    /// Creates an empty account.
    ///
    /// With `detected` it keeps histories. Without `enforcesKey` it takes two records with one create key.
    package init(
        clock: TestClock,
        lostUpdate: LostUpdateProtection = .window,
        createKey: String? = "relais_id",
        enforcesKey: Bool = true,
        stored: StoredForms = StoredForms()
    ) {
        self.clock = clock
        let objects = ["contacts", "companies", "deals", "notes"]
        self.traits = RemoteTraits(
            product: "memory",
            lostUpdate: lostUpdate,
            indexLag: .seconds(10),
            createKeys: createKey.map { key in Dictionary(uniqueKeysWithValues: objects.map { ($0, key) }) } ?? [:],
            uniqueProperties: ["contacts": ["email"]],
            batchSize: 100,
            readBatchSize: 100,
            clearedText: .text(""),
            hasAssociations: true,
            forwardOnly: ["contacts": ["stage"]],
            unenforcedKeys: enforcesKey ? [] : Set(objects),
            historyBatchSize: lostUpdate == .detected ? 50 : nil,
            storedForms: ["contacts": stored],
            lists: [RemoteListTraits(kind: .list, object: "contacts", every: .zero, batchSize: 100)],
            activities: [
                RemoteActivityTraits(
                    kind: "note",
                    object: "notes",
                    text: "body",
                    time: "at",
                    limit: 100,
                    isHTML: false,
                    about: ["contacts"]
                )
            ]
        )
    }

    /// Looks at, or changes, the account behind the API's back, as people in the CRM do.
    package func with<Result>(_ body: (inout sending State) -> sending Result) -> Result {
        self.state.withLock { body(&$0) }
    }

    /// A person in the CRM sets values of a record, making it if there is none; returns the id.
    @discardableResult
    package func edit(_ object: String, _ id: Text? = nil, _ values: [String: Value]) -> Text {
        let now = self.clock.now.microseconds
        return self.state.withLock { state in
            let id = id ?? state.freshID()
            var record = state.objects[object]?[id] ?? Record(values: [:], version: now)
            record.write(values, by: "person", at: now)
            state.objects[object, default: [:]][id] = record
            return id
        }
    }

    /// The value of a property; null if it is not set.
    package func value(_ object: String, _ id: Text, _ property: String) -> Value {
        self.state.withLock { $0.objects[object]?[id]?.values[property] ?? .null }
    }

    /// The ids of the live records, in order.
    package func ids(_ object: String) -> [Text] {
        self.state.withLock { ($0.objects[object] ?? [:]).filter { !$0.value.isArchived }.keys.sorted() }
    }

    package var requestsMade: Int { self.state.withLock { $0.requests } }

    /// Has somebody act just before and just after each page, read by id, create and update, who is told the number of the
    /// moment; they count from 1.
    package func atMoments(_ act: @escaping @Sendable (Int) -> Void) {
        self.state.withLock { ($0.atMoment, $0.moments) = (act, 0) }
    }

    /// Sends them away; returns how many moments there were.
    package func endMoments() -> Int {
        self.state.withLock { state in
            state.atMoment = nil
            return state.moments
        }
    }

    /// Something happens in the CRM; a person may do anything just before it and just after it.
    private func happening<Result>(_ body: () throws -> Result) rethrows -> Result {
        self.passMoment()
        let result = try body()
        self.passMoment()
        return result
    }

    private func passMoment() {
        let (body, number) = self.state.withLock { state in
            state.moments += 1
            return (state.atMoment, state.moments)
        }
        body?(number)
    }

    // MARK: RemoteAccount

    package func accountID() async throws -> Text { self.state.withLock { $0.accountID } }

    package func discover(_ object: String) async throws -> [RemoteProperty] { [] }

    package func owners() async throws -> [RemoteOwner] { self.state.withLock { $0.owners } }

    package func page(
        of object: String,
        selecting selection: RemoteSelection,
        at position: Text?
    ) async throws
        -> RemotePage
    {
        let now = self.clock.now
        return try self.happening { try self.page(of: object, selecting: selection, at: position, now: now) }
    }

    private func page(
        of object: String,
        selecting selection: RemoteSelection,
        at position: Text?,
        now: Instant
    ) throws -> RemotePage {
        try self.state.withLock { state in
            state.requests += 1
            if state.pageFailures > 0 {
                state.pageFailures -= 1
                throw RemoteFailure(.serverError, "503")
            }
            let since = position.flatMap { Int64($0.string) } ?? 0
            let horizon = now.advanced(by: .zero - state.habits.lag).microseconds
            let visible = (state.objects[object] ?? [:])
                .filter { $0.value.version <= horizon && $0.value.version >= since }
                .sorted { ($0.value.version, $0.key) < ($1.value.version, $1.key) }
            let tells = state.habits.tellsOfMerges
            let broken = state.habits.unreadable.union(state.habits.unreadablePages)
            let records = visible.filter { !broken.contains($0.key) }
                .map { Self.record($0.key, state.staleIndex[$0.key] ?? $0.value, selection, tellsOfMerges: tells) }
            let isNameless = state.namelessPages > 0
            if isNameless { state.namelessPages -= 1 }
            let newest = max(since, (visible.last?.value.version ?? 0) - 60_000_000)
            return RemotePage(
                records: isNameless ? [] : records,
                unreadable: visible.filter { isNameless || broken.contains($0.key) }
                    .map { UnreadableRecord(id: isNameless ? nil : $0.key, reason: "not JSON") },
                position: Text(String(newest)),
                hasMore: false,
                isFirstPass: position == nil
            )
        }
    }

    package func read(
        _ object: String,
        keys: [Text],
        by property: String?,
        selecting selection: RemoteSelection
    ) async throws -> [RemoteRecord?] {
        try self.happening { try self.found(object, keys, by: property, selection) }
    }

    private func found(
        _ object: String,
        _ keys: [Text],
        by property: String?,
        _ selection: RemoteSelection
    ) throws -> [RemoteRecord?] {
        try self.state.withLock { state in
            state.requests += 1
            try state.answerRead()
            let records = state.objects[object] ?? [:]
            let damaged = state.habits.damaged
            let record = { (id: Text, record: Record) -> RemoteRecord in
                damaged.contains(id)
                    ? .unreadable(id: id, properties: selection.properties.count) : Self.record(id, record, selection)
            }
            guard property != nil || state.habits.unreadable.isDisjoint(with: keys) else {
                throw RemoteFailure(.unexpectedAnswer, "a record that cannot be read")
            }
            return keys.map { key in
                guard let property else {
                    let id = state.aliases[object]?[key] ?? key
                    return records[id].flatMap { $0.isArchived ? nil : record(id, $0) }
                }
                let hit = records.first { !$0.value.isArchived && $0.value.values[property] == .text(key) }
                return hit.map { record($0.key, $0.value) }
            }
        }
    }

    package func holders(
        _ object: String,
        of keys: [Text],
        by property: String,
        selecting selection: RemoteSelection
    ) async throws -> [[RemoteRecord]] {
        try self.happening {
            try self.state.withLock { state in
                state.requests += 1
                try state.answerRead()
                let records = (state.objects[object] ?? [:]).sorted { $0.key < $1.key }
                let damaged = state.habits.damaged
                return keys.map { key in
                    records.filter { $0.value.values[property] == .text(key) }.map { id, record in
                        damaged.contains(id)
                            ? .unreadable(id: id, properties: selection.properties.count)
                            : Self.record(id, record, selection)
                    }
                }
            }
        }
    }

    package func histories(
        _ object: String,
        ids: [Text],
        of properties: [String],
        selecting selection: RemoteSelection
    ) async throws -> [RemoteHistory?] {
        try self.state.withLock { state in
            state.requests += 1
            if state.historyFailures > 0 {
                state.historyFailures -= 1
                throw RemoteFailure(.badRequest, "no history today")
            }
            guard let most = self.traits.historyBatchSize, ids.count <= most else {
                throw RemoteFailure(.badRequest, "more than this account takes with histories")
            }
            state.historiesAsked.append(ids)
            return try ids.map { id in
                guard let record = state.objects[object]?[id], !record.isArchived else { return nil }
                let versions = record.history.filter { properties.contains($0.key) }
                let history = RemoteHistory(record: Self.record(id, record, selection), versions: versions)
                return try state.onHistory.map { try $0(history) } ?? history
            }
        }
    }

    package func create(_ object: String, _ inputs: [RemoteWrite]) async -> [RemoteWriteResult] {
        let now = self.clock.now.microseconds
        return self.happening {
            self.state.withLock { state in
                state.requests += 1
                return inputs.map { state.create(object, $0, traits: self.traits, at: now) }
            }
        }
    }

    package func update(_ object: String, _ inputs: [RemoteWrite]) async -> [RemoteWriteResult] {
        let now = self.clock.now.microseconds
        return self.happening {
            self.state.withLock { state in
                state.requests += 1
                return inputs.map { state.update(object, $0, traits: self.traits, at: now) }
            }
        }
    }

    package func archive(_ object: String, ids: [Text]) async -> [Outcome] {
        let now = self.clock.now.microseconds
        return self.state.withLock { state in
            state.requests += 1
            return ids.map { id in
                let fault = state.faults.isEmpty ? nil : state.faults.removeFirst()
                if case .loseRequest? = fault { return .unknown(reason: "no answer") }
                guard let record = state.objects[object]?[id], !record.isArchived else { return .gone }
                guard !state.habits.cannotArchive.contains(object) else {
                    return .rejected(field: nil, reason: "it stays")
                }
                state.objects[object]?[id]?.isArchived = true
                state.objects[object]?[id]?.version = max(now, record.version + 1)
                state.writes += 1
                if case .loseAnswer? = fault { return .unknown(reason: "no answer") }
                return .updated(version: nil)
            }
        }
    }

    package func erase(_ object: String, ids: [Text]) async -> [Outcome] {
        self.state.withLock { state in
            state.requests += 1
            return ids.map { id in
                let fault = state.faults.isEmpty ? nil : state.faults.removeFirst()
                if case .loseRequest? = fault { return .unknown(reason: "no answer") }
                guard !state.habits.cannotErase else { return .rejected(field: nil, reason: "invoices hang on it") }
                guard state.objects[object]?.removeValue(forKey: id) != nil else { return .gone }
                state.writes += 1
                state.erased.append(id)
                if case .loseAnswer? = fault { return .unknown(reason: "no answer") }
                return .updated(version: nil)
            }
        }
    }

    package func associations(
        from object: String,
        ids: [Text],
        to other: String,
        label: String?
    ) async throws
        -> [[Text]]
    {
        self.state.withLock { state in
            state.requests += 1
            return ids.map { (state.objects[object]?[$0]?.associations[other] ?? []).sorted() }
        }
    }

    package func associate(
        from object: String,
        to other: String,
        label: String?,
        _ inputs: [AssociationWrite]
    ) async -> [Outcome] {
        self.state.withLock { state in
            state.requests += 1
            return inputs.map { input in
                state.writes += 1
                if input.isRemoval {
                    state.objects[object]?[input.from]?.associations[other]?.remove(input.to)
                } else {
                    state.objects[object]?[input.from]?.associations[other, default: []].insert(input.to)
                }
                return .updated(version: nil)
            }
        }
    }

    package func prepareCreateKey(for object: String) async throws -> Bool { self.traits.createKeys[object] != nil }

    private static func record(
        _ id: Text,
        _ record: Record,
        _ selection: RemoteSelection,
        tellsOfMerges: Bool = true
    ) -> RemoteRecord {
        RemoteRecord(
            id: id,
            version: record.version,
            values: selection.properties.map { record.values[$0] ?? .null },
            isArchived: record.isArchived,
            merged: tellsOfMerges ? record.merged : [],
            successor: record.successor
        )
    }
}
