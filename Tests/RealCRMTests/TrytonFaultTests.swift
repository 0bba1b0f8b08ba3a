import Records
import Store
import SyncEngine
import Testing

extension RealTryton {
    /// What goes wrong on the way costs neither an edit nor a second record.
    @Suite(.serialized) struct FaultTests {
        @Test func aCreateWithoutAnAnswerIsFoundAgain() async throws {
            let bench = try await TrytonBench()
            let email = "eve-\(bench.tag)@example.com"
            let contact = try bench.edit("contact", nil, ["full_name": "Eve", "email": .text(email)])
            bench.transport.meddle(with: "model.party.party.create", .loseAnswer)
            try await bench.sync()
            try await bench.sync()
            let found = try await bench.sales.search(
                "party.party",
                [["contact_mechanisms.value", "=", .string(email)]]
            )
            #expect(found == [try bench.remote(contact)])
            try await bench.expectQuiet()
        }

        @Test func aCreateThatNeverArrivedIsSentAgain() async throws {
            let bench = try await TrytonBench()
            let name = "Initech \(bench.tag)"
            let company = try bench.edit("company", nil, ["name": .text(name)])
            bench.transport.meddle(with: "model.party.party.create", .loseRequest)
            try await bench.sync()
            // Nobody refuses a second one here: as long as the first may still be on its way, it is not sent again.
            let soon = try await bench.sync()
            #expect(soon.counts.unknown == 1 && soon.counts.createdRemotely == 0)
            try await bench.sync(later: .seconds(61))
            #expect(
                try await bench.sales.search("party.party", [["name", "=", .string(name)]])
                    == [try bench.remote(company)]
            )
            try await bench.expectQuiet()
        }

        @Test func anUpdateWithoutAnAnswerIsReadBack() async throws {
            let bench = try await TrytonBench()
            let remote = try await bench.sales.person("Eve", ["email": "eve-\(bench.tag)@example.com"])
            try await bench.sync()
            let contact = try bench.record("contacts", remote)
            try bench.edit("contact", contact, ["full_name": "Eve Lyon"])
            bench.transport.meddle(with: "model.party.party.write", .loseAnswer)
            _ = try? await bench.sync()
            // A salesperson types on: that is an edit of theirs, not our answer.
            try await bench.sales.edit("party.party", remote, ["name": "Eve Nice"])
            try await bench.sync()
            #expect(try bench.values(contact, "full_name") == ["Eve Nice"])
            #expect(try await bench.sales.field("name", of: "party.party", remote) == "Eve Nice")
            try await bench.expectQuiet()
        }

        @Test func anEditBetweenReadingAndWritingIsNotOverwritten() async throws {
            let bench = try await TrytonBench()
            let sales = bench.sales
            let remote = try await sales.person("Eve", ["email": "eve-\(bench.tag)@example.com"])
            try await bench.sync()
            let contact = try bench.record("contacts", remote)
            try bench.edit("contact", contact, ["full_name": "Eve Lyon"])
            let meddling = MeddlingTransport.Meddling.before {
                try await sales.edit("party.party", remote, ["name": "Eve Nice"])
            }
            bench.transport.meddle(with: "model.party.party.write", meddling)
            try await bench.sync()
            #expect(try await sales.field("name", of: "party.party", remote) == "Eve Nice")
            let conflict = try #require(try bench.conflicts(.open, of: contact).first)
            #expect(conflict.about.local == "Eve Lyon" && conflict.about.remote == "Eve Nice")
            try bench.decide(conflict, .side(.local))
            try await bench.sync()
            #expect(try await sales.field("name", of: "party.party", remote) == "Eve Lyon")
            try await bench.expectQuiet()
        }

        @Test func aValueThatTrytonRefusesStopsNothingElse() async throws {
            let bench = try await TrytonBench()
            // No owner, no company: Tryton keeps such an opportunity a lead.
            let stuck = try bench.edit("deal", nil, ["name": .text("Stuck \(bench.tag)"), "stage": "qualified"])
            let fine = try bench.edit("deal", nil, ["name": .text("Fine \(bench.tag)"), "stage": "appointment"])
            let report = try await bench.sync()
            #expect(report.counts.createdRemotely == 2)
            #expect(report.counts.fieldsRejected == 1)
            let state = try await bench.sales.field("state", of: "sale.opportunity", bench.remote(stuck))
            #expect(state == "lead")
            #expect(try bench.values(stuck, "stage") == ["qualified"])
            let calls = bench.transport.calls.count
            let again = try await bench.sync()
            #expect(again.counts.remoteWrites == 0 && again.counts.fieldsRejected == 1)
            #expect(!bench.transport.calls.dropFirst(calls).contains { $0.hasSuffix(".opportunity.opportunity") })
            _ = try bench.remote(fine)
            // Somebody gives it what it lacks, and moves it.
            let party = try await bench.sales.company("Stuck \(bench.tag)")
            try await bench.sales.edit(
                "sale.opportunity",
                bench.remote(stuck),
                ["party": .id(party), "employee": 1]
            )
            try await bench.sales.call("sale.opportunity.opportunity", [.id(bench.remote(stuck))])
            try await bench.sync()
            #expect(try bench.values(stuck, "stage") == ["qualified"])
            try await bench.expectQuiet()
        }

        @Test func anAmountIsNotSentInAnotherCurrency() async throws {
            let bench = try await TrytonBench()
            let deal = try bench.edit(
                "deal",
                nil,
                ["name": .text("Yen \(bench.tag)"), "amount": .digits("100000"), "currency": "JPY"]
            )
            let report = try await bench.sync()
            #expect(report.counts.createdRemotely == 1 && report.counts.fieldsRejected == 1)
            #expect(try await bench.sales.field("amount", of: "sale.opportunity", bench.remote(deal)).isNull)
            #expect(try bench.values(deal, "amount", "currency") == [.digits("100000"), "JPY"])
            try bench.edit("deal", deal, ["amount": .digits("600"), "currency": "USD"])
            try await bench.sync()
            #expect(
                try await bench.sales.field("amount", of: "sale.opportunity", bench.remote(deal)) == .decimal("600")
            )
            #expect(try bench.values(deal, "currency") == ["USD"])
            try await bench.expectQuiet()
        }

        @Test func anArchivedRecordIsArchivedHereAndComesBackWithItsValues() async throws {
            let bench = try await TrytonBench()
            let remote = try await bench.sales.person("Eve", ["email": "eve-\(bench.tag)@example.com"])
            try await bench.sync()
            let eve = try bench.record("contacts", remote)
            try await bench.sales.edit("party.party", remote, ["active": false])
            let report = try await bench.sync()
            #expect(report.counts.deletedLocally == 1)
            #expect(try bench.store.read { try $0.record(eve)?.isLive } == false)
            try await bench.sales.edit("party.party", remote, ["active": true])
            let back = try await bench.sync()
            #expect(back.counts.restoredLocally == 1)
            #expect(try bench.store.read { try $0.record(eve)?.isLive } == true)
            #expect(try bench.values(eve, "full_name") == ["Eve"])
            try await bench.expectQuiet()
        }
    }
}
