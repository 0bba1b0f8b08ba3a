import Connectors
import FakeCRM
import Records
import Testing
import Transport

/// Lists and campaigns as manifests describe them.
@Suite struct RemoteListTests {
    private struct Scene {
        let crm: FakeCRMAccount
        let account: ManifestAccount
        let list: Int64
        let people: [Text]

        init(people count: Int, name: String = "Warm leads / été", isDynamic: Bool = false) throws {
            let time = TestTime()
            self.crm = FakeCRMAccount(
                habits: .realistic,
                clock: FakeClock(reading: { time.now.microseconds / 1000 })
            )
            self.account = try Workbench.account(FakeTransport(account: self.crm), clock: time)
            self.list = self.crm.addList(name, of: .contacts, isDynamic: isDynamic)
            let crm = self.crm
            self.people = try (0..<count)
                .map { Text(String(try crm.add(.contacts, ["email": "p\($0)@x.example"], by: 7))) }
        }
    }

    @Test func membersAreAddedReadBackAndRemoved() async throws {
        let scene = try Scene(people: 600)
        let list = try #require(try await scene.account.list(.list, of: "contacts", .name("Warm leads / été")))
        #expect(list.id == Text(String(scene.list)) && list.refusal == nil)
        let missing = try await scene.account.change(list, adding: scene.people + ["999"], removing: [])
        #expect(missing == ["999"])
        // Three pages.
        let before = scene.account.requestsMade
        #expect(try await scene.account.members(of: list).sorted() == scene.people.sorted())
        #expect(scene.account.requestsMade - before == 3)
        // Twice does no harm.
        _ = try await scene.account.change(list, adding: [], removing: Array(scene.people.dropFirst()))
        _ = try await scene.account.change(list, adding: [scene.people[0]], removing: Array(scene.people.dropFirst()))
        #expect(try await scene.account.members(of: list) == [scene.people[0]])
    }

    @Test func aListIsFoundByItsIDToo() async throws {
        let scene = try Scene(people: 0)
        let id = Text(String(scene.list))
        #expect(try await scene.account.list(.list, of: "contacts", .id(id))?.id == id)
        #expect(try await scene.account.list(.list, of: "contacts", .id("999")) == nil)
        #expect(try await scene.account.list(.list, of: "contacts", .name("Other")) == nil)
    }

    @Test func aListThatTheCRMFillsOrOfAnotherObjectIsRefused() async throws {
        let scene = try Scene(people: 0, isDynamic: true)
        let id = Text(String(scene.list))
        let dynamic = try #require(try await scene.account.list(.list, of: "contacts", .id(id)))
        #expect(dynamic.refusal?.contains("by itself") == true)
        let other = try #require(try await scene.account.list(.list, of: "companies", .id(id)))
        #expect(other.refusal == "its members are no companies")
        await #expect(throws: RemoteFailure.self) {
            try await scene.account.change(dynamic, adding: ["1"], removing: [])
        }
    }

    @Test func aProductWithoutListsSaysSo() async throws {
        let account = try TrytonWireTests.account(ScriptedTransport([]))
        #expect(account.traits.lists.isEmpty && account.traits.activities.isEmpty)
        await #expect(throws: RemoteFailure.self) { try await account.list(.list, of: "contacts", .name("A")) }
        let hubspot = try Workbench.account(ScriptedTransport([]))
        #expect(Set(hubspot.traits.lists.map(\.kind)) == [.list])
    }

    /// Membership of a campaign, where a product has it as rows of its own: Salesforce's CampaignMember, say, which is made
    /// and deleted as a record (composite/sobjects of the REST API).
    @Test func aCampaignsMembersAreRowsThatAreMadeAndDeleted() async throws {
        let manifest = try Workbench.manifest(
            text: ManifestDiagnosticTests.right + """

                campaigns:
                  objects: [people]
                  find:
                    by_id: { path: "/sobjects/Campaign/${list.id}" }
                    id: Id
                  members:
                    request:
                      path: /query
                      query: { q: "SELECT Id, ContactId FROM CampaignMember WHERE CampaignId = '${list.id}'" }
                    records: records
                    id: ContactId
                    row: Id
                  add:
                    request:
                      method: POST
                      path: /composite/sobjects
                      body:
                        allOrNone: false
                        records:
                          - { $each: inputs, $item: { attributes: { type: CampaignMember }, CampaignId: "${list.id}", ContactId: "${item.id}" } }
                    batch_size: 200
                    errors: "*.errors.*"
                  remove:
                    by_row: true
                    request:
                      method: DELETE
                      path: /composite/sobjects
                      query: { ids: [ { $each: inputs, $item: "${item.row}" } ], allOrNone: "false" }
                    batch_size: 200

                """
        )
        let rows = #"{"records":[{"Id":"00v1","ContactId":"3"},{"Id":"00v2","ContactId":"4"}],"done":true}"#
        let transport = ScriptedTransport([
            .answer(200, #"{"Id":"701","Name":"Spring"}"#), .answer(200, rows),
            .answer(200, #"[{"id":"00v3","success":true,"errors":[]}]"#), .answer(200, rows), .answer(200, "[]"),
        ])
        let account = try Workbench.account(transport, manifest: manifest)
        let campaign = try #require(try await account.list(.campaign, of: "people", .id("701")))
        #expect(try await account.members(of: campaign) == ["3", "4"])
        _ = try await account.change(campaign, adding: ["5"], removing: ["4", "9"])
        let last = try #require(transport.requests.last)
        #expect(last.method == .delete && last.url.contains("ids=00v2&"))
        let added = try #require(transport.bodies.first)
        #expect(added["records"]?.array?.count == 1)
    }
}
