import Mapping

/// Writes random YAML in all the ways in which people do: brackets or not, any indentation, quotes, comments, blank lines.
struct RandomYAML {
    private var source: SampleSource
    /// The comments that were written, in their order.
    private(set) var comments: [String] = []

    init(seed: UInt64) { self.source = SampleSource(seed: seed) }

    /// A file like a mapping: keys of one, in any order, with values of any shape.
    mutating func file() -> String {
        var keys = MappingLanguage.fileKeys.filter { _ in self.source.oneIn(2) }
        if keys.isEmpty { keys = ["fields"] }
        keys.shuffle(using: &self.source)
        var lines = self.decoration(0)
        for key in keys { lines += self.entry(key, indent: 0, depth: 0) }
        return lines.joined(separator: "\n") + "\n" + (self.source.oneIn(4) ? "\n# the end\n" : "")
    }

    // MARK: Blocks

    private mutating func decoration(_ indent: Int) -> [String] {
        let space = String(repeating: " ", count: indent)
        return (0..<self.source.below(4)).flatMap { _ -> [String] in
            if self.source.oneIn(3) { return [""] }
            guard self.source.oneIn(3) else { return [] }
            return [space + self.comment()]
        }
    }

    private mutating func comment() -> String {
        let texts = [
            "# why", "#without a blank", "# it's \"quoted\" # twice", "# { not: [ a, list", "# ünïcödé – ✓", "#",
        ]
        return self.source.pick(texts) ?? "#"
    }

    private mutating func trailing() -> String { self.source.oneIn(4) ? " " + self.comment() : "" }

    private mutating func entry(_ key: String, indent: Int, depth: Int) -> [String] {
        let space = String(repeating: " ", count: indent)
        let head = space + self.keyText(key) + ":"
        let step = 1 + self.source.below(4)
        switch self.source.below(depth > 3 ? 5 : 9) {
        case 0: return [head + self.trailing()]
        case 1...3: return [head + " " + self.scalar(inFlow: false) + self.trailing()]
        case 4: return ["\(head) \(self.flow(depth))\(self.trailing())"]
        case 5: return self.text(head, indent: indent + step)
        case 6, 7:
            let keys = self.someKeys()
            return [head + self.trailing()]
                + keys.flatMap { key in
                    self.decoration(indent + step) + self.entry(key, indent: indent + step, depth: depth + 1)
                }
        default:
            // A list may stand as far out as its key.
            let own = self.source.oneIn(3) ? indent : indent + step
            return [head + self.trailing()]
                + (0..<(1 + self.source.below(3))).flatMap { _ in
                    self.decoration(own) + self.element(indent: own, depth: depth + 1)
                }
        }
    }

    private mutating func element(indent: Int, depth: Int) -> [String] {
        let space = String(repeating: " ", count: indent)
        let gap = String(repeating: " ", count: 1 + self.source.below(3))
        switch self.source.below(depth > 3 ? 2 : 4) {
        case 0: return [space + "-" + gap + self.scalar(inFlow: false) + self.trailing()]
        case 1: return [space + "-" + gap + self.flow(depth) + self.trailing()]
        case 2: return self.text(space + "-", indent: indent + 2)
        default:
            let inner = indent + 1 + gap.count
            var lines: [String] = []
            for key in self.someKeys() {
                if !lines.isEmpty { lines += self.decoration(inner) }
                lines += self.entry(key, indent: inner, depth: depth + 1)
            }
            lines[0] = space + "-" + gap + lines[0].dropFirst(inner)
            return lines
        }
    }

    /// A text after `|` or `>`.
    private mutating func text(_ head: String, indent: Int) -> [String] {
        let space = String(repeating: " ", count: indent)
        let sign = self.source.pick(["|", ">", "|-", ">-", "|+", ">+"]) ?? "|"
        let body = ["a # that is no comment", "", "  further in", "- no list", "it's: \"text\"", "{ [", "last"]
        let lines = ["first"] + (0..<self.source.below(4)).map { _ in self.source.pick(body) ?? "" }
        return ["\(head) \(sign)"] + lines.map { $0.isEmpty ? "" : space + $0 } + [space + "end"]
    }

    private mutating func someKeys() -> [String] {
        let all = MappingLanguage.fieldKeys + ["a b", "true", "1", "é", "x-y"]
        var keys: [String] = []
        for _ in 0..<(1 + self.source.below(4)) {
            if let key = self.source.pick(all), !keys.contains(key) { keys.append(key) }
        }
        return keys
    }

    private mutating func keyText(_ key: String) -> String {
        switch self.source.below(6) {
        case 0: "\"\(key)\""
        case 1: "'\(key)'"
        default: key
        }
    }

    // MARK: Brackets and values

    private mutating func flow(_ depth: Int) -> String {
        let count = self.source.below(4)
        let isNested = depth < 4
        // Sometimes one element a line, with comments.
        let isLong = self.source.oneIn(5) && count > 0
        var parts: [String] = []
        let isList = self.source.oneIn(2)
        let keys = self.someKeys()
        for index in 0..<count {
            let value = isNested && self.source.oneIn(3) ? self.flow(depth + 1) : self.scalar(inFlow: true)
            if isList {
                parts.append(value)
            } else if index < keys.count {
                parts.append("\(self.keyText(keys[index])): \(value)")
            }
        }
        let (open, close) = isList ? ("[", "]") : ("{", "}")
        let space = String(repeating: " ", count: 40)
        guard isLong, !parts.isEmpty else {
            let gap = self.source.oneIn(2) ? " " : ""
            return open + gap + parts.joined(separator: self.source.oneIn(2) ? ", " : " ,  ") + gap + close
        }
        let lines = parts.map { part in "\(space)\(part)," + self.trailing() }
        return "\(open)\(self.trailing())\n\(lines.joined(separator: "\n"))\n\(space)\(close)"
    }

    private mutating func scalar(inFlow: Bool) -> String {
        let plain = [
            "trim", "a b", "email", "42", "-1.5", "true", "no", "null", "~", "2026-01-01", "it's", "a-b", "x#y", "é",
            "remote.city == 'x'", "a/b", "1e5", "0x1F", "+33", "off",
        ]
        let quoted = [
            "plain", "", "a, b", "key: value", "# no comment", "it's", "say \\\"hi\\\"", "tab\\there", "null", "true",
            "42",
            " blanks ", "{ }", "[", "é", "\\u2028", "line\\nbreak", "back\\\\slash", "https://x", "*a", "&b", "!c",
            "@d",
        ]
        let single = ["plain", "", "it''s", "a: b", "# no", "say \"hi\"", "\\n stays", "{", "no", "1.0"]
        switch self.source.below(4) {
        case 0: return "\"\(self.source.pick(quoted) ?? "")\""
        case 1: return "'\(self.source.pick(single) ?? "")'"
        case 2 where !inFlow:
            return self.source.pick(["a, b", "${x}", "x [y]", "a {b}", "one\n        two", "a:b"]) ?? "a"
        default: return self.source.pick(plain) ?? "a"
        }
    }
}
