package import Records

/// Ties a local property to one part of a remote text, such as the last name of `Ada Lovelace`.
///
/// The other parts are the complement: they stay as the remote side has them. A text that has not exactly so many parts
/// is outside the domain, and nothing is guessed about it.
package struct SplitLens: CheckedLens {
    /// What stands once between two parts.
    package let separator: String
    /// Which part it is, from 0.
    package let part: Int
    /// How many parts there are.
    package let count: Int

    /// Creates the transform; the separator must not be empty, and `part` is below `count`.
    package init(by separator: String, part: Int, of count: Int) {
        self.separator = separator
        self.part = part
        self.count = count
    }

    package var name: String { "split" }
    package var definition: String { "split(\(self.separator)|\(self.part + 1)/\(self.count))" }
    package var lensClass: LensClass { .partial }
    package var domain: String { "texts of exactly \(self.count) parts with one \"\(self.separator)\" between them" }
    package var canonicalForm: String { "part \(self.part + 1) of \(self.count)" }
    package var remoteShape: ValueShape { .text }
    package var localShape: ValueShape { .text }

    package func toLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult {
        if remote.isBlank { return .value(Blank.carried(remote, onto: local)) }
        guard let parts = self.parts(of: remote) else {
            return .unmapped("not exactly \(self.count) parts with one \"\(self.separator)\" between them")
        }
        return .value(.text(parts[self.part]))
    }

    package func toRemote(_ local: Value, previous remote: Value, in context: any LensContext) -> LensResult {
        if local.isBlank {
            return remote.isBlank ? .value(remote) : .unmapped("one part of a text cannot be cleared by itself")
        }
        guard var parts = self.parts(of: remote) else {
            return .unmapped("the other parts are unknown, as the CRM holds no text of \(self.count) parts")
        }
        guard case .text(let text) = local else { return .unmapped("\(local.kindName) where text is expected") }
        parts[self.part] = text
        let joined = Value.text(parts.map(\.string).joined(separator: self.separator))
        guard self.parts(of: joined) == parts else {
            return .unmapped("a part that contains \"\(self.separator)\", or joins with it into another")
        }
        return .value(joined)
    }

    /// The parts of a text of the domain; nil for every other value.
    private func parts(of value: Value) -> [Text]? {
        guard case .text(let text) = value else { return nil }
        let (bytes, mark) = (Array(text.string.utf8), Array(self.separator.utf8))
        var (parts, start, index) = ([Text](), 0, 0)
        func add(_ end: Int) {
            parts.append(Text(String(decoding: bytes[start..<end], as: UTF8.self)))
        }
        while index < bytes.count {
            if bytes[index...].starts(with: mark) {
                add(index)
                index += mark.count
                start = index
            } else {
                index += 1
            }
        }
        add(bytes.count)
        return parts.count == self.count && parts.allSatisfy { !$0.isEmpty } ? parts : nil
    }

    package func sampleRemote(_ source: inout SampleSource) -> Value {
        if source.oneIn(6) { return source.value(of: .text) }
        let words: [Text] = ["Ada", "Lovelace", "Grace", "O'Neil", "日本", "12 rue X", "75001"]
        let parts = (0..<self.count).map { _ in source.pick(words) ?? "" }
        return .text(parts.map(\.string).joined(separator: self.separator))
    }

    package func sampleLocal(_ source: inout SampleSource) -> Value {
        source.oneIn(3) ? source.value(of: .text) : source.pick(["Ada", "Lovelace", "Hopper"]) ?? .null
    }
}
