/// Reads the compact JSON that the codecs write: no white space, canonical numbers, keys without escapes.
///
/// It reads what this program stored, not what the world sent; whatever else the bytes are, it throws and never reads
/// outside the buffer. The buffer must outlive the reader.
package struct ValueReader {
    /// The bytes.
    package let bytes: UnsafeBufferPointer<UInt8>
    /// The place of the next byte.
    package private(set) var offset: Int

    /// Starts at a place of the bytes.
    package init(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    /// Whether everything was read.
    package var isAtEnd: Bool { offset == bytes.count }

    /// The next byte, not consumed; 0 at the end, which stands for no JSON token.
    package var next: UInt8 { offset < bytes.count ? bytes[offset] : 0 }

    /// The error of a byte that cannot stand here.
    package var malformed: CodecError { CodecError(.malformed, "byte \(offset)") }

    /// Consumes one byte or throws.
    package mutating func expect(_ byte: UInt8) throws(CodecError) {
        guard next == byte else { throw malformed }
        offset += 1
    }

    /// Consumes one byte if it is next.
    package mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        offset += 1
        return true
    }

    /// Consumes a member's key and its colon, and gives the place of the key's bytes.
    package mutating func key() throws(CodecError) -> Range<Int> {
        let range = try rawString().range
        try expect(UInt8(ascii: ":"))
        return range
    }

    /// Consumes a value in the self-describing form; nil is "no shadow".
    package mutating func selfDescribing() throws(CodecError) -> Value? {
        guard next == UInt8(ascii: "{") else { return try untyped() }
        offset += 1
        guard !take(UInt8(ascii: "}")) else { return .absent }
        let place = try key()
        guard place.count == 1 else { throw malformed }
        let value: Value?
        switch bytes[place.lowerBound] {
        case UInt8(ascii: "d"): value = .date(try day())
        case UInt8(ascii: "t"): value = .instant(Instant(microseconds: try integer()))
        case UInt8(ascii: "n"):
            _ = try integer()
            value = nil
        default: throw malformed
        }
        try expect(UInt8(ascii: "}"))
        return value
    }

    /// Consumes a value in the form of a record's properties, read as its type wants it.
    ///
    /// A stored value that does not fit the type, because the schema changed since, is read as what it looks like.
    package mutating func plain(_ type: PropertyType) throws(CodecError) -> Value {
        switch (type, next) {
        case (.date, UInt8(ascii: "\"")):
            let mark = offset
            if let date = try? day() { return .date(date) }
            offset = mark
            return try untyped()
        case (.instant, UInt8(ascii: "-")), (.instant, 0x30...0x39):
            let number = try decimal()
            return number.integer.map { .instant(Instant(microseconds: $0)) } ?? .number(number)
        default: return try untyped()
        }
    }

    /// Consumes any plain value and gives its kind by its first byte alone.
    package mutating func untyped() throws(CodecError) -> Value {
        switch next {
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "["): return .set(try elements())
        case UInt8(ascii: "-"), 0x30...0x39: return .number(try decimal())
        case UInt8(ascii: "t"):
            try literal("true")
            return .flag(true)
        case UInt8(ascii: "f"):
            try literal("false")
            return .flag(false)
        default:
            try literal("null")
            return .null
        }
    }

    /// Consumes a quoted text.
    package mutating func text() throws(CodecError) -> Text {
        let start = offset
        let (range, isEscaped) = try rawString()
        guard isEscaped else {
            return Text(String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self))
        }
        var scanner = JSONScanner(bytes, at: start)
        do {
            return Text(try scanner.text(try scanner.string()))
        } catch {
            throw CodecError(.malformed, "byte \(start)")
        }
    }

    /// Consumes a whole number.
    package mutating func integer() throws(CodecError) -> Int64 {
        let isNegative = take(UInt8(ascii: "-"))
        var value: Int64 = 0
        let start = offset
        while case 0x30...0x39 = next {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let digit = Int64(next - 0x30)
            let (sum, carry) =
                isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            guard !overflow, !carry else { throw malformed }
            value = sum
            offset += 1
        }
        guard offset > start else { throw malformed }
        return value
    }

    /// Consumes any value, nested ones included, and gives its place.
    package mutating func skip() throws(CodecError) -> Range<Int> {
        let start = offset
        var depth = 0
        repeat {
            switch next {
            case UInt8(ascii: "\""): _ = try rawString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                offset += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0 else { throw malformed }
                depth -= 1
                offset += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard depth > 0 else { throw malformed }
                offset += 1
            case 0: throw malformed
            default: skipScalar()
            }
        } while depth > 0
        return start..<offset
    }

    private mutating func skipScalar() {
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: "\""): return
            default: offset += 1
            }
        }
    }

    private mutating func elements() throws(CodecError) -> [Text] {
        try expect(UInt8(ascii: "["))
        var elements: [Text] = []
        guard !take(UInt8(ascii: "]")) else { return elements }
        repeat { elements.append(try text()) } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
        return elements
    }

    private mutating func day() throws(CodecError) -> CalendarDate {
        let range = try rawString().range
        guard let date = CalendarDate(parsing: bytes[range]) else { throw malformed }
        return date
    }

    private mutating func decimal() throws(CodecError) -> Number {
        let start = offset
        skipScalar()
        let digits = bytes[start..<offset]
        // Nearly all stored numbers are short and whole; the general reader takes five times as long.
        if digits.count < 18, digits.allSatisfy({ (0x30...0x39).contains($0) }) {
            return Number(digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) })
        }
        guard let number = Number(parsing: digits) else { throw CodecError(.malformed, "byte \(start)") }
        return number
    }

    private mutating func literal(_ text: StaticString) throws(CodecError) {
        let count = text.utf8CodeUnitCount
        guard bytes.count - offset >= count else { throw malformed }
        for place in 0..<count where bytes[offset + place] != text.utf8Start[place] { throw malformed }
        offset += count
    }

    /// Consumes a string, and gives its bytes between the quotes and whether a backslash occurs in them.
    private mutating func rawString() throws(CodecError) -> (range: Range<Int>, isEscaped: Bool) {
        try expect(UInt8(ascii: "\""))
        let start = offset
        var isEscaped = false
        var place = offset
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "\"") {
                offset = place + 1
                return (start..<place, isEscaped)
            }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                place += 1
            }
            place += 1
        }
        throw malformed
    }
}
