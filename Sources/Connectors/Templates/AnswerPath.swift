import Records

/// A way into an answer: keys, places in lists, and `*` for every element of a list.
///
/// Written `paging.next.after`, or as a list of keys where a key has a dot in it. The empty path is the answer itself.
struct AnswerPath: Hashable, Sendable {
    let keys: [String]

    init(_ keys: [String]) {
        self.keys = keys
    }

    init(_ dotted: String) {
        self.keys = dotted.utf8.split(separator: UInt8(ascii: ".")).map { String(Substring($0)) }
    }

    /// The path behind another one.
    func under(_ other: AnswerPath) -> AnswerPath { AnswerPath(other.keys + self.keys) }

    /// The first value there; nil if the path leads nowhere.
    func first(in value: JSON) -> JSON? {
        guard !self.keys.contains("*") else { return self.all(in: value).first }
        var found = value
        for key in self.keys {
            if case .array = found {
                guard let element = Int(key).flatMap({ found[$0] }) else { return nil }
                found = element
            } else {
                guard let member = found[key] else { return nil }
                found = member
            }
        }
        return found
    }

    /// All values there, in order; more than one only with `*` in the path.
    func all(in value: JSON) -> [JSON] {
        self.keys.reduce([value]) { found, key in found.flatMap { Self.step(key, in: $0) } }
    }

    private static func step(_ key: String, in value: JSON) -> [JSON] {
        if key == "*" { return value.array ?? value.object?.map(\.value) ?? [] }
        if case .array = value { return Int(key).flatMap { value[$0] }.map { [$0] } ?? [] }
        return value[key].map { [$0] } ?? []
    }
}
