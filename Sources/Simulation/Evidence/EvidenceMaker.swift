import FakeCRM
import Mapping
import Records
import Store

/// Looks at both sides of a finished world.
struct EvidenceMaker {
    let scenario: Scenario
    let crms: [Home: FakeCRMAccount]
    let mappings: [Home: [CompiledMapping]]
    let exchanges: [Home: [Network.Exchange]]
    let transaction: Transaction
    let chronicle: Chronicle
    /// Whether the state of all sides is told.
    let keepsEndState: Bool
    var evidence = Evidence()
    /// The connections' numbers.
    var connections: [Home: ConnectionNumber] = [:]
    var actors: [ActorNumber: Home] = [:]
    /// Our records by id, with the number of their subject.
    var records: [RecordID: (subject: Int, record: StoredRecord)] = [:]
    var links: [Home: [Link]] = [:]
    var flags = Flags()
    /// What each record went through, read once for all judges.
    private let journal: Journal

    init(
        scenario: Scenario,
        crms: [Home: FakeCRMAccount],
        mappings: [Home: [CompiledMapping]],
        exchanges: [Home: [Network.Exchange]],
        transaction: Transaction,
        chronicle: Chronicle,
        keepsEndState: Bool = false
    ) {
        self.scenario = scenario
        self.crms = crms
        self.mappings = mappings
        self.exchanges = exchanges
        self.transaction = transaction
        self.chronicle = chronicle
        self.keepsEndState = keepsEndState
        self.journal = Journal(transaction)
    }

    /// What a record went through, the oldest first.
    func history(of id: RecordID) throws -> [JournalEntry] { try self.journal.history(of: id) }

    /// All that happened on our side, the oldest first.
    func journalEntries() throws -> [JournalEntry] { try self.journal.entries() }

    mutating func make() throws -> Evidence {
        for thing in Thing.allCases {
            for record in try self.transaction.liveRecords(self.transaction.object(thing.rawValue), limit: .max) {
                let mark = record[WorldField.mark].text.flatMap { Scenario.subject($0.string) }
                self.records[record.id] = (mark ?? -1, record)
                if let mark, self.hasOneOrigin(mark) { self.evidence.marks[.local, default: []].append(mark) }
            }
        }
        for home in Home.remotes {
            guard let connection = try self.transaction.connection("\(home)") else { continue }
            self.connections[home] = connection.number
            self.actors[try self.transaction.actor("sync:\(home)")] = home
            self.flags.read(home, connection.number, try Flags.Source(self.transaction))
            try self.readLinks(home, connection.number)
        }
        try self.readHistories()
        try self.readRests()
        try self.readLives()
        try self.readTies()
        try self.readTwins()
        self.readGuards()
        self.readGroups()
        try self.readContradictions()
        if self.keepsEndState { self.evidence.endState = try self.endState() }
        return self.evidence
    }

    /// Whether a subject began in one home: of those in several, a person may undo what identifies them.
    private func hasOneOrigin(_ subject: Int) -> Bool {
        guard !self.chronicle.unsettled.contains(subject) else { return false }
        return (self.scenario.subjects.first { $0.id == subject }?.homes.count ?? 1) == 1
    }

    // MARK: Both sides as they are

    private mutating func readLinks(_ home: Home, _ connection: ConnectionNumber) throws {
        guard let crm = self.crms[home] else { return }
        for mapping in self.mappings[home] ?? [] {
            guard let thing = Thing(rawValue: mapping.localObject) else { continue }
            let object = try self.transaction.object(mapping.remoteObject)
            let links = try self.transaction.links(connection, object, limit: .max)
            self.links[home, default: []] += links
            let live = Set(crm.ids(thing.type))
            for link in links { try self.compare(link, home, thing, mapping, live: live) }
            try self.findStrays(home, thing, links, live: live)
            for id in crm.ids(thing.type) {
                let mark = crm.value(thing.type, id, WorldField.all(thing)[0].remote[home] ?? "")
                guard let subject = mark.flatMap(Scenario.subject), self.hasOneOrigin(subject) else { continue }
                self.evidence.marks[home, default: []].append(subject)
            }
        }
    }

    private mutating func compare(
        _ link: Link,
        _ home: Home,
        _ thing: Thing,
        _ mapping: CompiledMapping,
        live: Set<Int64>
    ) throws {
        guard let crm = self.crms[home], let id = Int64(link.key.remote.string) else { return }
        guard let (subject, record) = self.records[link.record], live.contains(id) else { return }
        let observation = try self.transaction.observation(link.key)
        let shadow = try link.remoteShadow()
        try self.checkLenses(mapping, record, link, subject, home)
        let whole =
            self.flags.whole(home, record.id, link, thing)
            ?? (observation.map { $0.state == .live } ?? true ? nil : "missing")
        if whole == nil { try self.compareTies(link, home, thing, mapping, record, subject) }
        for (place, field) in mapping.fields.enumerated() {
            guard let name = field.local, let known = WorldField.named(name, of: thing),
                let property = known.remote[home],
                field.kind == .property
            else { continue }
            let (ours, theirs) = (Canon.text(record[name]), crm.value(thing.type, id, property) ?? "")
            let clear = field.onClear != .propagate && ours.isEmpty != theirs.isEmpty ? "clear: \(field.onClear)" : nil
            let believed = observation?.values.flatMap { $0.count > place ? $0[place] : nil } ?? shadow[place] ?? nil
            self.evidence.cells.append(
                Evidence.Cell(
                    subject: subject,
                    home: home,
                    field: known,
                    local: ours,
                    remote: theirs,
                    believed: link.status != .active
                        ? nil : believed.flatMap { $0 == .absent ? nil : Canon.text($0) },
                    flag: whole ?? self.flags.field(home, record.id, known) ?? clear
                )
            )
        }
    }

    private mutating func findStrays(_ home: Home, _ thing: Thing, _ links: [Link], live: Set<Int64>) throws {
        let linked = Set(links.compactMap { Int64($0.key.remote.string) })
        let property = WorldField.all(thing)[0].remote[home] ?? ""
        for id in live.subtracting(linked).sorted() {
            let mark = self.crms[home]?.value(thing.type, id, property).flatMap(Scenario.subject)
            let flag =
                self.flags.remote(home, String(id), thing) ?? self.forgottenFlag(home, thing, id)
                ?? self.filteredFlag(home, thing, id)
            self.evidence.strays.append(Evidence.Stray(subject: mark, side: home, home: home, flag: flag))
        }
        let ours = Set(links.map(\.record))
        for (id, entry) in self.records.sorted(by: { $0.key < $1.key })
        where entry.record.schema.name == thing.rawValue && !ours.contains(id) {
            let flag =
                try self.flags.local(home, id) ?? (self.keptOut(id) == nil ? nil : "excluded")
                ?? self.forgottenFlag(entry.record)
            self.evidence.strays.append(Evidence.Stray(subject: entry.subject, side: .local, home: home, flag: flag))
        }
    }
}
