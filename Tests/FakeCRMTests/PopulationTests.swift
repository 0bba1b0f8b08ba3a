import FakeCRM
import Testing

@Suite struct PopulationTests {
    private let population = Population.generate(seed: 42, contacts: 1_000, companies: 120, deals: 200)

    private func texts(_ name: String) -> [String] {
        self.population.contacts.compactMap { contact in contact.values.first { $0.name == name }?.text }
    }

    @Test func isTheSameForTheSameSeed() {
        let again = Population.generate(seed: 42, contacts: 1_000, companies: 120, deals: 200)
        let other = Population.generate(seed: 43, contacts: 1_000, companies: 120, deals: 200)
        #expect("\(again)" == "\(self.population)")
        #expect("\(other)" != "\(self.population)")
    }

    @Test func hasTheMessOfRealLife() {
        #expect(
            (self.population.contacts.count, self.population.companies.count, self.population.deals.count) == (
                1_000, 120, 200
            )
        )
        let names = self.texts("firstname") + self.texts("lastname")
        #expect(names.contains { $0.utf8.contains { $0 >= 0x80 } })
        #expect(names.contains { $0.hasSuffix(" ") || $0.hasPrefix(" ") })
        #expect(self.texts("email").count < 1_000)
        #expect(self.texts("lastname").count < 1_000)
        #expect(self.texts("phone").contains { $0.hasPrefix("0033") })
        #expect(self.texts("phone").contains("voir secrétariat"))
        #expect(self.texts("email").contains { $0.hasPrefix("info@") })
        #expect(Set(self.texts("lifecyclestage")).count >= 7)
        #expect(Set(self.texts("hubspot_owner_id")).count == 5)
    }

    @Test func hasNoTwoContactsWithOneAddress() {
        #expect(Set(self.texts("email")).count == self.texts("email").count)
    }

    @Test func marketingListOverlapsAsItSays() {
        var kinds: [String: Int] = [:]
        var addresses: [Int: String] = [:]
        for (place, entry) in self.population.marketing.enumerated() {
            let value = { (name: String) in entry.values.first { $0.name == name }?.text ?? "" }
            let email = value("email").trimmingPrefix(while: \.isWhitespace).lowercased().split(separator: " ").first
                .map(String.init)
            addresses[place] = email
            switch entry.relation {
            case .onlyMarketing:
                kinds["only", default: 0] += 1
                #expect(!self.texts("email").contains(email ?? ""))
            case .same(let contact):
                kinds["same", default: 0] += 1
                let own = self.population.contacts[contact].values
                #expect(own.first { $0.name == "email" }?.text == email)
                #expect((own.first { $0.name == "phone" }?.text ?? "") == value("phone"))
            case .differs(let contact, let names):
                kinds["differs", default: 0] += 1
                let own = self.population.contacts[contact].values
                #expect(own.first { $0.name == "email" }?.text == email)
                #expect(!names.isEmpty)
                #expect(
                    names.contains("job_title")
                        == ((own.first { $0.name == "jobtitle" }?.text ?? "") != value("job_title"))
                )
            case .doubled(let entry):
                kinds["doubled", default: 0] += 1
                #expect(addresses[entry] == email)
            }
        }
        #expect(self.population.marketing.count == 250)
        #expect(kinds == ["only": 100, "same": 75, "differs": 50, "doubled": 25])
    }

    @Test func everyValueIsOneThatTheCRMTakes() {
        let desk = Desk(.realistic, options: AccountOptions(owners: self.population.owners))
        for (type, all) in [
            ("companies", self.population.companies), ("contacts", self.population.contacts.map(\.values)),
            ("deals", self.population.deals.map(\.values)),
        ] {
            for values in all.prefix(300) {
                let properties = Dictionary(values.map { ($0.name, $0.text) }) { first, _ in first }
                let reply = desk.post("/crm/v3/objects/\(type)", Desk.json(["properties": properties]))
                #expect(reply.status == 201, "\(reply.text)")
            }
        }
    }

    @Test func loadsWithTimesOwnersAndAssociations() {
        let desk = Desk()
        desk.account.load(self.population)
        #expect(desk.account.ids(.contacts).count == 1_000)
        #expect(desk.get("/crm/v3/owners").ids.count == 5)
        let page = desk.get("/crm/v3/objects/contacts?limit=100&associations=companies")
        let linked = page.json["results"].items.count { !$0["associations"].isAbsent }
        #expect(linked == self.population.contacts.prefix(100).count { $0.company != nil })
        let times = page.json["results"].items.compactMap { $0["updatedAt"].text }
        #expect(Set(times).count > 90)
        #expect(times.allSatisfy { $0 < "2026-11-02T08:00:00Z" })
        let search = #"{"filterGroups":[{"filters":[{"propertyName":"email","operator":"HAS_PROPERTY"}]}]}"#
        #expect(desk.post("/crm/v3/objects/contacts/search", search).json["total"].number == self.texts("email").count)
    }

    @Test func growsIntoTheSameAccount() {
        let (loaded, grown) = (Desk(), Desk())
        loaded.account.load(Population.generate(seed: 5, contacts: 4_500, companies: 40, deals: 60))
        grown.account.grow(seed: 5, contacts: 4_500, companies: 40, deals: 60)
        #expect(loaded.account.dump() == grown.account.dump())
    }
}
