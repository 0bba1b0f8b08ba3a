/// Puts a population together.
struct PopulationMaker {
    private(set) var population: Population
    private var numbers: SeededNumbers
    private var usedEmails: Set<String> = []
    /// For each contact made so far its company; nil for none.
    private var companyOfContact: [Int?] = []
    private let activeOwners: [String]

    init(seed: UInt64, now: Int64) {
        self.numbers = SeededNumbers(seed: seed)
        self.population = Population(
            owners: Population.sellers,
            companies: [],
            contacts: [],
            deals: [],
            marketing: [],
            now: now
        )
        self.activeOwners = Population.sellers.filter { !$0.isArchived }.map { String($0.id) }
    }

    /// Hands out the contacts made since the last time and forgets them, so that a large population fits in memory.
    mutating func takeContacts() -> [Population.Contact] {
        defer { self.population.contacts = [] }
        return self.population.contacts
    }

    mutating func makeCompanies(_ count: Int) {
        for number in 0..<count {
            let base = PopulationWords.companyNames[number % PopulationWords.companyNames.count]
            let round = number / PopulationWords.companyNames.count
            let name = base + (round == 0 ? "" : " \(round + 1)") + self.numbers.pick(PopulationWords.companyForms)
            let place = self.numbers.pick(PopulationWords.cities)
            var values: Population.Values = [("name", self.spaced(name))]
            if self.numbers.percent(88) { values.append(("domain", Self.domain(of: base, round))) }
            values.append(("city", place.name))
            values.append(("country", place.country))
            values.append(("zip", place.code + self.numbers.digits(3)))
            if self.numbers.percent(80) { values.append(("phone", self.phone())) }
            if self.numbers.percent(75) { values.append(("industry", self.industry())) }
            if self.numbers.percent(70) {
                values.append(("numberofemployees", String(1 + self.numbers.below(900))))
                values.append(("annualrevenue", "\(self.numbers.below(90) + 1)\(self.numbers.digits(5))"))
            }
            values.append(("hubspot_owner_id", self.owner()))
            values.append(("lifecyclestage", self.numbers.pick(["lead", "opportunity", "customer"])))
            self.population.companies.append(values)
        }
    }

    mutating func makeContacts(_ count: Int) {
        self.population.contacts.reserveCapacity(count)
        for number in self.companyOfContact.count..<self.companyOfContact.count + count {
            let first = self.numbers.pick(PopulationWords.firstNames)
            let last = self.numbers.pick(PopulationWords.lastNames)
            let companies = self.population.companies.count
            let company = companies > 0 && self.numbers.percent(80) ? self.numbers.below(companies) : nil
            var values: Population.Values = []
            if let email = self.email(first.1, last.1, number, company) { values.append(("email", email)) }
            values += self.name(first.0, last.0)
            if self.numbers.percent(78) { values.append(("phone", self.phone())) }
            if self.numbers.percent(35) { values.append(("mobilephone", self.mobile())) }
            values += self.place()
            if self.numbers.percent(70) { values.append(("jobtitle", self.numbers.pick(PopulationWords.jobTitles))) }
            if let company { values += self.employer(company) }
            values.append(("hubspot_owner_id", self.owner()))
            values.append(("lifecyclestage", self.stage()))
            if self.numbers.percent(60) {
                values.append(("hs_lead_status", self.numbers.pick(["NEW", "OPEN", "IN_PROGRESS", "CONNECTED"])))
            }
            if self.numbers.percent(12) { values.append(("hs_email_optout", "true")) }
            self.population.contacts.append(Population.Contact(values: values, company: company))
            self.companyOfContact.append(company)
        }
    }

    mutating func makeDeals(_ count: Int) {
        let (contacts, companies) = (self.companyOfContact.count, self.population.companies.count)
        for _ in 0..<count {
            let contact = contacts > 0 && self.numbers.percent(90) ? self.numbers.below(contacts) : nil
            let own = contact.flatMap { self.companyOfContact[$0] }
            let company = own ?? (companies > 0 && self.numbers.percent(50) ? self.numbers.below(companies) : nil)
            let isRenewal = self.numbers.percent(15)
            let pipeline = isRenewal ? Pipeline.renewals : Pipeline.sales
            let stage = self.numbers.pick(pipeline.stages)
            let days = Int64(self.numbers.below(360)) - 180
            let client = company.map { Self.text("name", self.population.companies[$0]) } ?? ""
            let name = self.numbers.pick(PopulationWords.dealNames)
            var values: Population.Values = [
                ("dealname", client.isEmpty ? name : "\(name) – \(readable(trimmed(client.utf8)))"),
                ("pipeline", pipeline.id), ("dealstage", stage.id),
            ]
            if self.numbers.percent(90) {
                let cents = self.numbers.percent(30) ? "." + self.numbers.digits(2) : ""
                values.append(("amount", "\(1 + self.numbers.below(80))\(self.numbers.digits(3))\(cents)"))
            }
            let closing = (self.population.now / CalendarTime.day + days) * CalendarTime.day
            if stage.isClosed || self.numbers.percent(70) {
                values.append(("closedate", readable(CalendarTime.iso(closing))))
            }
            values.append(("dealtype", isRenewal ? "existingbusiness" : "newbusiness"))
            values.append(("deal_currency_code", "EUR"))
            values.append(("hubspot_owner_id", self.owner()))
            self.population.deals.append(Population.Deal(values: values, contact: contact, company: company))
        }
    }

    mutating func makeMarketing(_ count: Int) {
        var maker = MarketingMaker(contacts: self.population.contacts, numbers: self.numbers, taken: self.usedEmails)
        self.population.marketing = maker.make(count) { numbers in
            var copy = self
            copy.numbers = numbers
            defer { numbers = copy.numbers }
            return (copy.phone(), copy.numbers.pick(PopulationWords.cities))
        }
    }

