import Connectors
import FakeCRM
import Records
import Testing
import Transport

/// Owners, schema and the property for our ids, as HubSpot has them.
@Suite struct HubSpotDirectoryTests {
    static func bench(_ options: AccountOptions = AccountOptions()) throws -> (FakeCRMAccount, ManifestAccount) {
        let time = TestTime()
        let fake = FakeCRMAccount(options: options, habits: .realistic, clock: FakeClock { time.now.milliseconds })
        return (fake, try Workbench.account(FakeTransport(account: fake), clock: time))
    }

    @Test func ownersOfAllPagesAreListedActiveOrNot() async throws {
        let page =
            #"{"results":[{"id":"1","email":"Ada@X.example","firstName":"Ada","lastName":"L","userId":9}],"#
            + #""paging":{"next":{"after":"1"}}}"#
        let last = #"{"results":[{"id":"2","email":"","firstName":"","lastName":""}]}"#
        let archived = #"{"results":[{"id":"3","archived":true},{"id":"1","archived":true}]}"#
        let transport = ScriptedTransport([.answer(200, page), .answer(200, last), .answer(200, archived)])
        let owners = try await Workbench.account(transport).owners()
        #expect(
            owners == [
                RemoteOwner(id: "1", email: "ada@x.example", name: "Ada L", isActive: true),
                RemoteOwner(id: "2", email: nil, name: "2", isActive: true),
                RemoteOwner(id: "3", email: nil, name: "3", isActive: false),
            ]
        )
        let base = "http://127.0.0.1:1/crm/owners/2026-09?limit=100"
        #expect(
            transport.requests.map(\.url) == [
                "\(base)&archived=false", "\(base)&after=1&archived=false", "\(base)&archived=true",
            ]
        )
    }

    @Test func theSchemaTellsOptionsAndWhatIsReadOnly() async throws {
        let (_, account) = try Self.bench()
        let contacts = try await account.discover("contacts")
        let stage = try #require(contacts.first { $0.name == "lifecyclestage" })
        #expect(stage.options.contains("marketingqualifiedlead"))
        #expect(contacts.first { $0.name == "hs_object_id" }?.isReadOnly == true)
        #expect(contacts.first { $0.name == "email" }?.isUnique == true)
        let deals = try await account.discover("deals")
        #expect(deals.first { $0.name == "dealstage" }?.options.contains("closedwon") == true)
        #expect(deals.first { $0.name == "pipeline" }?.options.contains("default") == true)
    }

    @Test func theSchemaTellsWhichStagesAPipelineHas() async throws {
        let (_, account) = try Self.bench()
        let deals = try await account.discover("deals")
        let within = try #require(deals.first { $0.name == "dealstage" }?.within)
        #expect(within.property == "pipeline")
        #expect(within.options.keys.sorted() == ["74925531", "default"])
        #expect(within.options["default"]?.count == 7)
        #expect(within.options["default"]?.contains("closedwon") == true)
        #expect(within.options["74925531"] == ["145206351", "145206352", "145206353"])
        #expect(deals.filter { $0.within != nil }.count == 1)
    }

    @Test(arguments: ["contacts", "companies", "deals"]) func theKeyIsMadeOnceAndUnique(object: String) async throws {
        let (_, account) = try Self.bench()
        #expect(try await account.discover(object).contains { $0.name == "relais_id" } == false)
        #expect(try await account.prepareCreateKey(for: object))
        let made = try await account.discover(object).first { $0.name == "relais_id" }
        #expect(made?.isUnique == true)
        let before = account.requestsByKind.first { $0.label == "\(object) make create key" }?.count
        #expect(try await account.prepareCreateKey(for: object))
        #expect(account.requestsByKind.first { $0.label == "\(object) make create key" }?.count == before)
    }

    @Test func aPropertyOfThatNameThatIsNotUniqueIsRefused() async throws {
        let transport = ScriptedTransport([.answer(200, #"{"name":"relais_id","hasUniqueValue":false}"#)])
        let failure = await #expect(throws: RemoteFailure.self) {
            try await Workbench.account(transport).prepareCreateKey(for: "deals")
        }
        #expect(
            failure?.message
                == "the property for our ids exists on deals but does not keep its values unique; rename or remove it"
        )
    }

    @Test func somebodyElseMayMakeTheKeyInBetween() async throws {
        let transport = ScriptedTransport([
            .answer(404, "{}"), .answer(409, #"{"category":"CONFLICT","message":"exists"}"#),
            .answer(200, #"{"hasUniqueValue":true}"#),
        ])
        #expect(try await Workbench.account(transport).prepareCreateKey(for: "deals"))
    }

    @Test func aTokenWithoutTheScopeIsForbidden() async throws {
        let token = AccessToken("pat-fake-0001", scopes: ["crm.objects.contacts.read"])
        let (_, account) = try Self.bench(AccountOptions(tokens: [token]))
        let failure = await #expect(throws: RemoteFailure.self) { try await account.prepareCreateKey(for: "contacts") }
        #expect(failure?.code == .forbidden)
    }
}
