import FakeCRM
import Foundation
import Logging
import ServiceLifecycle
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

@Suite(.timeLimit(.minutes(1))) struct ServerTests {
    private struct Client: Sendable {
        var base: String
        var token = "pat-fake-0001"
        var session = URLSession(configuration: .ephemeral)

        func send(
            _ method: String,
            _ path: String,
            _ body: String? = nil,
            control: Bool = false
        ) async throws -> (Int, JSON) {
            var request = URLRequest(url: try #require(URL(string: self.base + path)))
            request.httpMethod = method
            request.httpBody = body.map { Data($0.utf8) }
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
            if control {
                request.setValue("control-secret", forHTTPHeaderField: "X-Fake-Control")
            } else {
                request.setValue("Bearer \(self.token)", forHTTPHeaderField: "Authorization")
            }
            let (data, response) = try await self.session.data(for: request)
            return ((response as? HTTPURLResponse)?.statusCode ?? 0, JSON(Array(data)))
        }

        func control(_ method: String, _ path: String, _ body: String? = nil) async throws -> (Int, JSON) {
            try await self.send(method, "/__fake/" + path, body, control: true)
        }
    }

    private static let quiet = Logger(label: "fakecrm.test") { _ in SwiftLogNoOpLogHandler() }

    private func serving(
        _ accounts: [FakeCRMAccount],
        directory: String? = nil,
        _ body: @escaping @Sendable (Client) async throws -> Void
    ) async throws {
        let server = FakeCRMServer(
            accounts: accounts,
            controlToken: "control-secret",
            directory: directory,
            logger: Self.quiet
        )
        try await server.serving { base in try await body(Client(base: base)) }
    }

    @Test func servesOverASocket() async throws {
        let desk = Desk()
        desk.account.load(Population.generate(seed: 1, contacts: 250, companies: 0, deals: 0))
        try await self.serving([desk.account]) { client in
            let (status, page) = try await client.send("GET", "/crm/v3/objects/contacts?limit=100")
            #expect(status == 200)
            #expect(page["results"].items.count == 100)
            let link = try #require(page["paging"]["next"]["link"].text)
            #expect(link.hasPrefix(client.base))
            let (_, next) = try await client.send("GET", String(link.dropFirst(client.base.count)))
            #expect(next["results"].items.count == 100)
            #expect(next["results"][0]["id"].text != page["results"][0]["id"].text)
            let (created, _) = try await client.send(
                "POST",
                "/crm/v3/objects/contacts",
                #"{"properties":{"city":"Lyon"}}"#
            )
            #expect(created == 201)
            let id = page["results"][0]["id"].text ?? ""
            let (gone, _) = try await client.send("DELETE", "/crm/v3/objects/contacts/\(id)")
            #expect(gone == 204)
        }
    }

    @Test func tellsAccountsApartByToken() async throws {
        let clock = FakeClock(startingAt: 0)
        let accounts = [1, 2].map { number in
            FakeCRMAccount(
                options: AccountOptions(portalID: Int64(number), tokens: [AccessToken("token-\(number)")]),
                clock: clock
            )
        }
        try await self.serving(accounts) { client in
            for number in 1...2 {
                var other = client
                other.token = "token-\(number)"
                let (_, details) = try await other.send("GET", "/account-info/v3/details")
                #expect(details["portalId"].number == number)
            }
            #expect(try await client.send("GET", "/account-info/v3/details").0 == 401)
        }
    }

    @Test func holdsAnAnswerAfterTheEffect() async throws {
        let desk = Desk()
        try await self.serving([desk.account]) { client in
            let rule = #"{"rules":[{"action":"hold","method":"POST","pathContains":"/contacts"}]}"#
            #expect(try await client.control("POST", "faults", rule).0 == 200)
            async let answer = client.send("POST", "/crm/v3/objects/contacts", #"{"properties":{"city":"Lyon"}}"#)
            var held = JSON([])
            while held.items.isEmpty { held = try await client.control("GET", "held").1 }
            #expect(held[0]["path"].text == "/crm/v3/objects/contacts")
            #expect(desk.account.ids(.contacts).count == 1)
            #expect(try await client.control("POST", "release", "{}").1["released"].number == 1)
            #expect(try await answer.0 == 201)
        }
    }

    @Test(arguments: ["dropAfter", "dropBefore", "truncate"])
    func breaksTheConnection(_ action: String) async throws {
        let desk = Desk()
        try await self.serving([desk.account]) { client in
            let rule = #"{"rules":[{"action":"\#(action)","bytes":5,"pathContains":"/contacts"}]}"#
            _ = try await client.control("POST", "faults", rule)
            let body = #"{"properties":{"city":"Lyon"}}"#
            let answer = await RawConnection.exchange(base: client.base, "POST", "/crm/v3/objects/contacts", body)
            let content = answer.split(separator: "\r\n\r\n", maxSplits: 1)
            #expect(content.count == (action == "truncate" ? 2 : 0), "\(answer)")
            #expect(content.last.map { $0 == "{\"id\"" } ?? true)
            #expect(try await client.send("GET", "/crm/v3/objects/contacts").0 == 200)
        }
        #expect(desk.account.ids(.contacts).count == (action == "dropBefore" ? 0 : 1))
    }

    @Test func letsScriptsActAsPeople() async throws {
        let desk = Desk(.realistic)
        desk.account.load(Population.generate(seed: 1, contacts: 5, companies: 2, deals: 0))
        let (first, second) = (desk.account.ids(.contacts)[0], desk.account.ids(.contacts)[1])
        let company = desk.account.ids(.companies)[0]
        try await self.serving([desk.account]) { client in
            let edit = #"{"object":"contacts","id":"\#(first)","properties":{"city":"Nice"},"user":7}"#
            #expect(try await client.control("POST", "edit", edit).0 == 200)
            let (created, body) = try await client.control("POST", "create", #"{"object":"contacts","properties":{}}"#)
            #expect((created, body["id"].text != nil) == (201, true))
            let link = #"{"fromObject":"contacts","from":"\#(first)","toObject":"companies","to":"\#(company)"}"#
            #expect(try await client.control("POST", "associate", link).0 == 200)
            let merge = #"{"object":"contacts","primary":"\#(first)","other":"\#(second)","user":7}"#
            #expect(try await client.control("POST", "merge", merge).1["id"].text != nil)
            #expect(try await client.control("POST", "habits", #"{"indexLag":9,"trimsText":false}"#).0 == 200)
            #expect(try await client.control("POST", "habits", #"{"nonsense":true}"#).0 == 400)
            let (_, habits) = try await client.control("GET", "habits")
            #expect((habits["indexLag"].number, habits["trimsText"].flag) == (9, false))
            let before = desk.clock.now
            #expect(
                try await client.control("POST", "clock", #"{"advance":5000}"#).1["now"].number == Int(before) + 5_000
            )
            let (_, stats) = try await client.control("GET", "stats")
            #expect(stats["requestCount"].number == 0)
            let (_, dump) = try await client.control("GET", "dump")
            #expect(dump["records"]["contacts"].items.count == 7)
            #expect(try await client.control("GET", "nonsense").0 == 404)
            #expect(try await client.send("GET", "/__fake/stats").0 == 403)
        }
    }

    @Test func savesWhenItStops() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "fakecrm-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let desk = Desk()
        try await self.serving([desk.account], directory: directory) { client in
            _ = try await client.send("POST", "/crm/v3/objects/contacts", #"{"properties":{"city":"Lyon"}}"#)
        }
        let loaded = try FakeCRMAccount.load(from: directory, clock: desk.clock)
        #expect(loaded.first?.dump() == desk.account.dump())
    }

    private struct Serving: Service {
        var server: FakeCRMServer
        var onStart: @Sendable (Int) async -> Void

        func run() async throws { try await self.server.run(onStart: self.onStart) }
    }

    @Test func stopsGracefullyWithAnAnswerHeldAndAConnectionOpen() async throws {
        let desk = Desk()
        desk.account.faults = Faults(rules: [Faults.Rule(.hold, pathContains: "/contacts")])
        let server = FakeCRMServer(accounts: [desk.account], controlToken: "control-secret", logger: Self.quiet)
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let group = ServiceGroup(
            configuration: .init(
                services: [Serving(server: server) { port in continuation.yield(port) }],
                logger: Self.quiet
            )
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            let client = Client(base: "http://127.0.0.1:\(port)")
            #expect(try await client.send("GET", "/crm/v3/owners").0 == 200)
            tasks.addTask {
                _ = await RawConnection.exchange(base: client.base, "POST", "/crm/v3/objects/contacts", "{}")
            }
            var held = JSON([])
            while held.items.isEmpty { held = try await client.control("GET", "held").1 }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            #expect(await RawConnection.exchange(base: client.base, "GET", "/crm/v3/owners", "") == "not connected")
        }
    }
}
