import FakeCRM
import Foundation
import Records
import Store
import Testing

/// Both sides after the last run, held against what people put in.
struct FinalState {
    private let world: CrashWorld
    private let ledger: Ledger
    private let transaction: Transaction
    private let connection: Connection
    /// The CRM's records by the record of ours that they are linked to.
    private var remote: [RecordID: Int64] = [:]

    /// Checks everything in one snapshot of the store.
    static func check(_ world: CrashWorld, _ ledger: Ledger) throws {
        try world.withStore { store in
            try store.read { transaction in
                var state = FinalState(
                    world: world,
                    ledger: ledger,
                    transaction: transaction,
                    connection: try #require(try transaction.connection(CrashWorld.connection))
                )
                for (local, type) in CrashWorld.objects { try state.checkRecords(local, type) }
                try state.checkReferences()
                try state.checkEdits()
                try state.checkNothingWaits()
            }
        }
    }

    /// Each record of either side is linked exactly once, none is missing, none was made twice.
    private mutating func checkRecords(_ local: String, _ type: ObjectType) throws {
        let expected = self.ledger.expected(local)
        let object = try self.transaction.object(type.rawValue)
        let records = try self.transaction.liveRecords(self.transaction.object(local), limit: .max)
        let ids = self.world.crm.ids(type)
        #expect(records.count == expected, "\(local) here")
        #expect(ids.count == expected, "\(type) in the CRM")
        var linked: [Int64] = []
        for record in records {
            let links = try self.transaction.links(of: record.id).filter { $0.key.object == object }
            #expect(links.count == 1, "\(local) \(record.id) has \(links.count) links")
            let remote = try #require(links.first.flatMap { Int64($0.key.remote.string) })
            linked.append(remote)
            self.remote[record.id] = remote
        }
        #expect(linked.sorted() == ids, "each of the CRM's \(type) is linked exactly once")
        #expect(try self.transaction.countLinks(self.connection.number, object) == expected)
        let born = self.ledger.born[local] ?? []
        let keys = ids.compactMap { self.world.crm.value(type, $0, "relais_id") }
        #expect(keys.sorted() == born.map(\.description).sorted(), "\(type) that carry our id")
        for id in born {
            let remote = try #require(self.remote[id])
            #expect(self.world.crm.value(type, remote, "relais_id") == id.description)
        }
    }

    // MARK: References

    private func checkReferences() throws {
        let links = try #require(try JSON(parsing: self.world.crm.dump())["associations"]?.array)
        let people = self.world.population
        let own = [
            people.contacts.count { $0.company != nil }, people.deals.count { $0.company != nil },
            people.deals.count { $0.contact != nil },
        ]
        let cases: [(type: Int, local: String, property: String)] = [
            (1, "contact", "company"), (5, "deal", "company"), (3, "deal", "contact"),
        ]
        for ((type, local, property), known) in zip(cases, own) {
            let pairs = links.filter { $0["type"]?.int == type }.map { link in
                "\(link["from"]?.string ?? "") \(link["to"]?.string ?? "")"
            }
            let references = try self.references(local, property)
            #expect(pairs.sorted() == references.sorted(), "\(local).\(property)")
            #expect(pairs.count == known + (self.ledger.born[local] ?? []).count, "\(local).\(property)")
        }
        for (id, references) in self.ledger.references.sorted(by: { $0.key < $1.key }) {
            let record = try #require(try self.transaction.record(id))
            if let company = references.company { #expect(record["company"] == .text(company.description)) }
            if let contact = references.contact { #expect(record["contact"] == .text(contact.description)) }
        }
    }

    /// The references of our records, in the CRM's ids.
    private func references(_ local: String, _ property: String) throws -> [String] {
        try self.transaction.liveRecords(self.transaction.object(local), limit: .max).compactMap { record in
            guard case .text(let text) = record[property], let id = RecordID(text.string) else { return nil }
            return "\(self.remote[record.id] ?? 0) \(self.remote[id] ?? 0)"
        }
    }

    // MARK: Values

    /// The last edit of each contact is on both sides, wherever it was made.
    private func checkEdits() throws {
        let contacts = try self.transaction.object("contacts")
        #expect(!self.ledger.jobTitles.isEmpty)
        for (id, title) in self.ledger.jobTitles.sorted(by: { $0.key < $1.key }) {
            let key = LinkKey(self.connection.number, contacts, Text(String(id)))
            let link = try #require(try self.transaction.link(key))
            let record = try #require(try self.transaction.record(link.record))
            #expect(record["job_title"] == .text(title))
            #expect(self.world.crm.value(.contacts, id, "jobtitle") == title)
        }
    }

    // MARK: Leftovers

    private func checkNothingWaits() throws {
        for state in OperationState.allCases {
            #expect(try self.transaction.countOperations(self.connection.number, in: state) == 0, "\(state)")
        }
        let open = try self.transaction.conflicts(ConflictFilter(state: .open), limit: 20).map {
            "\($0.about.link.remote) \($0.about.field) \($0.about.localBase, default: "-") \($0.about.remoteBase, default: "-"): \($0.about.local), \($0.about.remote) by \($0.about.rule) in run \($0.run?.rawValue ?? 0)"
        }
        #expect(open.isEmpty)
        #expect(try self.transaction.openReviews(limit: 10).isEmpty)
        #expect(try self.transaction.quarantined(limit: 10).isEmpty)
        #expect(self.connection.firstSyncDoneAt != nil)
    }
}
