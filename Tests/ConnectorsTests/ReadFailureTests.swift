import Connectors
import Records
import Testing
import Transport

/// What each way in which a read can go wrong means for the run.
@Suite struct ReadFailureTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let step: ScriptedTransport.Step
        let code: RemoteFailure.Code
        let message: String
        var testDescription: String { self.message }

        init(_ step: ScriptedTransport.Step, _ code: RemoteFailure.Code, _ message: String) {
            self.step = step
            self.code = code
            self.message = message
        }
    }

    static let list = "contacts list"

    static let cases: [Case] = [
        Case(.failure(.refused), .unreachable, "\(list): no connection could be made"),
        Case(
            .failure(.timeout(sentRequest: true)),
            .unreachable,
            "\(list): timed out after the request may have reached the server"
        ),
        Case(.failure(.bodyTooLarge), .unexpectedAnswer, "\(list): the answer is too large"),
        Case(.answer(401, #"{"message":"expired"}"#), .unauthorized, "HTTP 401: expired"),
        Case(.answer(403, #"{"category":"MISSING_SCOPES","message":"no"}"#), .forbidden, "HTTP 403: no"),
        Case(.answer(429, "{}"), .rateLimited, "HTTP 429: no message"),
        Case(.answer(400, #"{"message":"bad limit"}"#), .badRequest, "HTTP 400: bad limit"),
        Case(.answer(404, "<html>"), .badRequest, "HTTP 404: no message"),
        Case(.answer(502, "<html>"), .serverError, "HTTP 502: no message"),
        Case(
            .answer(200, "<html>"),
            .unexpectedAnswer,
            "the answer to \"\(list)\" cannot be read: malformed(unexpected byte (byte 0))"
        ),
        Case(.answer(200, "{}"), .unexpectedAnswer, "the answer to \"\(list)\" cannot be read: noRecords"),
    ]

    @Test func aRedirectNamesWhereItLeadsWithoutItsPath() async throws {
        let targets = [
            "https://login.crm.example/oauth?token=canary": " to https://login.crm.example",
            "/elsewhere": " to another path",
        ]
        for (location, words) in targets.sorted(by: { $0.key < $1.key }) {
            let transport = ScriptedTransport([.answer(302, "", [("Location", location)])])
            let account = try Workbench.account(transport)
            let failure = await #expect(throws: RemoteFailure.self) {
                try await account.page(of: "contacts", selecting: Self.selection, at: nil)
            }
            #expect(
                failure?.message == "HTTP 302: no message; it redirects\(words), and no redirect is followed: "
                    + "is the connection's base_url right?"
            )
        }
    }

    static let selection = RemoteSelection(properties: ["firstname"])

    @Test(arguments: Self.cases) func aPageFailsWith(example: Case) async throws {
        let transport = ScriptedTransport([example.step])
        let account = try Workbench.account(transport)
        let failure = await #expect(throws: RemoteFailure.self) {
            try await account.page(of: "contacts", selecting: Self.selection, at: nil)
        }
        #expect(failure?.code == example.code)
        #expect(failure?.message == example.message)
        #expect(transport.requests.count == 1)
    }

    @Test func oneBadRecordIsSetAsideAndTheOthersGoOn() async throws {
        let body = #"""
            {"results":[{"id":"1","updatedAt":"2026-11-22T09:00:00Z","properties":{"firstname":"Ada"}},
            {"id":"2","updatedAt":"2026-11-22T09:00:00Z","properties":{"firstname":"nul \u0000"}},
            {"id":"3","properties":{"firstname":"Grace"}},
            {"id":"4","updatedAt":"2026-11-22T09:00:00Z","properties":{}},
            {"id":"5","updatedAt":"2026-11-22T09:00:00Z","properties":{"firstname":null},"archived":true}]}
            """#
        let account = try Workbench.account(ScriptedTransport([.answer(200, body)]))
        let page = try await account.page(of: "contacts", selecting: Self.selection, at: nil)
        let version: Int64 = 1_795_338_000_000_000
        #expect(
            page.records == [
                RemoteRecord(id: "1", version: version, values: [.text("Ada")]),
                RemoteRecord(id: "4", version: version, values: [.absent]),
                RemoteRecord(id: "5", version: version, values: [.null], isArchived: true),
            ]
        )
        #expect(page.unreadable.map(\.id) == ["3", "2"])
        #expect(page.unreadable.first?.reason == "it has no time of modification")
        #expect(!page.hasMore)
    }

    @Test func pagesThatDoNotGoOnAreAFailure() async throws {
        let body = #"{"results":[],"paging":{"next":{"after":"7"}}}"#
        let account = try Workbench.account(ScriptedTransport([.answer(200, body), .answer(200, body)]))
        let first = try await account.page(of: "contacts", selecting: Self.selection, at: nil)
        #expect(first.hasMore)
        let failure = await #expect(throws: RemoteFailure.self) {
            try await account.page(of: "contacts", selecting: Self.selection, at: first.position)
        }
        #expect(failure?.message == "the pages of \"contacts list\" do not go on")
    }

    @Test func aForeignPositionIsRefused() async throws {
        let account = try Workbench.account(ScriptedTransport([]))
        let failure = await #expect(throws: RemoteFailure.self) {
            try await account.page(of: "contacts", selecting: Self.selection, at: "{\"v\":9}")
        }
        #expect(failure?.message == "the stored position of contacts cannot be read")
    }

    @Test func onlyTheSelectedPropertiesAreAskedFor() async throws {
        let transport = ScriptedTransport([.answer(200, #"{"results":[]}"#)])
        let account = try Workbench.account(transport)
        let selection = RemoteSelection(properties: ["email", "a b&c"])
        _ = try await account.page(of: "contacts", selecting: selection, at: nil)
        #expect(
            transport.requests.map(\.url) == [
                "http://127.0.0.1:1/crm/objects/2026-09/contacts?limit=100&properties=email,a%20b%26c"
                    + ",hs_merged_object_ids&archived=false"
            ]
        )
    }

    @Test func theVersionOfTheAPIIsASetting() async throws {
        let transport = ScriptedTransport([.answer(200, #"{"results":[]}"#)])
        let time = TestTime()
        let account = try ManifestAccount(
            manifest: Workbench.manifest("hubspot"),
            settings: AccountSettings(
                baseURL: "http://127.0.0.1:1/",
                credentials: ["token": Secret("t")],
                variables: ["objects_path": "/crm/v3/objects"]
            ),
            transport: transport,
            clock: time.clock,
            sleeper: time.sleeper,
            logger: .init(label: "test")
        )
        _ = try await account.page(of: "deals", selecting: Self.selection, at: nil)
        #expect(transport.requests.first?.url.hasPrefix("http://127.0.0.1:1/crm/v3/objects/deals?") == true)
    }

    @Test func whatIsMissingIsSaidBeforeAnyRequest() throws {
        let manifest = try Workbench.manifest("tryton")
        let failure = #expect(throws: RemoteFailure.self) {
            try Workbench.account(ScriptedTransport([]), manifest: manifest, credentials: ["login": Secret("a")])
        }
        #expect(failure?.message == "the connection lacks the credential password")
        let address = #expect(throws: RemoteFailure.self) {
            try Workbench.account(ScriptedTransport([]), manifest: manifest, credentials: [:], baseURL: nil)
        }
        #expect(address?.message == "the connection needs a base_url: Tryton has none of its own")
    }
}
