import Synchronization

/// Takes secrets out of what is about to be written down: by the names they go under, and by what they are.
///
/// Names cover what a server sends before anyone could register it; registered values cover secrets in places without
/// a name. Both look at bytes, in decoded form where an encoding could hide them.
package final class Redactor: Sendable {
    /// What stands in a secret's place.
    package static let replacement = "REDACTED"

    /// Names under which OAuth, the CRMs and their peers send secrets in bodies and query strings.
    package static let usualKeys = [
        "access_token", "api_key", "apikey", "assertion", "auth_token", "authorization", "client_assertion",
        "client_secret", "code_verifier", "device_code", "hapikey", "id_token", "passwd", "password", "private_key",
        "refresh_token", "secret", "session", "session_id", "signature", "token",
    ]

    /// Parts of header names that give away a secret.
    private static let headerParts = ["authorization", "cookie", "token", "secret", "apikey", "password", "signature"]

    private let keys: Set<[UInt8]>
    private let secrets = Mutex<[[UInt8]]>([])

    /// Makes a redactor for the usual keys and others; case, `-` and `_` make no difference in a key.
    package init(keys: [String] = Redactor.usualKeys) {
        self.keys = Set(keys.map { Self.bareName($0.utf8) })
    }

    /// Adds a value that must never be written, such as a token just received; an empty one is ignored.
    package func register(_ secret: String) {
        guard !secret.isEmpty else { return }
        secrets.withLock { secrets in
            let bytes = Array(secret.utf8)
            guard !secrets.contains(bytes) else { return }
            secrets.append(bytes)
            // The longest first, so that a secret that begins with another goes as a whole.
            secrets.sort { $0.count > $1.count }
        }
    }

    /// Whether a key of a body or query names a secret.
    func isSecret(key: some Sequence<UInt8>) -> Bool { keys.contains(Self.bareName(key)) }

    /// Whether a header's name gives away a secret.
    func isSecret(header: String) -> Bool {
        let name = String(decoding: Self.bareName(header.utf8), as: UTF8.self)
        return isSecret(key: header.utf8) || Self.headerParts.contains { name.contains($0) }
    }

    /// Whether a registered value occurs in these bytes.
    func holdsSecret(_ bytes: [UInt8]) -> Bool {
        secrets.withLock { secrets in secrets.contains { bytes.firstPlace(of: $0) != nil } }
    }

    /// The bytes with every registered value replaced.
    package func scrub(_ bytes: [UInt8]) -> [UInt8] {
        secrets.withLock { secrets in secrets.reduce(bytes) { $0.replacing($1, with: Array(Self.replacement.utf8)) } }
    }

    /// The text with every registered value replaced.
    package func scrub(_ text: String) -> String {
        String(decoding: scrub(Array(text.utf8)), as: UTF8.self)
    }

    /// A header's value, or what may be said of it: of credentials only their scheme is left.
    package func headerValue(_ name: String, _ value: String) -> String {
        guard isSecret(header: name) else {
            return value.utf8.contains(UInt8(ascii: "?")) ? url(value) : scrub(value)
        }
        let schemes = ["Basic", "Bearer", "Digest", "Session", "Token"]
        let scheme = schemes.first { value.lowercased().hasPrefix($0.lowercased() + " ") }
        return scheme.map { "\($0) \(Self.replacement)" } ?? Self.replacement
    }

    /// A URL with the values of secret keys, and every component that holds a registered value, replaced.
    package func url(_ url: String) -> String {
        let bytes = Array(url.utf8)
        let query = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        var result = components(bytes[..<query], separator: UInt8(ascii: "/"))
        if query < bytes.endIndex {
            result.append(UInt8(ascii: "?"))
            result.append(contentsOf: form(bytes[(query + 1)...]))
        }
        result = scrub(result)
        // A secret may hold the very bytes at which the parts were split.
        return holdsEncodedSecret(result[...]) ? Self.replacement : String(decoding: result, as: UTF8.self)
    }

    /// A form or query with the values of secret keys, and those that hold a registered value, replaced.
    func form(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let pairs = bytes.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
        let redacted = pairs.map { pair -> [UInt8] in
            let end = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let key = pair[..<end]
            guard end < pair.endIndex else { return component(key) }
            let value = pair[(end + 1)...]
            guard !holdsEncodedSecret(pair) || holdsEncodedSecret(key) || holdsEncodedSecret(value) else {
                return Array(Self.replacement.utf8)
            }
            let kept =
                isSecret(key: Self.percentDecoded(key, plus: 0x20)) ? Array(Self.replacement.utf8) : component(value)
            return component(key) + [UInt8(ascii: "=")] + kept
        }
        return Array(redacted.joined(separator: [UInt8(ascii: "&")]))
    }

    private func components(_ bytes: ArraySlice<UInt8>, separator: UInt8) -> [UInt8] {
        let parts = bytes.split(separator: separator, omittingEmptySubsequences: false)
        return Array(parts.map(component).joined(separator: [separator]))
    }

    private func component(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        holdsEncodedSecret(bytes) ? Array(Self.replacement.utf8) : Array(bytes)
    }

    /// A `+` is a space in a form and itself in a path.
    private func holdsEncodedSecret(_ bytes: ArraySlice<UInt8>) -> Bool {
        holdsSecret(Self.percentDecoded(bytes, plus: 0x20))
            || holdsSecret(Self.percentDecoded(bytes, plus: UInt8(ascii: "+")))
    }

    /// Lower-case letters and digits only, so that `accessToken` is `access_token`.
    private static func bareName(_ name: some Sequence<UInt8>) -> [UInt8] {
        name.compactMap { byte in
            switch byte {
            case 0x41...0x5A: byte | 0x20
            case UInt8(ascii: "-"), UInt8(ascii: "_"): nil
            default: byte
            }
        }
    }

    private static func percentDecoded(_ bytes: ArraySlice<UInt8>, plus: UInt8) -> [UInt8] {
        func digit(_ byte: UInt8) -> UInt8? { Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init) }
        var result: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2, let high = digit(rest[rest.startIndex]),
                let low = digit(rest[rest.startIndex + 1])
            {
                result.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte == UInt8(ascii: "+") ? plus : byte)
            }
        }
        return result
    }
}
