import Crypto
import Foundation
import Records
import Testing

@testable import Connectors

/// Notifications: who sent them is proven before anything is read, and what they say is hostile all the same.
@Suite struct WebhookReaderTests {
    static let url = "https://relais.example/hooks/hubspot/8f3a"
    static let body = Array(
        #"[{"eventId":1,"subscriptionType":"contact.propertyChange","portalId":62515,"objectId":701,"occurredAt":17}]"#
            .utf8
    )

    static func signed(
        _ body: [UInt8] = Self.body,
        secret: String = "s3cret",
        at time: Instant = Workbench.start,
        url: String = Self.url
    ) -> WebhookRequest {
        let stamp = String(time.milliseconds)
        let content = Array("POST\(url)".utf8) + body + Array(stamp.utf8)
        let code = HMAC<SHA256>.authenticationCode(for: content, using: SymmetricKey(data: Array(secret.utf8)))
        let headers = [
            ("Content-Type", "application/json"), ("x-hubspot-signature-v3", Base64.encoded(Array(code))),
            ("X-HubSpot-Request-Timestamp", stamp),
        ]
        return WebhookRequest(method: "POST", url: url, headers: headers, body: body)
    }

    private static func events(
        _ request: WebhookRequest,
        secrets: [String] = ["s3cret"],
        now: Instant = Workbench.start
    ) throws(WebhookRefusal) -> [WebhookEvent] {
        guard let manifest = try? Workbench.manifest("hubspot") else { throw .notSupported }
        return try WebhookReader(manifest, secrets: secrets.map { Secret($0) }).events(of: request, now: now)
    }

    private static func refusal(_ request: WebhookRequest, secrets: [String] = ["s3cret"]) -> WebhookRefusal? {
        do {
            _ = try self.events(request, secrets: secrets)
            return nil
        } catch {
            return error
        }
    }

