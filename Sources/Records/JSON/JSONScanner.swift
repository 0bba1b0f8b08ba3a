/// Steps through JSON text token by token; what `JSONParser` and the lenient page reader have in common.
///
/// Never reads outside the buffer, whatever the bytes are. The buffer must outlive the scanner.
package struct JSONScanner {
    /// A string as it stands in the text, without its quotes.
    package struct RawString {
        /// The bytes between the quotes.
        package let range: Range<Int>
        /// Whether a backslash occurs in them, so that they must be decoded.
        package let isEscaped: Bool
    }

    /// The text.
    package let bytes: UnsafeBufferPointer<UInt8>
    /// The place of the next byte.
    package private(set) var offset: Int
    /// Whether `\u0000` is text like any other; nothing that is stored may have it.
    var allowsNul = false

    /// Starts at a place of the text.
    package init(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    /// The next byte that is not white space, not yet consumed; `nil` at the end.
    package mutating func peek() -> UInt8? {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            case let byte: return byte
            }
        }
        return nil
    }

    /// The next byte that is not white space; throws at the end.
    package mutating func next() throws(JSONError) -> UInt8 {
        guard let byte = peek() else { throw JSONError(.truncated, at: offset) }
        offset += 1
        return byte
    }

    /// Consumes one punctuation byte or throws.
    package mutating func expect(_ byte: UInt8) throws(JSONError) {
        let found = try next()
        guard found == byte else { throw JSONError(.unexpectedByte, at: offset - 1) }
    }

    /// Consumes one punctuation byte if it is next.
    package mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        offset += 1
        return true
    }

    /// Consumes the comma before another element, `true`, or the closing bracket, `false`; throws for anything else.
    package mutating func goesOn(to closing: UInt8) throws(JSONError) -> Bool {
        if take(closing) { return false }
        try expect(UInt8(ascii: ","))
        return true
    }

    /// Consumes a string without decoding it; the offset must be at its opening quote.
    package mutating func string() throws(JSONError) -> RawString {
        try expect(UInt8(ascii: "\""))
        let start = offset
        var isEscaped = false
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "\""):
                offset += 1
                return RawString(range: start..<(offset - 1), isEscaped: isEscaped)
            case UInt8(ascii: "\\"):
                isEscaped = true
                offset += 2
            default: offset += 1
            }
        }
        offset = bytes.count
        throw JSONError(.truncated, at: offset)
    }

    /// Consumes `true`, `false` or `null`.
    package mutating func literal(_ text: StaticString) throws(JSONError) {
        let count = text.utf8CodeUnitCount
        guard bytes.count - offset >= count else { throw JSONError(.truncated, at: bytes.count) }
        for place in 0..<count where bytes[offset + place] != text.utf8Start[place] {
            throw JSONError(.unexpectedByte, at: offset + place)
        }
        offset += count
        guard isAtTokenEnd else { throw JSONError(.unexpectedByte, at: offset) }
    }

    /// Consumes a number and gives its place; the grammar is RFC 8259's, without leading zeros, `+`, NaN or hex.
    package mutating func number() throws(JSONError) -> Range<Int> {
        _ = peek()
        let start = offset
        skip(UInt8(ascii: "-"))
        let whole = offset
        guard digits() else { throw JSONError(.invalidNumber, at: offset) }
        if bytes[whole] == UInt8(ascii: "0"), offset - whole > 1 { throw JSONError(.invalidNumber, at: whole) }
        if skip(UInt8(ascii: ".")), !digits() { throw JSONError(.invalidNumber, at: offset) }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            if !skip(UInt8(ascii: "+")) { skip(UInt8(ascii: "-")) }
            guard digits() else { throw JSONError(.invalidNumber, at: offset) }
        }
        guard isAtTokenEnd else { throw JSONError(.invalidNumber, at: offset) }
        return start..<offset
    }

    /// Consumes any value by its brackets and quotes alone and gives its place; what is inside is not judged.
    package mutating func skipValue(maximumDepth: Int) throws(JSONError) -> Range<Int> {
        guard peek() != nil else { throw JSONError(.truncated, at: offset) }
        let start = offset
        var depth = 0
        repeat {
            guard let byte = peek() else { throw JSONError(.truncated, at: offset) }
            switch byte {
            case UInt8(ascii: "\""): _ = try string()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                guard depth <= maximumDepth else { throw JSONError(.tooDeep, at: offset) }
                offset += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0 else { throw JSONError(.unexpectedByte, at: offset) }
                depth -= 1
                offset += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard depth > 0 else { throw JSONError(.unexpectedByte, at: offset) }
                offset += 1
            default: skipScalar()
            }
        } while depth > 0
        return start..<offset
    }

    private mutating func skipScalar() {
        repeat { offset += 1 } while !isAtTokenEnd
    }

    @discardableResult
    private mutating func skip(_ byte: UInt8) -> Bool {
        guard offset < bytes.count, bytes[offset] == byte else { return false }
        offset += 1
        return true
    }

    private mutating func digits() -> Bool {
        let start = offset
        while offset < bytes.count, bytes[offset] >= 0x30, bytes[offset] <= 0x39 { offset += 1 }
        return offset > start
    }

    private var isAtTokenEnd: Bool {
        guard offset < bytes.count else { return true }
        switch bytes[offset] {
        case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: ":"): return true
        case UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""): return true
        default: return false
        }
    }
}
