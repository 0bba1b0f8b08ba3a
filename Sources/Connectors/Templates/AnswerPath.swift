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
        self.keys = dotted.split(separator: ".").map(String.init)
    }

    /// The path behind another one.
    func under(_ other: AnswerPath) -> AnswerPath { AnswerPath(other.keys + self.keys) }

    /// The first value there; nil if the path leads nowhere.
    func first(in value: JSON) -> JSON? { self.all(in: value).first }

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
