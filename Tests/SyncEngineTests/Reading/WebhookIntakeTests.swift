import Connectors
import Crypto
import Foundation
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// Notifications from the door to the record: hints, never values.
@Suite struct WebhookIntakeTests {
    private static let url = "https://relais.example/hooks/crm"

    private func intake(_ bench: SyncBench) throws -> WebhookIntake {
        let file = HubSpotBench.root.appending(path: "Config/connectors/hubspot.yaml")
        let manifest = try ConnectorManifest.load([UInt8](Data(contentsOf: file)), file: "hubspot.yaml")
        return WebhookIntake(
            connection: "crm",
            reader: WebhookReader(manifest, secrets: [Secret("s3cret")]),
            objects: ["contacts"],
            store: bench.store,
            clock: bench.clock.wallClock
        )
    }

    private func request(_ events: String, _ bench: SyncBench, secret: String = "s3cret") -> WebhookRequest {
        let (body, stamp) = (Array("[\(events)]".utf8), String(bench.clock.now.milliseconds))
        let content = Array("POST\(Self.url)".utf8) + body + Array(stamp.utf8)
        let code = HMAC<SHA256>.authenticationCode(for: content, using: SymmetricKey(data: Array(secret.utf8)))
        let headers = [
            ("X-HubSpot-Signature-v3", Data(code).base64EncodedString()), ("X-HubSpot-Request-Timestamp", stamp),
        ]
        return WebhookRequest(method: "POST", url: Self.url, headers: headers, body: body)
    }

    private func event(
        _ id: Int,
        _ remote: Text,
        type: String = "contact.propertyChange",
        portal: String = "portal-1"
    )
        -> String
    {
        """
        {"eventId":\(id),"subscriptionType":"\(type)","objectId":"\(remote)","portalId":"\(portal)","occurredAt":\(id)}
        """
    }

    private func hints(_ bench: SyncBench) throws -> [Hint] {
        try bench.store.write { transaction in
            let connection = try #require(try transaction.connection("crm")).number
            return try transaction.hints(connection, transaction.object("contacts"), limit: 100)
        }
    }

    @Test func aChangeThatTheIndexDoesNotShowYetComesInAtOnce() async throws {
        let bench = try SyncBench()
        let remote = bench.account.edit("contacts", nil, ["email": "ada@x.org", "city": "Paris"])
        try await bench.sync()
        bench.account.with { $0.habits.lag = .seconds(3600) }
        bench.account.edit("contacts", remote, ["city": "Nice"])
        try await bench.sync()
        #expect(try bench.contacts()[0]["city"] == "Paris", "the index lags")
        let receipt = try self.intake(bench).receive(self.request(self.event(1, remote), bench))
        #expect(receipt.status == 204 && receipt.accepted == 1)
        let report = try await bench.sync()
        #expect(report.counts.hinted == 1)
        #expect(try bench.contacts()[0]["city"] == "Nice")
        #expect(try self.hints(bench).isEmpty)
    }

    /// What the notification says a value is does not matter; the record is read.
    @Test func aNotificationIsNeverAValue() async throws {
        let bench = try SyncBench()
        let remote = bench.account.edit("contacts", nil, ["email": "ada@x.org", "city": "Paris"])
        try await bench.sync()
        let lie = self.event(1, remote).dropLast() + #","propertyName":"city","propertyValue":"Nowhere"}"#
        _ = try self.intake(bench).receive(self.request(String(lie), bench))
        try await bench.sync()
        #expect(try bench.contacts()[0]["city"] == "Paris")
    }

    @Test func manyEventsOfOneRecordAreOneRead() async throws {
        let bench = try SyncBench()
        let remote = bench.account.edit("contacts", nil, ["email": "ada@x.org"])
        try await bench.sync()
        let events = (1...50).map { self.event($0, remote) }.joined(separator: ",")
        #expect(try self.intake(bench).receive(self.request(events, bench)).accepted == 50)
        #expect(try self.hints(bench).map(\.events) == [50])
        try await bench.sync()
        let before = bench.account.requestsMade
        try await bench.sync()
        let quiet = bench.account.requestsMade - before
        let repeated = try self.intake(bench).receive(self.request(self.event(51, remote), bench))
        #expect(repeated.accepted == 1)
        let start = bench.account.requestsMade
        try await bench.sync()
        #expect(bench.account.requestsMade - start == quiet + 1)
    }