    /// The vector was made with Python's `hmac` over `POST`, the address, the body and the time.
    @Test func aSignatureMadeElsewhereIsGood() throws {
        let time = Instant(milliseconds: 1_763_802_000_000)
        let headers = [
            ("X-HubSpot-Signature-v3", "DiQf4MWTiSd5wUq4W2GIodzQn8Laa3jVp4azIAkPtA0="),
            ("X-HubSpot-Request-Timestamp", "1763802000000"),
        ]
        let body = Array(#"[{"subscriptionType":"deal.creation","objectId":9}]"#.utf8)
        let request = WebhookRequest(method: "POST", url: "https://a.example/h", headers: headers, body: body)
        let manifest = try Workbench.manifest("hubspot")
        let events = try WebhookReader(manifest, secrets: [Secret("secret")]).events(of: request, now: time)
        #expect(events.map(\.object) == ["deals"] && events.map(\.records) == [["9"]])
    }

    @Test func aGoodOneGivesItsEvents() throws {
        let events = try Self.events(Self.signed())
        #expect(events.count == 1)
        #expect(events[0].object == "contacts" && events[0].records == ["701"])
        #expect(events[0].account == "62515" && events[0].type == "contact.propertyChange")
    }

    @Test func whileTheSecretIsChangedBothAreGood() throws {
        #expect(try Self.events(Self.signed(secret: "new"), secrets: ["old", "new"]).count == 1)
        #expect(try Self.events(Self.signed(secret: "old"), secrets: ["old", "new"]).count == 1)
        #expect(Self.refusal(Self.signed(secret: "older"), secrets: ["old", "new"]) == .forged)
    }

    @Test func withoutASecretNobodyIsLetIn() {
        #expect(Self.refusal(Self.signed(), secrets: []) == .noSecret)
        #expect(Self.refusal(Self.signed(secret: ""), secrets: [""]) == .noSecret)
    }

    @Test func aChangedByteIsForged() {
        let good = Self.signed()
        var body = good.body
        body[body.count - 4] ^= 1
        let changed = WebhookRequest(method: "POST", url: good.url, headers: good.headers, body: body)
        #expect(Self.refusal(changed) == .forged)
        let moved = WebhookRequest(method: "POST", url: good.url + "?x", headers: good.headers, body: good.body)
        #expect(Self.refusal(moved) == .forged)
        let put = WebhookRequest(method: "PUT", url: good.url, headers: good.headers, body: good.body)
        #expect(Self.refusal(put) == .forged)
        #expect(Self.refusal(Self.signed(secret: "wrong")) == .forged)
    }

    /// Equal as Swift strings, other bytes.
    @Test func signaturesAreComparedAsBytes() {
        #expect(WebhookReader.isSame(Array("a\u{301}".utf8), Array("\u{E1}".utf8)) == false)
        #expect("a\u{301}" == "\u{E1}")
        #expect(WebhookReader.isSame([1, 2], [1, 2]) && !WebhookReader.isSame([1, 2], [1]))
    }

    @Test(arguments: [-301, 301, -86_400, 86_400])
    func anOldOneOrOneFromTheFutureIsStale(seconds: Int) {
        let time = Workbench.start.advanced(by: .seconds(seconds))
        #expect(Self.refusal(Self.signed(at: time)) == .stale)
    }

    @Test(arguments: ["", "soon", "-1", "1e12", "9223372036854775807", "９９９"])
    func aTimeThatIsNoneIsUnsigned(text: String) {
        let good = Self.signed()
        let headers = good.headers.filter { !$0.name.hasSuffix("Timestamp") } + [("X-HubSpot-Request-Timestamp", text)]
        let request = WebhookRequest(method: "POST", url: good.url, headers: headers, body: good.body)
        #expect(Self.refusal(request) == .unsigned)
    }

    @Test func twoSignaturesAreNone() {
        let good = Self.signed()
        let twice = WebhookRequest(
            method: "POST",
            url: good.url,
            headers: good.headers + [("X-HubSpot-Signature-v3", "x")],
            body: good.body
        )
        #expect(Self.refusal(twice) == .unsigned)
        let none = WebhookRequest(method: "POST", url: good.url, headers: [], body: good.body)
        #expect(Self.refusal(none) == .unsigned)
    }

    @Test func aHugeBodyIsRefusedBeforeItIsHashed() {
        let body = Array(repeating: UInt8(ascii: "["), count: WebhookRequest.largestBody + 1)
        #expect(Self.refusal(Self.signed(body)) == .tooLarge)
    }

    @Test(
        arguments: [
            "", "{", "null", "[]", "[1]", "[[]]", #"["contact.creation"]"#, #"[{"a":1,"a":2}]"#,
            String(repeating: "[", count: 100_000), "\u{0}", #"[{"objectId":1}"#,
        ]
    )
    func signedNonsenseIsUnreadable(text: String) {
        #expect(Self.refusal(Self.signed(Array(text.utf8))) == .unreadable)
    }

    @Test func bytesThatAreNoTextAreUnreadable() {
        #expect(Self.refusal(Self.signed([0x5B, 0x22, 0xFF, 0xFE, 0x22, 0x5D])) == .unreadable)
    }

    @Test func eventsOfOtherObjectsOrWithoutARecordAreLeftOut() throws {
        let text = """
            [{"subscriptionType":"ticket.creation","objectId":1},{"subscriptionType":"contact.creation"},
             {"subscriptionType":7,"objectId":1},{"subscriptionType":"contactx.creation","objectId":1},
             {"subscriptionType":"contact.creation","objectId":null},{"subscriptionType":"contact.creation","objectId":""},
             {"subscriptionType":"contact.creation","objectId":"\(String(repeating: "9", count: 300))"},
             {"subscriptionType":"company.creation","objectId":5}]
            """
        let events = try Self.events(Self.signed(Array(text.utf8)))
        #expect(events.map(\.object) == ["companies"] && events.map(\.records) == [["5"]])
    }

    @Test func aMergeNamesAllItsRecords() throws {
        let text = """
            [{"subscriptionType":"contact.merge","objectId":3,"primaryObjectId":1,"mergedObjectIds":[2,1],"newObjectId":3}]
            """
        #expect(try Self.events(Self.signed(Array(text.utf8)))[0].records == ["3", "1", "2"])
    }

    @Test func theSameEventIsKnownAgainAndAnotherIsNot() throws {
        func digest(_ event: String) throws -> [UInt8] {
            try Self.events(Self.signed(Array("[\(event)]".utf8)))[0].digest
        }
        let one = #"{"eventId":1,"subscriptionType":"contact.creation","objectId":7,"occurredAt":5,"attemptNumber":0}"#
        let again =
            #"{"attemptNumber":3,"eventId":1,"subscriptionType":"contact.creation","objectId":7,"occurredAt":5}"#
        let twin = #"{"eventId":1,"subscriptionType":"contact.creation","objectId":8,"occurredAt":5}"#
        #expect(try digest(one) == digest(again))
        #expect(try digest(one) != digest(twin))
    }

    @Test func aManifestThatChecksNothingIsRefused() {
        let text = try? Workbench.bytes("hubspot")
        let lax = String(decoding: text ?? [], as: UTF8.self)
        for (right, wrong) in [
            ("content: [method, url, body, timestamp]", "content: [url]"),
            ("algorithm: hmac-sha256", "algorithm: none"),
            ("content: [method, url, body, timestamp]", "content: [body, moon]"),
        ] {
            #expect(lax.contains(right))
            #expect(throws: (any Error).self) {
                try Workbench.manifest(text: lax.replacingOccurrences(of: right, with: wrong))
            }
        }
    }
}
