/// Why a text is not JSON, and where.
struct JSONProblem: Error {
    var message: String
    var line: Int
    var column: Int
}

/// A strict JSON reader (RFC 8259) with a limit on nesting.
struct JSONParser {
    private let input: [UInt8]
    private var position = 0
    private static let deepest = 64

    /// Parses a whole document.
    static func parse(_ input: [UInt8]) throws(JSONProblem) -> JSONNode {
        var parser = Self(input: input)
        guard String(validating: input, as: UTF8.self) != nil else {
            throw parser.problem("Invalid UTF-8")
        }
        parser.skipSpace()
        let node = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.position == input.count else { throw parser.problem("Unexpected text after the document") }
        return node
    }

    private init(input: [UInt8]) { self.input = input }

    private var current: UInt8? { self.position < self.input.count ? self.input[self.position] : nil }

    private func problem(_ message: String) -> JSONProblem {
        let before = self.input[..<min(self.position, self.input.count)]
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return JSONProblem(
            message: message,
            line: before.count { $0 == 0x0A } + 1,
            column: before.count - lineStart + 1
        )
    }

    private mutating func skipSpace() {
        while let byte = self.current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            self.position += 1
        }
    }

    private mutating func value(depth: Int) throws(JSONProblem) -> JSONNode {
        guard depth < Self.deepest else { throw self.problem("Nested too deeply") }
        switch self.current {
        case UInt8(ascii: "{"): return try self.object(depth: depth)
        case UInt8(ascii: "["): return try self.array(depth: depth)
        case UInt8(ascii: "\""): return .string(try self.string())
        case UInt8(ascii: "t"): return try self.word("true", .bool(true))
        case UInt8(ascii: "f"): return try self.word("false", .bool(false))
        case UInt8(ascii: "n"): return try self.word("null", .null)
        case .none: throw self.problem("Unexpected end of input")
        default: return try self.number()
        }
    }

    private mutating func word(_ word: String, _ node: JSONNode) throws(JSONProblem) -> JSONNode {
        guard self.input[self.position...].starts(with: word.utf8) else { throw self.problem("Unexpected token") }
        self.position += word.utf8.count
        return node
    }

    private mutating func object(depth: Int) throws(JSONProblem) -> JSONNode {
        var members: [JSONMember] = []
        self.position += 1
        self.skipSpace()
        if self.take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            self.skipSpace()
            guard self.current == UInt8(ascii: "\"") else { throw self.problem("Expected a field name") }
            let name = try self.string()
            self.skipSpace()
            guard self.take(UInt8(ascii: ":")) else { throw self.problem("Expected a colon") }
            self.skipSpace()
            members.append(JSONMember(name: name, value: try self.value(depth: depth + 1)))
            self.skipSpace()
            if self.take(UInt8(ascii: "}")) { return .object(members) }
            guard self.take(UInt8(ascii: ",")) else { throw self.problem("Expected a comma or }") }
        }
    }

    private mutating func array(depth: Int) throws(JSONProblem) -> JSONNode {
        var elements: [JSONNode] = []
        self.position += 1
        self.skipSpace()
        if self.take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            self.skipSpace()
            elements.append(try self.value(depth: depth + 1))
            self.skipSpace()
            if self.take(UInt8(ascii: "]")) { return .array(elements) }
            guard self.take(UInt8(ascii: ",")) else { throw self.problem("Expected a comma or ]") }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard self.current == byte else { return false }
        self.position += 1
        return true
    }

    private mutating func number() throws(JSONProblem) -> JSONNode {
        let start = self.position
        _ = self.take(UInt8(ascii: "-"))
        let firstDigit = self.current
        guard self.digits() > 0 else { throw self.problem("Unexpected token") }
        let leading = firstDigit == UInt8(ascii: "0") ? self.position - start : 0
        guard leading <= (self.input[start] == UInt8(ascii: "-") ? 2 : 1) else { throw self.problem("Leading zero") }
        if self.take(UInt8(ascii: ".")) {
            guard self.digits() > 0 else { throw self.problem("Expected a digit") }
        }
        if self.take(UInt8(ascii: "e")) || self.take(UInt8(ascii: "E")) {
            if !self.take(UInt8(ascii: "+")) { _ = self.take(UInt8(ascii: "-")) }
            guard self.digits() > 0 else { throw self.problem("Expected a digit") }
        }
        return .number(Array(self.input[start..<self.position]))
    }

    private mutating func digits() -> Int {
        let start = self.position
        while let byte = self.current, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { self.position += 1 }
        return self.position - start
    }

    private mutating func string() throws(JSONProblem) -> [UInt8] {
        self.position += 1
        var text: [UInt8] = []
        var runStart = self.position
        while let byte = self.current {
            if byte == UInt8(ascii: "\"") {
                text.append(contentsOf: self.input[runStart..<self.position])
                self.position += 1
                return text
            }
            guard byte >= 0x20 else { throw self.problem("Illegal unquoted control character") }
            if byte == UInt8(ascii: "\\") {
                text.append(contentsOf: self.input[runStart..<self.position])
                self.position += 1
                try self.escape(into: &text)
                runStart = self.position
            } else {
                self.position += 1
            }
        }
        throw self.problem("Unexpected end of input in a string")
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONProblem) {
        guard let byte = self.current else { throw self.problem("Unexpected end of input in a string") }
        self.position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): try self.unicodeEscape(into: &text)
        default: throw self.problem("Unrecognized character escape")
        }
    }

    private mutating func unicodeEscape(into text: inout [UInt8]) throws(JSONProblem) {
        var code = UInt32(try self.codeUnit())
        let hasPair = self.input[self.position...].starts(with: "\\u".utf8)
        if 0xD800...0xDBFF ~= code, hasPair {
            let restart = self.position
            self.position += 2
            let low = UInt32(try self.codeUnit())
            if 0xDC00...0xDFFF ~= low {
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            } else {
                self.position = restart
            }
        }
        // A lone surrogate is not text: Java's encoder writes a question mark for it.
        text.append(contentsOf: String(Character(Unicode.Scalar(code) ?? "?")).utf8)
    }

    private mutating func codeUnit() throws(JSONProblem) -> UInt16 {
        var code: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = self.current, let digit = hexDigit(byte) else {
                throw self.problem("Expected a hexadecimal digit")
            }
            code = code << 4 | UInt16(digit)
            self.position += 1
        }
        return code
    }
}
