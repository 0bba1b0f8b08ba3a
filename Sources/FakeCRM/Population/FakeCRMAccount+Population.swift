import Synchronization

extension FakeCRMAccount {
    /// Fills an empty account with a population, as if it had grown over the last two years.
    ///
    /// The records have times of their own, the search index knows them all, and the owners become the account's.
    package func load(_ population: Population) {
        self.state.withLock { state in
            var loader = PopulationLoader(now: population.now)
            loader.start(population.owners, &state)
            loader.addCompanies(population.companies, &state)
            loader.addContacts(population.contacts, of: population.contacts.count, &state)
            loader.addDeals(population.deals, &state)
            loader.finish(&state)
        }
    }

    /// Fills an empty account as `load` does with the same seed and sizes, but without holding the population.
    ///
    /// For benchmarks with hundreds of thousands of contacts; there is no marketing list.
    package func grow(
        seed: UInt64,
        contacts: Int,
        companies: Int,
        deals: Int,
        now: Int64 = Population.defaultNow
    ) {
        self.state.withLock { state in
            var maker = PopulationMaker(seed: seed, now: now)
            var loader = PopulationLoader(now: now)
            loader.start(maker.population.owners, &state)
            maker.makeCompanies(companies)
            loader.addCompanies(maker.population.companies, &state)
            for start in stride(from: 0, to: contacts, by: 2_000) {
                maker.makeContacts(min(2_000, contacts - start))
                loader.addContacts(maker.takeContacts(), of: contacts, &state)
            }
            maker.makeDeals(deals)
            loader.addDeals(maker.population.deals, &state)
            loader.finish(&state)
        }
    }
}

/// Puts made-up records into an account, with times that rise with their ids.
private struct PopulationLoader {
    /// How far back the oldest record goes, in milliseconds.
    private static let age: Int64 = 700 * CalendarTime.day

    let now: Int64
    private var source: UInt8 = 0
    private var companies: [Int64] = []
    private var contacts: [Int64] = []
    /// Property numbers that were looked up before, by type and name.
    private var numbers: [ObjectType: [String: Int]] = [:]

    init(now: Int64) { self.now = now }

    mutating func start(_ owners: [Owner], _ state: inout AccountState) {
        state.options.owners = owners
        self.source = state.sourceNumber(ChangeSource(type: "IMPORT", id: "population", label: "Import"))
        state.keepStampsAfter(self.now)
    }

    /// Puts the changes in order, so that the first search need not.
    func finish(_ state: inout AccountState) {
        for type in ObjectType.allCases { state[type].changes.settle() }
    }

    mutating func addCompanies(_ all: [Population.Values], _ state: inout AccountState) {
        for (place, values) in all.enumerated() {
            self.companies.append(self.add(.companies, values, place, of: all.count, &state))
        }
    }

    mutating func addContacts(_ all: [Population.Contact], of count: Int, _ state: inout AccountState) {
        for contact in all {
            let id = self.add(.contacts, contact.values, self.contacts.count, of: count, &state)
            self.contacts.append(id)
            if let company = contact.company {
                Self.link(1, .contacts, id, .companies, self.companies[company], &state)
            }
        }
    }

    mutating func addDeals(_ all: [Population.Deal], _ state: inout AccountState) {
        for (place, deal) in all.enumerated() {
            let id = self.add(.deals, deal.values, place, of: all.count, &state)
            if let company = deal.company { Self.link(5, .deals, id, .companies, self.companies[company], &state) }
            if let contact = deal.contact { Self.link(3, .deals, id, .contacts, self.contacts[contact], &state) }
        }
    }

    private mutating func add(
        _ type: ObjectType,
        _ values: Population.Values,
        _ place: Int,
        of count: Int,
        _ state: inout AccountState
    ) -> Int64 {
        let id = state[type].takeID()
        let createdAt = self.now - Self.age + Self.age / Int64(count + 1) * Int64(place)
        let later = state.chance(5, UInt64(id)) % UInt64(max(self.now - createdAt, 1))
        let known = values.compactMap { item in
            self.number(item.name, type, state).map { (property: $0, text: Array(item.text.utf8)) }
        }
        var draft = RecordDraft(properties: state[type].properties, values: known, before: nil)
        if type == .contacts { draft.deriveContact() }
        if type == .deals {
            draft.set("createdate", CalendarTime.iso(createdAt))
            state.deriveDeal(&draft, time: createdAt)
        }
        let record = Record(
            id: id,
            createdAt: createdAt,
            updatedAt: createdAt + Int64(later),
            source: self.source,
            values: PackedValues(draft.values.filter { !$0.text.isEmpty })
        )
        state[type].insert(record)
        return id
    }

    private mutating func number(_ name: String, _ type: ObjectType, _ state: AccountState) -> Int? {
        if let known = self.numbers[type]?[name] { return known }
        let number = state[type].properties.number(of: name)
        self.numbers[type, default: [:]][name] = number
        return number
    }

    private static func link(
        _ number: Int,
        _ from: ObjectType,
        _ id: Int64,
        _ to: ObjectType,
        _ other: Int64,
        _ state: inout AccountState
    ) {
        guard let type = AssociationType.named(number, from: from, to: to) else { return }
        state.associate(type, from: id, to: other)
    }
}