    /// A sender repeats for a day; a listener on the line repeats for five minutes.
    @Test func whatIsSentAgainIsTakenInOnce() async throws {
        let bench = try SyncBench()
        let remote = bench.account.edit("contacts", nil, ["email": "ada@x.org"])
        try await bench.sync()
        let request = self.request(self.event(1, remote), bench)
        #expect(try self.intake(bench).receive(request).accepted == 1)
        try await bench.sync()
        let replayed = try self.intake(bench).receive(request)
        #expect(replayed.repeated == 1 && replayed.accepted == 0 && replayed.status == 204)
        #expect(try self.hints(bench).isEmpty)
        bench.clock.advance(by: .seconds(7200))
        // The same event, signed anew hours later.
        #expect(try self.intake(bench).receive(self.request(self.event(1, remote), bench)).repeated == 1)
        // The old bytes are not even looked at.
        #expect(try self.intake(bench).receive(request).refusal == .stale)
    }

    @Test func anEventOfAnotherAccountConcernsNobodyHere() throws {
        let bench = try SyncBench()
        let request = self.request(self.event(1, "1001", portal: "portal-2") + "," + self.event(2, "1002"), bench)
        let receipt = try self.intake(bench).receive(request)
        #expect(receipt.foreign == 1 && receipt.accepted == 1)
        #expect(try self.hints(bench).map(\.key.remote) == ["1002"])
    }

    @Test func aForgedOneLeavesNoTrace() throws {
        let bench = try SyncBench()
        let receipt = try self.intake(bench).receive(self.request(self.event(1, "1001"), bench, secret: "guess"))
        #expect(receipt.status == 401 && receipt.refusal == .forged)
        #expect(try self.hints(bench).isEmpty)
    }

    @Test func objectsThatNoMappingCoversAreLeftAlone() throws {
        let bench = try SyncBench()
        let receipt = try self.intake(bench).receive(self.request(self.event(1, "7", type: "deal.creation"), bench))
        #expect(receipt.unmapped == 1 && receipt.accepted == 0)
    }

    @Test func aRecordThatIsNewHereIsTakenIn() async throws {
        let bench = try SyncBench()
        bench.account.with { $0.habits.lag = .seconds(3600) }
        let remote = bench.account.edit("contacts", nil, ["email": "ada@x.org"])
        _ = try self.intake(bench).receive(self.request(self.event(1, remote, type: "contact.creation"), bench))
        try await bench.sync()
        #expect(try bench.contacts().count == 1)
    }

    /// A hint is a row: whoever dies before the record is in leaves it to the next.
    @Test func aHintSurvivesAProcessThatDies() async throws {
        let bench = try SyncBench()
        let remote = bench.account.edit("contacts", nil, ["email": "ada@x.org", "city": "Paris"])
        try await bench.sync()
        bench.account.with { $0.habits.lag = .seconds(3600) }
        bench.account.edit("contacts", remote, ["city": "Nice"])
        _ = try self.intake(bench).receive(self.request(self.event(1, remote), bench))
        bench.account.with { $0.accountID = "portal-2" }
        await #expect(throws: SyncError.self) { try await bench.sync() }
        #expect(try self.hints(bench).count == 1)
        bench.account.with { $0.accountID = "portal-1" }
        try await bench.sync()
        #expect(try bench.contacts()[0]["city"] == "Nice")
    }

    /// S6 and pain 23: notifications out of order and repeated left old values; whatever their order, the end is the same.
    @Test func pain23NotificationsOutOfOrderLeftOldValues() async throws {
        var ends: Set<[Value]> = []
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 2, 0, 3, 1, 0]] {
            let bench = try SyncBench()
            let remotes = (0..<2).map { bench.account.edit("contacts", nil, ["email": .text("a\($0)@x.org")]) }
            try await bench.sync()
            bench.account.with { $0.habits.lag = .seconds(3600) }
            for (number, city) in ["Paris", "Lyon", "Nice", "Lille"].enumerated() {
                bench.account.edit("contacts", remotes[number % 2], ["city": .text(city)])
            }
            for number in order {
                let event = self.event(number, remotes[number % 2])
                _ = try self.intake(bench).receive(self.request(event, bench))
                if number == 2 { try await bench.sync(after: .seconds(1)) }
            }
            try await bench.sync()
            let contacts = try bench.contacts().sorted { "\($0["email"])" < "\($1["email"])" }
            ends.insert(contacts.map { $0["city"] })
        }
        #expect(ends == [["Nice", "Lille"]])
    }
}
