import Crypto
import Mapping
import Records

extension YAMLNode {
    /// The node as JSON that the same reader takes: keys in the order of their bytes, comments and spacing gone.
    ///
    /// JSON is YAML, so a stored definition needs no reader of its own; plain numbers and truth values stay plain, all
    /// other scalars are quoted. `omitting` names keys of this block that are left out.
    func canonicalJSON(omitting keys: [String] = []) -> JSON {
        switch self.content {
        case .scalar(let scalar):
            if scalar.isNull { return .null }
            guard scalar.style == .plain else { return .string(scalar.text) }
            if scalar.text == "true" || scalar.text == "false" { return .bool(scalar.text == "true") }
            let isNumber = (try? JSON(parsing: scalar.text))?.double != nil
            return isNumber ? .number(scalar.text) : .string(scalar.text)
        case .sequence(let elements): return .array(elements.map { $0.canonicalJSON() })
        case .mapping(let entries):
            let kept = entries.filter { entry in !keys.contains { $0.hasSameBytes(as: entry.key) } }
            let sorted = kept.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            return .object(sorted.map { (key: $0.key, value: $0.value.canonicalJSON()) })
        }
    }
}

/// SHA-256 in hexadecimal.
enum ContentHash {
    static func of(_ text: String) -> Text {
        let digits = Array("0123456789abcdef".utf8)
        let digest = SHA256.hash(data: Array(text.utf8))
        return Text(String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self))
    }
}
