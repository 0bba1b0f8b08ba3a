import Records
import SyncEngine
import Testing

extension RealTryton {
    /// What is made on one side appears on the other.
    @Suite(.serialized) struct ArrivalTests {
        @Test func recordsMadeInTrytonArriveHere() async throws {
            let bench = try await TrytonBench()
            let acme = try await bench.sales.company(
                "Acme \(bench.tag)",
                ["website": "https://www.acme-\(bench.tag).example/de", "phone": "+33 1 42 68 53 00"]
            )
            let ada = try await bench.sales.person(
                "Ada  Lovelace",
                ["email": "Ada-\(bench.tag)@Acme.example", "mobile": "06 12 34 56 78"],
                of: acme
            )
            let deal = try await bench.sales.opportunity("40 seats", amount: "1200.50", party: acme, contact: ada)
            let report = try await bench.sync()
            #expect(report.counts.createdLocally == 3)
            #expect(!report.counts.needsAttention)

            let company = try bench.record("companies", acme)
            let contact = try bench.record("contacts", ada)
            #expect(
                try bench.values(company, "name", "domain", "phone")
                    == [.text("Acme \(bench.tag)"), .text("acme-\(bench.tag).example"), "+33142685300"]
            )
            #expect(
                try bench.values(contact, "full_name", "email", "mobile_phone", "company")
                    == [
                        "Ada Lovelace", .text("ada-\(bench.tag)@acme.example"), "+33612345678",
                        .text(company.description),
                    ]
            )
            #expect(
                try bench.values(bench.record("deals", deal), "name", "amount", "stage", "company", "contact")
                    == [
                        "40 seats", .digits("1200.5"), "appointment", .text(company.description),
                        .text(contact.description),
                    ]
            )
            try await bench.expectQuiet()
        }

        @Test func recordsMadeHereArriveInTryton() async throws {
            let bench = try await TrytonBench()
            let company = try bench.edit(
                "company",
                nil,
                ["name": .text("Globex \(bench.tag)"), "website": .text("https://globex-\(bench.tag).example")]
            )
            let contact = try bench.edit(
                "contact",
                nil,
                [
                    "full_name": "Grace Hopper", "email": .text("grace-\(bench.tag)@globex.example"),
                    "mobile_phone": "+33612345679", "company": .text(company.description),
                ]
            )
            let deal = try bench.edit(
                "deal",
                nil,
                [
                    "name": "A compiler", "amount": .digits("99.95"), "stage": "presentation",
                    "owner": "seller@example.com",
                    "company": .text(company.description), "contact": .text(contact.description),
                ]
            )
            let report = try await bench.sync()
            #expect(report.counts.createdRemotely == 3)
            #expect(!report.counts.needsAttention, "\(report.summary)")

            let (globex, grace) = (try bench.remote(company), try bench.remote(contact))
            #expect(try await bench.sales.field("name", of: "party.party", globex) == .string("Globex \(bench.tag)"))
            #expect(try await bench.sales.mechanism("website", of: globex) == "https://globex-\(bench.tag).example")
            #expect(try await bench.sales.search("party.party", [["categories.name", "=", "Company"]]).contains(globex))
            #expect(try await bench.sales.field("name", of: "party.party", grace) == "Grace Hopper")
            #expect(try await bench.sales.mechanism("email", of: grace) == "grace-\(bench.tag)@globex.example")
            #expect(try await bench.sales.mechanism("mobile", of: grace) == "+33612345679")
            #expect(try await bench.sales.employers(of: grace) == [globex])
            let opportunity = try bench.remote(deal)
            #expect(try await bench.sales.field("description", of: "sale.opportunity", opportunity) == "A compiler")
            #expect(try await bench.sales.field("amount", of: "sale.opportunity", opportunity) == .decimal("99.95"))
            #expect(try await bench.sales.field("party", of: "sale.opportunity", opportunity) == .id(globex))
            #expect(try await bench.sales.field("state", of: "sale.opportunity", opportunity) == "opportunity")
            #expect(try await bench.sales.field("employee", of: "sale.opportunity", opportunity) == 1)
            let through = try await bench.sales.field("contact.", of: "sale.opportunity", opportunity, as: "contact.party")
            #expect(through["party"] == .id(grace))
            try await bench.expectQuiet()
        }
    }
}
