import Connectors
import Foundation
import Records
import Testing

/// What is particular about Tryton, against a live server (see `LiveTryton`).
extension LiveTryton {
    @Suite(.serialized) struct ParticularTests {
        static func write(
            _ id: Text?,
            _ values: [(String, Value)],
            basedOn: Int64? = nil,
            key: String = "k"
        ) -> RemoteWrite {
            let properties = values.map { RemotePropertyWrite(name: $0.0, value: $0.1) }
            return RemoteWrite(id: id, basedOn: basedOn, key: key, properties: properties)
        }

        static func made(_ account: ManifestAccount, _ object: String, _ values: [(String, Value)]) async throws -> Text
        {
            let results = await account.create(object, [self.write(nil, values)])
            guard case .created(let id, nil) = results[0].outcome else {
                Issue.record("not created: \(results[0].outcome)")
                throw CancellationError()
            }
            return id
        }

        static func values(
            _ account: ManifestAccount,
            _ object: String,
            _ id: Text,
            _ names: [String]
        ) async throws -> [Value] {
            let selection = RemoteSelection(properties: names)
            let found = try await account.read(object, keys: [id], by: nil, selecting: selection)
            return try #require(found[0]).values
        }

        @Test func mechanismsReadAndWriteAsProperties() async throws {
            let account = try ConformanceTests.account()
            let names = ["name", "email", "phone", "website", "active"]
            let id = try await Self.made(
                account,
                "contacts",
                [("name", "Ada"), ("email", "ada@x.example"), ("phone", "+33 1 23"), ("website", .null)]
            )
            #expect(
                try await Self.values(account, "contacts", id, names)
                    == ["Ada", "ada@x.example", "+33 1 23", .null, .flag(true)]
            )
            let change = Self.write(
                id,
                [("email", "new@x.example"), ("phone", .null), ("website", "https://x.example")]
            )
            #expect(await account.update("contacts", [change]).map(\.outcome) == [.updated(version: nil)])
            #expect(
                try await Self.values(account, "contacts", id, names)
                    == ["Ada", "new@x.example", .null, "https://x.example", .flag(true)]
            )
        }

        @Test func aMechanismChangedElsewhereIsAConflict() async throws {
            let (ours, theirs) = (try ConformanceTests.account(), try ConformanceTests.account())
            let id = try await Self.made(ours, "contacts", [("name", "Ada"), ("email", "ada@x.example")])
            let selection = RemoteSelection(properties: ["email"])
            let before = try await ours.read("contacts", keys: [id], by: nil, selecting: selection)[0]
            let theirsResult = await theirs.update("contacts", [Self.write(id, [("email", "theirs@x.example")])])
            #expect(theirsResult.map(\.outcome) == [.updated(version: nil)])
            let change = Self.write(id, [("email", "ours@x.example")], basedOn: before?.version)
            #expect(await ours.update("contacts", [change]).map(\.outcome) == [.conflict])
            #expect(try await Self.values(ours, "contacts", id, ["email"]) == ["theirs@x.example"])
        }

        @Test func companiesAreNoContacts() async throws {
            let account = try ConformanceTests.account()
            let company = try await Self.made(account, "companies", [("name", "Acme")])
            let contact = try await Self.made(account, "contacts", [("name", "Ada")])
            for (object, there, elsewhere) in [("companies", company, contact), ("contacts", contact, company)] {
                var (ids, position, hasMore) = (Set<Text>(), Text?.none, true)
                while hasMore {
                    let page = try await account.page(
                        of: object,
                        selecting: RemoteSelection(properties: ["name"]),
                        at: position
                    )
                    ids.formUnion(page.records.map(\.id))
                    (position, hasMore) = (page.position, page.hasMore)
                }
                #expect(ids.contains(there))
                #expect(!ids.contains(elsewhere))
                // The party of the company that runs the server is neither.
                #expect(!ids.contains("1"))
            }
        }

        @Test func statesAreReachedByTheirCalls() async throws {
            let account = try ConformanceTests.account()
            let names = ["description", "state", "amount", "employee", "end_date"]
            let party = try await Self.made(account, "companies", [("name", "Acme")])
            let deal = try await Self.made(
                account,
                "deals",
                [("description", "Big"), ("amount", .number(Number("1200.50") ?? Number(0))), ("state", "lead")]
            )
            let link = AssociationWrite(from: deal, to: party)
            #expect(
                await account.associate(from: "deals", to: "companies", label: nil, [link]) == [.updated(version: nil)]
            )
            func update(_ values: [(String, Value)]) async -> Outcome {
                await account.update("deals", [Self.write(deal, values)])[0].outcome
            }
            let employee = try #require(try await account.owners().first?.id)
            #expect(await update([("employee", .text(employee)), ("state", "opportunity")]) == .updated(version: nil))
            #expect(
                try await Self.values(account, "deals", deal, names)
                    == ["Big", "opportunity", .number(Number("1200.5") ?? Number(0)), .text(employee), .null]
            )
            #expect(await update([("state", "opportunity")]) == .unchanged)
            guard case .rejected("state", let reason) = await update([("state", "won")]) else {
                Issue.record("won must not be reachable")
                return
            }
            #expect(reason == "state can only be set to cancelled, converted, lead, lost, opportunity through the API")
            #expect(await update([("state", "lost")]) == .updated(version: nil))
            let after = try await Self.values(account, "deals", deal, ["state", "end_date"])
            #expect(after[0] == "lost")
            #expect(after[1].kindName == "a date")
        }

        @Test func aNewDealThatCannotHaveItsStateIsMadeWithoutIt() async throws {
            let account = try ConformanceTests.account()
            let values: [(String, Value)] = [("description", "Big"), ("state", "opportunity")]
            let results = await account.create("deals", [Self.write(nil, values)])
            #expect(results[0].outcome.name == "created")
            #expect(results[0].refused.map(\.field) == ["state"])
            guard case .created(let id, _) = results[0].outcome else { return }
            #expect(try await Self.values(account, "deals", id, ["description", "state"]) == ["Big", "lead"])
        }

        @Test func aRefusalNamesTheProperty() async throws {
            let account = try ConformanceTests.account()
            let deal = try await Self.made(account, "deals", [("description", "Big")])
            let outcome = await account.update(
                "deals",
                [Self.write(deal, [("amount", .number(Number("1.005") ?? Number(0)))])]
            )
            guard case .rejected("amount", let reason) = outcome[0].outcome else {
                Issue.record("not refused: \(outcome[0].outcome)")
                return
            }
            #expect(!reason.contains("1.005"))
            #expect(reason.contains("Amount"))
        }

        @Test func aQuietReadIsOneRequest() async throws {
            let account = try ConformanceTests.account()
            for object in ["contacts", "companies", "deals"] {
                let selection = RemoteSelection(properties: [])
                var (position, hasMore) = (Text?.none, true)
                while hasMore {
                    let page = try await account.page(of: object, selecting: selection, at: position)
                    #expect(page.isFirstPass)
                    (position, hasMore) = (page.position, page.hasMore)
                }
                let before = account.requestsMade
                let page = try await account.page(of: object, selecting: selection, at: position)
                #expect(account.requestsMade == before + 1)
                #expect(!page.hasMore)
                #expect(!page.isFirstPass)
            }
        }

        @Test func ownersAreEmployees() async throws {
            let owners = try await ConformanceTests.account().owners()
            #expect(owners.map(\.name) == ["Test Seller"])
            #expect(owners.map(\.isActive) == [true])
        }

        @Test func aWrongPasswordIsUnauthorized() async throws {
            let account = try ConformanceTests.account(password: "wrong-password-1")
            let failure = await #expect(throws: RemoteFailure.self) { try await account.accountID() }
            #expect(failure?.code == .unauthorized)
            #expect(failure?.message.contains("wrong-password-1") == false)
        }
    }
}
