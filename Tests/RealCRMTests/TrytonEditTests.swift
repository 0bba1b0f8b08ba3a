import Records
import Store
import SyncEngine
import Testing

extension RealTryton {
    /// What is changed on both sides merges, or becomes a conflict that is decided once.
    @Suite(.serialized) struct EditTests {
        /// A company, a person and an opportunity on both sides, just synced.
        struct Scene {
            let bench: TrytonBench
            let acme: Text
            let ada: Text
            let deal: Text

            init() async throws {
                self.bench = try await TrytonBench()
                let tag = self.bench.tag
                self.acme = try await self.bench.sales.company("Acme \(tag)", ["website": "https://acme-\(tag).example"])
                self.ada = try await self.bench.sales.person(
                    "Ada Lovelace",
                    ["email": "ada-\(tag)@acme.example", "phone": self.bench.phone],
                    of: self.acme
                )
                self.deal = try await self.bench.sales.opportunity("40 seats", amount: "1200.50", party: self.acme)
                try await self.bench.sync()
            }
        }

        @Test func differentFieldsMerge() async throws {
            let scene = try await Scene()
            let bench = scene.bench
            let contact = try bench.record("contacts", scene.ada)
            let company = try bench.record("companies", scene.acme)
            let deal = try bench.record("deals", scene.deal)

            try bench.edit("contact", contact, ["phone": "+33142685301"])
            try await bench.sales.edit("party.party", scene.ada, ["name": "Ada King"])
            try bench.edit("company", company, ["name": .text("Acme France \(bench.tag)")])
            try await bench.sales.edit("phone", of: scene.acme, to: "01 42 68 53 09")
            try bench.edit("deal", deal, ["amount": .digits("1500")])
            try await bench.sales.edit("sale.opportunity", scene.deal, ["description": "50 seats"])
            let report = try await bench.sync()
            #expect(report.counts.conflictsFound == 0)

            #expect(try bench.values(contact, "full_name", "phone") == ["Ada King", "+33142685301"])
            #expect(try await bench.sales.mechanism("phone", of: scene.ada) == "+33142685301")
            #expect(try await bench.sales.field("name", of: "party.party", scene.ada) == "Ada King")
            #expect(try bench.values(company, "name", "phone") == [.text("Acme France \(bench.tag)"), "+33142685309"])
            #expect(
                try await bench.sales.field("name", of: "party.party", scene.acme)
                    == .string("Acme France \(bench.tag)")
            )
            #expect(try bench.values(deal, "name", "amount") == ["50 seats", .digits("1500")])
            #expect(try await bench.sales.field("amount", of: "sale.opportunity", scene.deal) == .decimal("1500"))
            #expect(try await bench.sales.field("description", of: "sale.opportunity", scene.deal) == "50 seats")
            try await bench.expectQuiet()
        }

        /// What a person can decide.
        enum Decision: CaseIterable {
            case ours
            case theirs
            case third

            var name: String {
                switch self {
                case .ours: "Ada Byron"
                case .theirs: "Ada King"
                case .third: "Ada, Countess of Lovelace"
                }
            }

            var choice: ConflictChoice {
                switch self {
                case .ours: .side(.local)
                case .theirs: .side(.remote)
                case .third: .value(.text(self.name))
                }
            }
        }

        @Test(arguments: Decision.allCases)
        func theSameFieldWaitsIsDecidedAndGoesToBothSides(_ decision: Decision) async throws {
            let scene = try await Scene()
            let bench = scene.bench
            let contact = try bench.record("contacts", scene.ada)
            try bench.edit("contact", contact, ["full_name": "Ada Byron", "phone": "+33142685302"])
            try await bench.sales.edit("party.party", scene.ada, ["name": "Ada King"])
            let found = try await bench.sync()
            #expect(found.counts.conflictsFound == 1 && found.counts.conflictsWaiting == 1)
            // It waits as it is, and the record's other fields go on.
            #expect(try bench.values(contact, "full_name") == ["Ada Byron"])
            #expect(try await bench.sales.field("name", of: "party.party", scene.ada) == "Ada King")
            #expect(try await bench.sales.mechanism("phone", of: scene.ada) == "+33142685302")

            let conflict = try #require(try bench.conflicts(.open, of: contact).first)
            #expect(conflict.about.field == "full_name" && conflict.about.localBase == "Ada Lovelace")
            #expect(conflict.about.local == "Ada Byron" && conflict.about.remote == "Ada King")
            try bench.decide(conflict, decision.choice)
            try await bench.sync()
            #expect(try bench.values(contact, "full_name") == [.text(decision.name)])
            #expect(try await bench.sales.field("name", of: "party.party", scene.ada) == .string(decision.name))
            #expect(try bench.conflicts(.open, of: contact).isEmpty)
            try await bench.expectQuiet()
        }

