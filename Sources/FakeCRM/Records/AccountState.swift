/// Everything an account holds; the handlers of the API are its extensions.
struct AccountState {
    var options: AccountOptions
    var habits: Habits
    var faults = Faults.none
    var limits = RateLimits.off
    var meter = RateMeter()
    var stats = RequestStats()
    var associations = AssociationTable()
    /// What was changed, for a simulation.
    var ledger = ChangeLedger()
    /// Lists of records, in the order of their ids.
    var recordLists: [RecordList] = []
    var pipelines = [Pipeline.sales, Pipeline.renewals]
    /// Groups that were added to the standard one of each type.
    var propertyGroups: [ObjectType: [(name: String, label: String)]] = [:]
    /// Who has written so far; versions and records refer to them by position.
    private(set) var sources: [ChangeSource] = []
    /// E-mail addresses of erased contacts, which must not come back.
    var erasedEmails: Set<[UInt8]> = []
    /// How many requests were answered; correlation ids and orders come from it.
    var requestNumber: UInt64 = 0
    /// How often each fault rule has applied, and how often it was passed over.
    var faultCounts: [(seen: Int, done: Int)] = []
    var lastHold = 0
    /// How the latest reads were answered.
    var plans = ReadPlans()
    private var tables: [ObjectTable]
    private let clock: FakeClock
    /// The time of the last change.
    private(set) var lastStamp: Int64 = 0

    init(options: AccountOptions, habits: Habits, clock: FakeClock) {
        self.options = options
        self.habits = habits
        self.clock = clock
        self.tables = ObjectType.allCases.map {
            ObjectTable(type: $0, properties: PropertyCatalog.standard($0), firstID: options.firstRecordID)
        }
    }

    var now: Int64 { self.clock.now }

    /// The table of a type, changed in place.
    subscript(type: ObjectType) -> ObjectTable {
        _read { yield self.tables[type.position] }
        _modify { yield &self.tables[type.position] }
    }

    /// A time for a change: never before the one of the change before it.
    mutating func stamp() -> Int64 {
        self.lastStamp = max(self.lastStamp, self.now)
        return self.lastStamp
    }

    /// Makes sure that changes to come are not before a time.
    mutating func keepStampsAfter(_ time: Int64) { self.lastStamp = max(self.lastStamp, time) }

    /// The number of a source, which is added when it is new.
    mutating func sourceNumber(_ source: ChangeSource) -> UInt8 {
        if let known = self.sources.firstIndex(of: source) { return UInt8(known) }
        precondition(self.sources.count < 256, "an account has at most 256 writers")
        self.sources.append(source)
        return UInt8(self.sources.count - 1)
    }

    /// A number that looks random and is the same in every run.
    func chance(_ purpose: UInt64, _ item: UInt64) -> UInt64 {
        mixed(self.options.seed ^ mixed(purpose &* 0x1_0001 &+ mixed(item)))
    }

    /// The id that an answer carries, made from the request's number.
    var correlationID: String {
        let halves = (self.chance(1, self.requestNumber), self.chance(2, self.requestNumber))
        return String(unsafeUninitializedCapacity: 36) { text in
            var end = 0
            for place in 0..<32 {
                if place == 8 || place == 12 || place == 16 || place == 20 {
                    text.initializeElement(at: end, to: UInt8(ascii: "-"))
                    end += 1
                }
                let half = place < 16 ? halves.0 : halves.1
                let digit = UInt8(truncatingIfNeeded: half >> UInt64(60 - place % 16 * 4)) & 15
                text.initializeElement(at: end, to: hexCharacter(digit))
                end += 1
            }
            return end
        }
    }
}

extension ObjectType {
    /// The type's place in the order of declaration.
    var position: Int {
        switch self {
        case .contacts: 0
        case .companies: 1
        case .deals: 2
        case .tasks: 3
        case .notes: 4
        }
    }
}
