/// How much a JSON document may ask of us.
package struct JSONLimits: Sendable {
    /// The longest text, in bytes.
    package var bytes: Int
    /// How deep arrays and objects may nest; a scalar is depth 0.
    package var depth: Int
    /// How many values there may be, because a byte or two of text can cost 24 bytes of memory.
    package var values: Int
    /// Whether U+0000 may stand in a text, which is then never stored.
    package var allowsNul = false

    /// Limits for an answer of a CRM; the depth is ASVS 15.2.2's.
    package init(bytes: Int = 16 << 20, depth: Int = 64, values: Int = 1_000_000) {
        self.bytes = bytes
        self.depth = depth
        self.values = values
    }
}

extension JSON {
    /// Reads a document of RFC 8259; throws `JSONError` with the byte where it goes wrong.
    ///
    /// Stricter than most: the same key twice in one object is refused, since two readers of it could understand two
    /// different things; so are U+0000, lone surrogates, and anything that is not UTF-8.
    package init(parsing bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        guard bytes.count <= limits.bytes else { throw JSONError(.tooLarge, at: limits.bytes) }
        var parser = JSONParser(scanner: JSONScanner(bytes), limits: limits)
        self = try parser.document()
    }

    /// Reads a document from an array of bytes.
    package init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        self = try bytes.withUnsafeBufferPointer { buffer throws(JSONError) in
            try JSON(parsing: buffer, limits: limits)
        }
    }

    /// Reads a document from text.
    package init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }
}

/// Builds a `JSON` from tokens by recursive descent; the depth limit bounds the recursion.
private struct JSONParser {
    var scanner: JSONScanner
    let limits: JSONLimits
    var values = 0

    init(scanner: JSONScanner, limits: JSONLimits) {
        self.scanner = scanner
        self.scanner.allowsNul = limits.allowsNul
        self.limits = limits
    }

    mutating func document() throws(JSONError) -> JSON {
        let value = try value(depth: 0)
        guard scanner.peek() == nil else { throw JSONError(.trailingBytes, at: scanner.offset) }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        guard let byte = scanner.peek() else { throw JSONError(.truncated, at: scanner.offset) }
        values += 1
        guard values <= limits.values else { throw JSONError(.tooLarge, at: scanner.offset) }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try scanner.text(try scanner.string()))
        case UInt8(ascii: "t"):
            try scanner.literal("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try scanner.literal("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try scanner.literal("null")
            return .null
        case UInt8(ascii: "-"), 0x30...0x39:
            return .number(String(decoding: scanner.bytes[try scanner.number()], as: UTF8.self))
        default: throw JSONError(.unexpectedByte, at: scanner.offset)
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSON {
        guard depth <= limits.depth else { throw JSONError(.tooDeep, at: scanner.offset) }
        try scanner.expect(UInt8(ascii: "["))
        var elements: [JSON] = []
        guard !scanner.take(UInt8(ascii: "]")) else { return .array(elements) }
        repeat { elements.append(try value(depth: depth)) } while try scanner.goesOn(to: UInt8(ascii: "]"))
        return .array(elements)
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSON {
        guard depth <= limits.depth else { throw JSONError(.tooDeep, at: scanner.offset) }
        try scanner.expect(UInt8(ascii: "{"))
        var members: [(key: String, value: JSON)] = []
        guard !scanner.take(UInt8(ascii: "}")) else { return .object(members) }
        var keys = KeySet()
        repeat {
            _ = scanner.peek()
            let place = scanner.offset
            let key = try scanner.text(try scanner.string())
            guard keys.insert(key, after: members) else { throw JSONError(.duplicateKey, at: place) }
            try scanner.expect(UInt8(ascii: ":"))
            members.append((key: key, value: try value(depth: depth)))
        } while try scanner.goesOn(to: UInt8(ascii: "}"))
        return .object(members)
    }
}

/// The keys of one object seen so far, by their bytes; a set only once an object is larger than most.
private struct KeySet {
    private struct Key: Hashable {
        let text: String

        static func == (left: Key, right: Key) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

        func hash(into hasher: inout Hasher) {
            var text = text
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }

    private static let fewMembers = 12
    private var seen: Set<Key> = []

    mutating func insert(_ key: String, after members: [(key: String, value: JSON)]) -> Bool {
        if members.count < Self.fewMembers {
            return !members.contains { $0.key.utf8.elementsEqual(key.utf8) }
        }
        if seen.isEmpty { seen = Set(members.map { Key(text: $0.key) }) }
        return seen.insert(Key(text: key)).inserted
    }
}