        @Test func aDecisionIsAskedAgainWhenSalesMovedOn() async throws {
            let scene = try await Scene()
            let bench = scene.bench
            let deal = try bench.record("deals", scene.deal)
            try bench.edit("deal", deal, ["amount": .digits("1300")])
            try await bench.sales.edit("sale.opportunity", scene.deal, ["amount": .decimal("1400.00")])
            try await bench.sync()
            let conflict = try #require(try bench.conflicts(.open, of: deal).first)
            try bench.decide(conflict, .side(.local))
            try await bench.sales.edit("sale.opportunity", scene.deal, ["amount": .decimal("1450.00")])
            try await bench.sync()
            #expect(try await bench.sales.field("amount", of: "sale.opportunity", scene.deal) == .decimal("1450.00"))
            let again = try #require(try bench.conflicts(.open, of: deal).first)
            #expect(again.about.remote == .digits("1450"))
            try bench.decide(again, .side(.local))
            try await bench.sync()
            #expect(try await bench.sales.field("amount", of: "sale.opportunity", scene.deal) == .decimal("1300"))
            #expect(try bench.values(deal, "amount") == [.digits("1300")])
            try await bench.expectQuiet()
        }

        @Test func theNewerPhoneNumberWinsWithoutAPerson() async throws {
            let scene = try await Scene()
            let bench = scene.bench
            let contact = try bench.record("contacts", scene.ada)
            try bench.edit("contact", contact, ["phone": "+33142685303"], ago: .seconds(10))
            try await bench.sales.edit("phone", of: scene.ada, to: "01 42 68 53 04")
            let report = try await bench.sync()
            #expect(report.counts.conflictsSettled == 1 && report.counts.conflictsWaiting == 0)
            #expect(try bench.values(contact, "phone") == ["+33142685304"])
            #expect(try await bench.sales.mechanism("phone", of: scene.ada) == "01 42 68 53 04")
            try await bench.expectQuiet()
        }

        @Test func clearedValuesAreClearedOnTheOtherSide() async throws {
            let scene = try await Scene()
            let bench = scene.bench
            let contact = try bench.record("contacts", scene.ada)
            try bench.edit("contact", contact, ["phone": .null])
            try await bench.sales.edit("sale.opportunity", scene.deal, ["amount": .null])
            try await bench.sync()
            #expect(try await bench.sales.mechanism("phone", of: scene.ada) == nil)
            let deal = try bench.record("deals", scene.deal)
            #expect(try bench.values(deal, "amount").allSatisfy(\.isBlank))
            try await bench.expectQuiet()
        }

        @Test func aContactMovesToAnotherCompany() async throws {
            let scene = try await Scene()
            let bench = scene.bench
            let contact = try bench.record("contacts", scene.ada)
            let other = try bench.edit("company", nil, ["name": .text("Globex \(bench.tag)")])
            try bench.edit("contact", contact, ["company": .text(other.description)])
            try await bench.sync()
            #expect(try await bench.sales.employers(of: scene.ada) == [try bench.remote(other)])
            try await bench.expectQuiet()
        }

        @Test func aDealMovesThroughItsStages() async throws {
            let scene = try await Scene()
            let bench = scene.bench
            let deal = try bench.record("deals", scene.deal)
            try bench.edit("deal", deal, ["stage": "presentation", "owner": "seller@example.com"])
            try await bench.sync()
            #expect(try await bench.sales.field("state", of: "sale.opportunity", scene.deal) == "opportunity")
            // Tryton has one word where we have four: ours stays.
            #expect(try bench.values(deal, "stage") == ["presentation"])
            try await bench.expectQuiet()
            try await bench.sales.call("sale.opportunity.lost", [.id(scene.deal)])
            try await bench.sync()
            #expect(try bench.values(deal, "stage") == ["lost"])
            try await bench.expectQuiet()
        }
    }
}
