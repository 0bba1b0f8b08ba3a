import FakeCRM
import Records
import Store

/// What the store shows to a person: everything that may explain a difference.
struct Flags {
    /// What the flags are read from.
    struct Source {
        let conflicts: [Conflict]
        let holds: [ConnectionNumber: [Hold]]
        let reviews: [Review]
        let quarantine: [QuarantineEntry]
        /// The remote objects' names.
        let objects: [ObjectNumber: String]

        init(_ transaction: Transaction) throws {
            self.conflicts = try transaction.conflicts(ConflictFilter(), limit: 1_000_000).filter {
                $0.state != .settled
            }
            self.reviews = try transaction.openReviews(limit: 1_000_000)
            self.quarantine = try transaction.quarantined(limit: 1_000_000)
            var objects: [ObjectNumber: String] = [:]
            for thing in Thing.allCases { objects[try transaction.object(thing.type.rawValue)] = thing.type.rawValue }
            self.objects = objects
            var holds: [ConnectionNumber: [Hold]] = [:]
            for home in Home.remotes {
                guard let connection = try transaction.connection("\(home)") else { continue }
                holds[connection.number] = try transaction.holds(connection.number, limit: 1_000_000)
            }
            self.holds = holds
        }
    }

    private struct Key: Hashable {
        let home: Home
        let record: RecordID
        let field: String
    }

    private var fields: [Key: String] = [:]
    private var records: [Key: String] = [:]
    private var remotes: [Home: [String: String]] = [:]
    /// Connections of which a record was set aside whose id could not be read.
    private var nameless: Set<Home> = []

    /// Takes in what one connection waits for.
    mutating func read(_ home: Home, _ connection: ConnectionNumber, _ source: Source) {
        for conflict in source.conflicts where conflict.about.link.connection == connection {
            let key = Key(home: home, record: conflict.about.record, field: conflict.about.field)
            self.fields[key] = "conflict (\(conflict.about.rule))"
        }
        for hold in source.holds[connection] ?? [] {
            self.fields[Key(home: home, record: hold.record, field: hold.field)] = "held (\(hold.reason.rawValue))"
        }
        for review in source.reviews where review.connection == connection {
            let text = "review (\(review.kind.rawValue))"
            if let remote = review.remote {
                self.remotes[home, default: [:]]["\(source.objects[review.object] ?? "")/\(remote)"] = text
            }
            for record in [review.record].compactMap({ $0 }) + review.candidates {
                self.records[Key(home: home, record: record, field: "")] = text
            }
        }
        for entry in source.quarantine where entry.connection == connection {
            if entry.remote == nil && entry.record == nil { self.nameless.insert(home) }
            if let remote = entry.remote {
                self.remotes[home, default: [:]]["\(source.objects[entry.object] ?? "")/\(remote)"] = "quarantine"
            }
            if let record = entry.record { self.records[Key(home: home, record: record, field: "")] = "quarantine" }
        }
    }

    /// Why a field may differ, itself or one that moves with it.
    func field(_ home: Home, _ record: RecordID, _ field: WorldField) -> String? {
        for name in [field.name] + field.group {
            if let flag = self.fields[Key(home: home, record: record, field: name)] { return flag }
        }
        return nil
    }

    /// Whether a field waits for a person.
    func has(_ home: Home, _ record: RecordID, _ field: String) -> Bool {
        self.fields[Key(home: home, record: record, field: field)] != nil
    }

    /// Why a whole linked record may differ.
    func whole(_ home: Home, _ record: RecordID, _ link: Link, _ thing: Thing) -> String? {
        if link.status != .active { return link.status.rawValue }
        if self.records[Key(home: home, record: record, field: "")] == "quarantine" { return "quarantine" }
        return self.remote(home, link.key.remote.string, thing)
    }

    /// Why a record of ours may be without a link.
    func local(_ home: Home, _ record: RecordID) -> String? { self.records[Key(home: home, record: record, field: "")] }

    /// Why a remote record may be without a link.
    func remote(_ home: Home, _ id: String, _ thing: Thing) -> String? {
        self.remotes[home]?["\(thing.type.rawValue)/\(id)"] ?? (self.nameless.contains(home) ? "quarantine" : nil)
    }
}
