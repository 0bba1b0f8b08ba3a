import Crypto
import Records

/// Stable hashes of definitions, as 64 hexadecimal digits of SHA-256.
package enum Fingerprint {
    /// The hash of parts, each with its length, so that no two lists of parts look alike.
    package static func of(_ parts: [String]) -> String {
        var hash = SHA256()
        for part in parts {
            hash.update(data: Array("\(part.utf8.count):".utf8))
            hash.update(data: Array(part.utf8))
        }
        let digits = Array("0123456789abcdef".utf8)
        let hex = hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: hex, as: UTF8.self)
    }

    /// The hash of a file's content, whatever its comments, quotes and order of keys.
    package static func of(_ node: YAMLNode) -> String {
        var parts: [String] = []
        Self.collect(node, &parts)
        return self.of(parts)
    }

    private static func collect(_ node: YAMLNode, _ parts: inout [String]) {
        switch node.content {
        case .scalar(let scalar):
            parts.append(scalar.isNull ? "null" : "text")
            parts.append(scalar.text)
        case .sequence(let elements):
            parts.append("list \(elements.count)")
            for element in elements { Self.collect(element, &parts) }
        case .mapping(let entries):
            parts.append("keys \(entries.count)")
            for entry in entries.sorted(by: { Text($0.key) < Text($1.key) }) {
                parts.append(entry.key)
                Self.collect(entry.value, &parts)
            }
        }
    }
}
