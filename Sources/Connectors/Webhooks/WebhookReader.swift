import Crypto
package import Records

/// Checks notifications and reads their events, as a product's manifest says.
///
/// Nothing is parsed before the signature is proven, nothing is proven with Swift's string comparison, and without a secret
/// nobody is let in.
package struct WebhookReader: Sendable {
    /// The most events of one notification; real ones hold fewer than 100.
    package static let mostEvents = 1_000
    /// The most bytes of an id.
    private static let longestID = 256

    private let rules: WebhookRules?
    private let secrets: [Secret]

    /// Creates a reader; while a secret is being changed, both are good.
    package init(_ manifest: ConnectorManifest, secrets: [Secret]) {
        self.rules = manifest.webhooks
        self.secrets = secrets.filter { !$0.reveal().utf8.isEmpty }
    }

    /// The events of a notification, in its order; throws a `WebhookRefusal`.
    ///
    /// Events of objects that the manifest does not know are left out.
    package func events(of request: WebhookRequest, now: Instant) throws(WebhookRefusal) -> [WebhookEvent] {
        guard let rules else { throw .notSupported }
        guard !self.secrets.isEmpty else { throw .noSecret }
        guard request.body.count <= WebhookRequest.largestBody else { throw .tooLarge }
        try self.check(request, rules, now: now)
        guard let body = try? JSON(parsing: request.body) else { throw .unreadable }
        let events = rules.events.all(in: body)
        guard !events.isEmpty, events.count <= Self.mostEvents else { throw .unreadable }
        var result: [WebhookEvent] = []
        for event in events {
            guard event.object != nil else { throw .unreadable }
            if let event = Self.event(event, rules) { result.append(event) }
        }
        return result
    }

    // MARK: The signature

    private func check(_ request: WebhookRequest, _ rules: WebhookRules, now: Instant) throws(WebhookRefusal) {
        guard let signature = request.header(rules.header) else { throw .unsigned }
        var time = ""
        if let header = rules.timestampHeader {
            guard let text = request.header(header), let sent = Int64(text), sent > 0, sent < 1 << 50 else {
                throw .unsigned
            }
            let age = now.microseconds - sent * 1000
            guard age.magnitude <= rules.validFor.microseconds else { throw .stale }
            time = text
        }
        var signed: [UInt8] = []
        for part in rules.content {
            switch part {
            case "method": signed += Array(request.method.utf8)
            case "url": signed += Array(request.url.utf8)
            case "timestamp": signed += Array(time.utf8)
            default: signed += request.body
            }
        }
        // Every secret is tried, whichever fits: the time that it takes tells nothing.
        var isGood = false
        for secret in self.secrets {
            let key = SymmetricKey(data: Array(secret.reveal().utf8))
            let code = Array(HMAC<SHA256>.authenticationCode(for: signed, using: key))
            let expected = rules.encoding == "base64" ? Base64.encoded(code) : Self.hex(code)
            isGood = Self.isSame(Array(expected.utf8), Array(signature.utf8)) || isGood
        }
        guard isGood else { throw .forged }
    }

    /// Compares all bytes, whether or not the first ones differ.
    static func isSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(into: UInt8(0)) { $0 |= $1.0 ^ $1.1 } == 0
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    // MARK: The events

    /// One event; nil for what is not of our objects, or names no record.
    private static func event(_ json: JSON, _ rules: WebhookRules) -> WebhookEvent? {
        guard let type = rules.event.type.first(in: json)?.string, type.utf8.count <= self.longestID else { return nil }
        let word = type.utf8.prefix { $0 != UInt8(ascii: ".") }
        guard let object = rules.objects[String(decoding: word, as: UTF8.self)] else { return nil }
        var records: [Text] = []
        for id in rules.event.records.flatMap({ $0.all(in: json) }).compactMap(Template.text) {
            guard !id.utf8.isEmpty, id.utf8.count <= self.longestID, records.count < 100 else { continue }
            if !records.contains(Text(id)) { records.append(Text(id)) }
        }
        guard !records.isEmpty else { return nil }
        let id = rules.event.id?.first(in: json).flatMap(Template.text) ?? ""
        let time = rules.event.time?.first(in: json).flatMap(Template.text) ?? ""
        return WebhookEvent(
            object: object,
            records: records,
            type: Text(type),
            account: rules.event.account?.first(in: json).flatMap(Template.text).map { Text($0) },
            digest: self.digest([id, type, time] + records.map(\.string))
        )
    }

    /// What is the same event whoever sends it, however often: its id alone is not unique.
    private static func digest(_ parts: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in parts {
            bytes += Array(String(part.utf8.count).utf8) + [UInt8(ascii: ":")] + Array(part.utf8)
        }
        return Array(SHA256.hash(data: bytes).prefix(16))
    }
}
