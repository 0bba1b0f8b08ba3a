import FakeCRM
import Records
import Store

/// What people put in on either side, so that the end can be told from it alone.
struct Ledger: Sendable {
    /// Who a record of ours refers to.
    struct References: Sendable {
        var company: RecordID?
        var contact: RecordID?
    }

    private let world: CrashWorld
    /// The ids that the CRM's own contacts had at the start, in the order of the population.
    private let contactIDs: [Int64]
    /// Records that only we have at first, by object: each must be made in the CRM exactly once.
    private(set) var born: [String: [RecordID]] = [:]
    /// Records of ours that the CRM has too: linked, not made.
    private(set) var shared: [String: [RecordID]] = [:]
    /// The references of our records.
    private(set) var references: [RecordID: References] = [:]
    /// The last job title that anybody gave to a contact of the CRM's own, by its id.
    private(set) var jobTitles: [Int64: String] = [:]

    init(_ world: CrashWorld) {
        self.world = world
        self.contactIDs = world.crm.ids(.contacts)
    }

    /// How many records of an object there must be in the end, on either side.
    func expected(_ object: String) -> Int {
        let own =
            switch object {
            case "company": self.world.population.companies.count
            case "contact": self.world.population.contacts.count
            default: self.world.population.deals.count
            }
        return own + (self.born[object] ?? []).count
    }

    // MARK: Putting in

    /// The records that we have before the first sync.
    mutating func start() throws {
        try self.world.withStore { store in
            try store.write { transaction in
                try self.addShared(in: transaction)
                for _ in 0..<16 { try self.addCompany(in: transaction) }
                for _ in 0..<150 { try self.addContact(in: transaction) }
                for _ in 0..<16 { try self.addDeal(in: transaction) }
            }
        }
    }

    /// What people do between two runs: a new record of each kind here, and edits on both sides of different contacts.
    mutating func workGoesOn(round: Int) throws {
        try self.world.withStore { store in
            try store.write { transaction in
                try self.addCompany(in: transaction)
                for _ in 0..<2 { try self.addContact(in: transaction) }
                try self.addDeal(in: transaction)
                for place in stride(from: round % 3, to: 40, by: 7) {
                    try self.editHere(2 * place + 1, "Edited here \(round)", in: transaction)
                }
            }
        }
        for place in stride(from: round % 5, to: 40, by: 7) {
            let title = "Edited in the CRM \(round)"
            try self.world.crm.edit(.contacts, self.contactIDs[2 * place], set: ["jobtitle": title], by: 0)
            self.jobTitles[self.contactIDs[2 * place]] = title
        }
    }

    /// Companies and contacts that both sides know before they know of each other.
    private mutating func addShared(in transaction: Transaction) throws {
        let domains = self.world.population.companies.compactMap { Self.value("domain", $0) }
        for domain in domains.prefix(4) {
            let id = try self.world.add("company", [("domain", .text(domain))], in: transaction)
            self.shared["company", default: []].append(id)
        }
        let persons = self.world.population.contacts.compactMap { Self.value("email", $0.values) }
            .filter { $0.contains(".") && $0.prefix { $0 != "@" }.contains(".") }
        for email in persons.prefix(12) {
            let id = try self.world.add("contact", [("email", .text(email.uppercased()))], in: transaction)
            self.shared["contact", default: []].append(id)
        }
    }

    private static func value(_ name: String, _ values: Population.Values) -> String? {
        values.first { $0.name == name }?.text
    }

    private mutating func addCompany(in transaction: Transaction) throws {
        let number = (self.born["company"] ?? []).count
        let values: [(String, Value)] = [
            ("name", .text("Newcomer \(number)")), ("domain", .text("newcomer-\(number).example")), ("city", "Lyon"),
        ]
        self.born["company", default: []].append(try self.world.add("company", values, in: transaction))
    }

    private mutating func addContact(in transaction: Transaction) throws {
        let number = (self.born["contact"] ?? []).count
        let companies = (self.born["company"] ?? []) + (self.shared["company"] ?? [])
        let company = companies[number % companies.count]
        let values: [(String, Value)] = [
            ("email", .text("person.\(number)@newcomer.example")), ("first_name", .text("Person")),
            ("last_name", .text("Number \(number)")), ("company", .text(company.description)),
        ]
        let id = try self.world.add("contact", values, in: transaction)
        self.references[id] = References(company: company)
        self.born["contact", default: []].append(id)
    }

    private mutating func addDeal(in transaction: Transaction) throws {
        let number = (self.born["deal"] ?? []).count
        let contacts = (self.shared["contact"] ?? []) + (self.born["contact"] ?? [])
        let (company, contact) = ((self.born["company"] ?? [])[number], contacts[number * 3 % contacts.count])
        // Nothing tells two deals apart but the id that the create leaves.
        let values: [(String, Value)] = [
            ("name", "A year of baguettes"), ("amount", .number(1200)), ("currency", "EUR"),
            ("pipeline", "default"), ("stage", "qualified"),
            ("company", .text(company.description)), ("contact", .text(contact.description)),
        ]
        let id = try self.world.add("deal", values, in: transaction)
        self.references[id] = References(company: company, contact: contact)
        self.born["deal", default: []].append(id)
    }

    private mutating func editHere(_ place: Int, _ title: String, in transaction: Transaction) throws {
        let remote = self.contactIDs[place]
        guard let connection = try transaction.connection(CrashWorld.connection) else { return }
        let key = LinkKey(connection.number, try transaction.object("contacts"), Text(String(remote)))
        guard let link = try transaction.link(key) else { return }
        try self.world.change(link.record, "job_title", .text(title), in: transaction)
        self.jobTitles[remote] = title
    }
}
