/// The way to a value inside a JSON document: object keys, and at most one step through all elements of an array.
///
/// Written `paging.next.after`, or `associations.companies.results[].id`, which gathers the `id` of each element into
/// one JSON array. A dot or backslash inside a key is written with a backslash before it: `party\..rec_name`.
package struct JSONPath: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The keys from the outside in; empty for the document or record itself.
    package let keys: [String]
    /// How many of the keys lead to the array that is gone through; `nil` when there is none.
    package let each: Int?

    /// Makes a path of exact keys.
    package init(keys: [String], each: Int? = nil) {
        self.keys = keys
        self.each = each
    }

    /// Reads a written path; `nil` when a key is empty, a backslash ends it, or `[]` occurs twice or first.
    package init?(_ text: String) {
        guard !text.isEmpty else {
            self.init(keys: [])
            return
        }
        var keys: [String] = []
        var each: Int?
        var key: [UInt8] = []
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "\\"):
                guard let escaped = bytes.popFirst() else { return nil }
                key.append(escaped)
            case UInt8(ascii: "."):
                guard !key.isEmpty else { return nil }
                keys.append(String(decoding: key, as: UTF8.self))
                key = []
            case UInt8(ascii: "[") where bytes.first == UInt8(ascii: "]"):
                bytes.removeFirst()
                guard each == nil, !key.isEmpty, bytes.isEmpty || bytes.first == UInt8(ascii: ".") else { return nil }
                each = keys.count + 1
            default: key.append(byte)
            }
        }
        guard !key.isEmpty else { return nil }
        keys.append(String(decoding: key, as: UTF8.self))
        self.init(keys: keys, each: each)
    }

    /// A path written in the source; a wrong one is our own mistake.
    package init(stringLiteral value: String) {
        guard let path = JSONPath(value) else { preconditionFailure("not a JSON path: \(value)") }
        self = path
    }

    /// The path of a key inside what this path leads to.
    package func appending(_ key: String) -> JSONPath {
        JSONPath(keys: keys + [key], each: each)
    }

    package static func == (left: JSONPath, right: JSONPath) -> Bool {
        left.each == right.each && left.keys.count == right.keys.count
            && zip(left.keys, right.keys).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(each)
        for key in keys {
            for byte in key.utf8 { hasher.combine(byte) }
            hasher.combine(UInt8(0))
        }
    }

    /// Whether the keys of this path are the first ones of another.
    func leads(to other: JSONPath) -> Bool {
        keys.count <= other.keys.count && zip(keys, other.keys).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
    }
}
