import Crypto
package import Records
package import Store

/// Makes the keys of effects: the same step always has the same key, and nobody outside can guess another one's.
package struct EffectKeys: Sendable {
    private let secret: [UInt8]

    /// The name of the workspace's setting that holds the secret.
    private static let setting = "effect_secret"

    /// Creates keys from a secret of at least 16 bytes.
    package init(secret: [UInt8]) {
        precondition(secret.count >= 16, "a secret of at least 16 bytes")
        self.secret = secret
    }

    /// The keys of a workspace, whose secret is made at the first call and kept in its store.
    package static func load(from store: Store, randomness: Randomness) throws -> EffectKeys {
        let hex = try store.write { transaction in
            if let known = try transaction.setting(Self.setting) { return known }
            let fresh = (0..<4).map { _ in Self.hex(withUnsafeBytes(of: randomness.next().bigEndian) { Array($0) }) }
            try transaction.setSetting(Self.setting, to: fresh.joined())
            return fresh.joined()
        }
        return EffectKeys(secret: Array(hex.utf8))
    }

    /// The key of an effect: 40 hexadecimal digits of HMAC-SHA256 over what names it.
    package func key(_ place: EffectPlace) -> Text {
        // No part but the step can hold a slash, and the step comes last but one with a number behind it.
        let name = "\(place.source.rawValue)/\(place.subject)/\(place.step)/\(place.visit)"
        return self.key(of: name)
    }

    /// The key of something else that must be recognised when it comes again.
    package func key(of name: String) -> Text {
        let code = HMAC<SHA256>.authenticationCode(for: Array(name.utf8), using: SymmetricKey(data: self.secret))
        return Text(Self.hex(Array(code.prefix(20))))
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
