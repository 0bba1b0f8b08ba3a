import Records

/// Makes a server's message fit for logs and reports: without secrets, without the values we sent, and short.
struct Scrubber: Sendable {
    /// The longest message, in characters.
    static let limit = 300

    /// Texts that must never appear, credentials first.
    private let hidden: [[UInt8]]
    private let rules: [(after: String, until: String)]

    /// Creates a scrubber for secrets of any length and values of three bytes or more.
    init(secrets: [String], values: [String] = [], rules: [(after: String, until: String)]) {
        let texts = secrets.filter { !$0.utf8.isEmpty } + values.filter { $0.utf8.count >= 3 }
        self.hidden = Set(texts).map { Array($0.utf8) }.sorted { ($0.count, $1) > ($1.count, $0) }
        self.rules = rules
    }

    /// The same scrubber, hiding more values.
    func hiding(_ values: [String]) -> Scrubber {
        Scrubber(secrets: self.hidden.map { String(decoding: $0, as: UTF8.self) }, values: values, rules: self.rules)
    }

    /// The message without what must not be in it.
    func clean(_ message: String) -> String {
        var bytes = Array(message.utf8.prefix(4096))
        for text in self.hidden { bytes = Self.replacing(text, in: bytes) }
        for rule in self.rules { bytes = Self.replacing(between: rule.after, rule.until, in: bytes) }
        let words = String(decoding: bytes, as: UTF8.self).split { $0.isWhitespace || $0.isNewline }
        let clean = words.map { $0.utf8.contains(UInt8(ascii: "@")) ? "…" : String($0) }.joined(separator: " ")
        let printable = String(clean.unicodeScalars.filter { !Self.isControl($0) }.map(Character.init))
        return printable.count > Self.limit ? printable.prefix(Self.limit) + "…" : printable
    }

    /// Control characters and those that turn the direction of text around.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    private static func replacing(_ text: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        var (result, start) = ([UInt8](), 0)
        while let place = bytes.place(of: text, from: start) {
            result += bytes[start..<place] + Array("…".utf8)
            start = place + text.count
        }
        return result + bytes[start...]
    }

    private static func replacing(between after: String, _ until: String, in bytes: [UInt8]) -> [UInt8] {
        var (result, start) = ([UInt8](), 0)
        while let open = bytes.place(of: Array(after.utf8), from: start).map({ $0 + after.utf8.count }),
            let close = bytes.place(of: Array(until.utf8), from: open)
        {
            result += bytes[start..<open] + Array("…".utf8)
            start = close
            result += bytes[start..<(close + until.utf8.count)]
            start += until.utf8.count
        }
        return result + bytes[start...]
    }
}

private func > (left: (Int, [UInt8]), right: (Int, [UInt8])) -> Bool {
    left.0 == right.0 ? right.1.lexicographicallyPrecedes(left.1) : left.0 > right.0
}