    static func text(_ name: String, _ values: Population.Values) -> String {
        values.first { $0.name == name }?.text ?? ""
    }
}

/// The parts of a contact.
extension PopulationMaker {
    /// An address that no other contact has; nil for the few who gave none.
    private mutating func email(_ first: String, _ last: String, _ number: Int, _ company: Int?) -> String? {
        if self.numbers.percent(4) { return nil }
        let domain = company.map { Self.text("domain", self.population.companies[$0]) } ?? ""
        let host = domain.isEmpty || self.numbers.percent(20) ? self.numbers.pick(PopulationWords.freeMail) : domain
        if !domain.isEmpty, self.numbers.percent(4) {
            let role = "\(self.numbers.pick(PopulationWords.roleNames))@\(domain)"
            if self.usedEmails.insert(role).inserted { return role }
        }
        let plain = "\(first).\(last)@\(host)"
        if self.usedEmails.insert(plain).inserted { return plain }
        let numbered = "\(first).\(last)\(number)@\(host)"
        self.usedEmails.insert(numbered)
        return numbered
    }

    private mutating func name(_ first: String, _ last: String) -> Population.Values {
        if self.numbers.percent(1) { return [("firstname", self.numbers.pick(PopulationWords.strangeNames))] }
        var values: Population.Values = []
        if self.numbers.percent(96) { values.append(("firstname", self.spaced(first))) }
        if self.numbers.percent(93) {
            values.append(("lastname", self.spaced(self.numbers.percent(12) ? last.uppercased() : last)))
        }
        return values
    }

    private mutating func place() -> Population.Values {
        guard self.numbers.percent(85) else { return [] }
        let place = self.numbers.pick(PopulationWords.cities)
        var values: Population.Values = [
            ("city", self.numbers.percent(8) ? place.name.uppercased() : place.name),
            ("zip", place.code + self.numbers.digits(3)), ("country", place.country),
        ]
        if self.numbers.percent(70) {
            let street = self.numbers.pick(PopulationWords.streets)
            values.append(("address", "\(1 + self.numbers.below(140)), \(street)"))
        }
        return values
    }

    private mutating func employer(_ company: Int) -> Population.Values {
        let own = self.population.companies[company]
        var values: Population.Values = [("company", readable(trimmed(Self.text("name", own).utf8)))]
        let domain = Self.text("domain", own)
        if !domain.isEmpty, self.numbers.percent(60) { values.append(("website", "https://www.\(domain)")) }
        if self.numbers.percent(50) { values.append(("numemployees", String(1 + self.numbers.below(900)))) }
        return values
    }

    private mutating func stage() -> String {
        self.numbers.pick(weighted: [
            ("subscriber", 18), ("lead", 38), ("marketingqualifiedlead", 14), ("salesqualifiedlead", 8),
            ("opportunity", 8), ("customer", 12), ("evangelist", 1), ("other", 1),
        ])
    }

    private mutating func owner() -> String {
        self.numbers.pick(self.activeOwners)
    }

    private mutating func industry() -> String {
        self.numbers.pick([
            "COMPUTER_SOFTWARE", "RETAIL", "FOOD_BEVERAGES", "CONSTRUCTION", "LOGISTICS_AND_SUPPLY_CHAIN", "INSURANCE",
            "HOSPITAL_HEALTH_CARE", "MACHINERY", "WINE_AND_SPIRITS",
        ])
    }

    /// A phone number as people write them; some are none.
    private mutating func phone() -> String {
        let pairs = (0..<4).map { _ in self.numbers.digits(2) }
        let area = String(1 + self.numbers.below(5))
        switch self.numbers.below(20) {
        case 0...5: return "0\(area) " + pairs.joined(separator: " ")
        case 6...8: return "0\(area)." + pairs.joined(separator: ".")
        case 9...11: return "+33 \(area) " + pairs.joined(separator: " ")
        case 12: return "0033\(area)" + pairs.joined()
        case 13: return "+33 (0)\(area) " + pairs.joined(separator: "-")
        case 14: return "+49 30 \(self.numbers.digits(7))"
        case 15: return "+44 20 \(self.numbers.digits(4)) \(self.numbers.digits(4))"
        case 16: return "+1 (415) 555-0\(self.numbers.digits(3))"
        case 17: return "0\(area)" + pairs.joined() + " poste \(self.numbers.digits(2))"
        case 18: return self.numbers.pick(["n/a", "0000000000", "12345", "voir secrétariat", "-"])
        default: return "0\(area)" + pairs.joined()
        }
    }

    private mutating func mobile() -> String {
        let pairs = (0..<4).map { _ in self.numbers.digits(2) }
        let start = self.numbers.pick(["06", "07", "+33 6", "+33 7"])
        return ([start] + pairs).joined(separator: " ")
    }

    /// Now and then a text with blanks that nobody sees.
    private mutating func spaced(_ text: String) -> String {
        self.numbers.percent(3) ? self.numbers.pick([" \(text)", "\(text) ", "\(text)\u{00A0}"]) : text
    }

    private static func domain(of name: String, _ round: Int) -> String {
        let plain = name.lowercased().unicodeScalars.compactMap { scalar -> Character? in
            switch scalar {
            case "a"..."z", "0"..."9": Character(scalar)
            case "é", "è", "ê": "e"
            case "ö", "ô": "o"
            case "î": "i"
            case "ü": "u"
            case " ", "-": "-"
            default: nil
            }
        }
        let base = String(plain).split(separator: "-").joined(separator: "-")
        return "\(base)\(round == 0 ? "" : String(round + 1)).example"
    }
}
