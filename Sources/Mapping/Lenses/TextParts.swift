import Records

/// How a text is made of parts: so many, with one separator between two of them.
///
/// With `alone`, a text without a separator is that one part, and the others are blank. A text of any other form is
/// outside the domain, and nothing is guessed about it.
package struct TextParts: Hashable, Sendable {
    /// What stands once between two parts; not empty.
    package let separator: String
    /// How many parts there are, at least 2.
    package let count: Int
    /// Which part a text without a separator is, from 0; nil if such a text is outside the domain.
    package let alone: Int?

    /// Creates the form of a text.
    package init(by separator: String, of count: Int, alone: Int? = nil) {
        self.separator = separator
        self.count = count
        self.alone = alone
    }

    /// The texts of the domain, in words.
    var domain: String {
        let whole = "texts of exactly \(self.count) parts with one \"\(self.separator)\" between them"
        return self.alone.map { "\(whole), or of part \($0 + 1) alone" } ?? whole
    }

    /// Why a text is outside the domain.
    var complaint: String { "not exactly \(self.count) parts with one \"\(self.separator)\" between them" }

    /// The parts of a text, nil for a blank one; nil for every value outside the domain.
    func parts(of value: Value) -> [Text?]? {
        guard case .text(let text) = value, !text.isEmpty else { return nil }
        let (bytes, mark) = (Array(text.string.utf8), Array(self.separator.utf8))
        var (parts, start, index) = ([Text?](), 0, 0)
        func part(_ end: Int) -> Text? { start < end ? Text(String(decoding: bytes[start..<end], as: UTF8.self)) : nil }
        while index < bytes.count {
            if bytes[index...].starts(with: mark) {
                parts.append(part(index))
                index += mark.count
                start = index
            } else {
                index += 1
            }
        }
        parts.append(part(bytes.count))
        if parts.count == 1, let alone { return (0..<self.count).map { $0 == alone ? text : nil } }
        return parts.count == self.count && parts.allSatisfy { $0 != nil } ? parts : nil
    }

    /// The text of these parts; nil if there is none, or if it would be read as others.
    func join(_ parts: [Text?]) -> Text? {
        let present = parts.indices.filter { parts[$0] != nil }
        guard present.count == self.count || (self.alone.map { [$0] == present } ?? false) else { return nil }
        let text = Text(parts.compactMap { $0?.string }.joined(separator: self.separator))
        return self.parts(of: .text(text)) == parts ? text : nil
    }

    /// Whether a text can be a part.
    func isPart(_ text: Text) -> Bool {
        let (bytes, mark) = (Array(text.string.utf8), Array(self.separator.utf8))
        return !bytes.isEmpty && !bytes.indices.contains { bytes[$0...].starts(with: mark) }
    }
}
