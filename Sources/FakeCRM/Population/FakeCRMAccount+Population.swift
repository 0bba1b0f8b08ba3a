import Synchronization

extension FakeCRMAccount {
    /// Fills an empty account with a population, as if it had grown over the last two years.
    ///
    /// The records have times of their own, the search index knows them all, and the owners become the account's.
    package func load(_ population: Population) { self.state.withLock { $0.load(population) } }
}

extension AccountState {
    /// How far back the oldest record goes, in milliseconds.
    private static let age: Int64 = 700 * CalendarTime.day

    fileprivate mutating func load(_ population: Population) {
        self.options.owners = population.owners
        let source = self.sourceNumber(ChangeSource(type: "IMPORT", id: "population", label: "Import"))
        let companies = self.load(.companies, population.companies, population.now, source)
        let contacts = self.load(.contacts, population.contacts.map(\.values), population.now, source)
        let deals = self.load(.deals, population.deals.map(\.values), population.now, source)
        for (contact, id) in zip(population.contacts, contacts) {
            if let company = contact.company { self.link(1, .contacts, id, .companies, companies[company]) }
        }
        for (deal, id) in zip(population.deals, deals) {
            if let company = deal.company { self.link(5, .deals, id, .companies, companies[company]) }
            if let contact = deal.contact { self.link(3, .deals, id, .contacts, contacts[contact]) }
        }
        self.keepStampsAfter(population.now)
    }

    /// Adds records whose times rise with their ids; returns the ids.
    private mutating func load(
        _ type: ObjectType,
        _ all: [Population.Values],
        _ now: Int64,
        _ source: UInt8
    ) -> [Int64] {
        var ids: [Int64] = []
        ids.reserveCapacity(all.count)
        for (place, values) in all.enumerated() {
            let id = self[type].takeID()
            let createdAt = now - Self.age + Self.age / Int64(all.count + 1) * Int64(place)
            let later = self.chance(5, UInt64(id)) % UInt64(max(now - createdAt, 1))
            let known = values.compactMap { item in
                self[type].properties.number(of: item.name).map { (property: $0, text: Array(item.text.utf8)) }
            }
            var draft = RecordDraft(properties: self[type].properties, values: known, before: nil)
            self.derive(&draft, type, createdAt: createdAt)
            let record = Record(
                id: id,
                createdAt: createdAt,
                updatedAt: createdAt + Int64(later),
                source: source,
                values: PackedValues(draft.values.filter { !$0.text.isEmpty })
            )
            self[type].insert(record)
            ids.append(id)
        }
        return ids
    }

    private func derive(_ draft: inout RecordDraft, _ type: ObjectType, createdAt: Int64) {
        switch type {
        case .contacts: draft.deriveContact()
        case .deals:
            draft.set("createdate", CalendarTime.iso(createdAt))
            self.deriveDeal(&draft, time: createdAt)
        case .companies, .tasks, .notes: break
        }
    }

    private mutating func link(_ number: Int, _ from: ObjectType, _ id: Int64, _ to: ObjectType, _ other: Int64) {
        guard let type = AssociationType.named(number, from: from, to: to) else { return }
        self.associate(type, from: id, to: other)
    }
}
