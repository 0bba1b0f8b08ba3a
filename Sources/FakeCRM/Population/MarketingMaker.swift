/// Makes the marketing side's own list of contacts, half of whom are in the CRM.
struct MarketingMaker {
    private let contacts: [Population.Contact]
    private var numbers: SeededNumbers
    private var taken: Set<String>
    private var entries: [Population.MarketingEntry] = []
    /// The HubSpot names of what both sides know, and the list's own.
    private static let shared = [
        ("email", "email"), ("firstname", "first_name"), ("lastname", "last_name"), ("phone", "phone"),
        ("jobtitle", "job_title"), ("company", "company"), ("city", "city"), ("country", "country"),
    ]

    init(contacts: [Population.Contact], numbers: SeededNumbers, taken: Set<String>) {
        self.contacts = contacts
        self.numbers = numbers
        self.taken = taken
    }

    typealias Details = (phone: String, city: (name: String, code: String, country: String))

    /// Makes the list; `details` makes up a phone number and a place.
    mutating func make(_ count: Int, details: (inout SeededNumbers) -> Details) -> [Population.MarketingEntry] {
        let withEmail = self.contacts.indices.filter {
            !PopulationMaker.text("email", self.contacts[$0].values).isEmpty
        }
        var overlapping = Array(withEmail)
        for number in 0..<count {
            let kind = number % 10
            if kind < 5, !overlapping.isEmpty {
                let place = self.numbers.below(overlapping.count)
                let contact = overlapping[place]
                overlapping.swapAt(place, overlapping.count - 1)
                overlapping.removeLast()
                self.entries.append(kind < 3 ? self.same(contact) : self.differing(contact, details(&self.numbers)))
            } else if kind == 9, let double = self.doubled() {
                self.entries.append(double)
            } else {
                self.entries.append(self.newcomer(number, details(&self.numbers)))
            }
        }
        return self.entries
    }

    /// The values that both sides know, by the list's names.
    private func known(_ contact: Int) -> Population.Values {
        Self.shared.compactMap { theirs, ours in
            let text = PopulationMaker.text(theirs, self.contacts[contact].values)
            return text.isEmpty ? nil : (ours, text)
        }
    }

    private mutating func same(_ contact: Int) -> Population.MarketingEntry {
        var values = self.known(contact)
        if let email = values.firstIndex(where: { $0.name == "email" }), self.numbers.percent(40) {
            values[email].text = self.recased(values[email].text)
        }
        values.append(("source", self.numbers.pick(PopulationWords.sources)))
        return Population.MarketingEntry(values: values, relation: .same(contact: contact))
    }

    private mutating func differing(_ contact: Int, _ details: Details) -> Population.MarketingEntry {
        var values = self.known(contact)
        var names: [String] = []
        let changes = [
            ("job_title", self.numbers.pick(PopulationWords.jobTitles)), ("phone", details.phone),
            ("city", details.city.name),
        ]
        for (name, text) in changes where names.isEmpty || self.numbers.percent(30) {
            let old = PopulationMaker.text(name, values)
            guard old != text else { continue }
            values.removeAll { $0.name == name }
            values.append((name, text))
            names.append(name)
        }
        values.append(("source", self.numbers.pick(PopulationWords.sources)))
        return Population.MarketingEntry(values: values, relation: .differs(contact: contact, names: names.sorted()))
    }

    /// An earlier entry once more, its address written in another way.
    private mutating func doubled() -> Population.MarketingEntry? {
        let originals = self.entries.indices.filter { place in
            if case .onlyMarketing = self.entries[place].relation { return true }
            return false
        }
        guard !originals.isEmpty else { return nil }
        let original = self.numbers.pick(originals)
        var values = self.entries[original].values.filter { $0.name != "phone" }
        if let email = values.firstIndex(where: { $0.name == "email" }) {
            values[email].text = self.recased(values[email].text)
        }
        return Population.MarketingEntry(values: values, relation: .doubled(entry: original))
    }

    private mutating func newcomer(_ number: Int, _ details: Details) -> Population.MarketingEntry {
        let first = self.numbers.pick(PopulationWords.firstNames)
        let last = self.numbers.pick(PopulationWords.lastNames)
        let host = self.numbers.pick(PopulationWords.freeMail)
        var email = "\(first.1).\(last.1)@\(host)"
        if !self.taken.insert(email).inserted { email = "\(first.1).\(last.1).m\(number)@\(host)" }
        self.taken.insert(email)
        var values: Population.Values = [("email", self.numbers.percent(25) ? self.recased(email) : email)]
        if self.numbers.percent(95) { values.append(("first_name", first.0)) }
        if self.numbers.percent(90) { values.append(("last_name", last.0)) }
        if self.numbers.percent(60) { values.append(("phone", details.phone)) }
        if self.numbers.percent(50) { values.append(("job_title", self.numbers.pick(PopulationWords.jobTitles))) }
        values.append(("city", details.city.name))
        values.append(("country", details.city.country))
        values.append(("lifecycle_stage", self.numbers.percent(60) ? "lead" : "subscriber"))
        values.append(("source", self.numbers.pick(PopulationWords.sources)))
        return Population.MarketingEntry(values: values, relation: .onlyMarketing)
    }

    /// An address in capitals, or with a capital at each part, or with blanks around it.
    private mutating func recased(_ email: String) -> String {
        switch self.numbers.below(3) {
        case 0: return email.uppercased()
        case 1: return " \(email) "
        default:
            let parts = email.split(separator: ".", omittingEmptySubsequences: false)
            return parts.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: ".")
        }
    }
}
