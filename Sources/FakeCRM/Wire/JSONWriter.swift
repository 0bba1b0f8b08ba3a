/// Writes JSON straight into bytes; the caller keeps the nesting right.
struct JSONWriter {
    /// What was written so far.
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    init(capacity: Int = 512) { self.bytes.reserveCapacity(capacity) }

    mutating func beginObject() { self.open(UInt8(ascii: "{")) }
    mutating func endObject() { self.close(UInt8(ascii: "}")) }
    mutating func beginArray() { self.open(UInt8(ascii: "[")) }
    mutating func endArray() { self.close(UInt8(ascii: "]")) }

    mutating func key(_ name: StaticString) {
        self.separate()
        self.bytes.append(UInt8(ascii: "\""))
        self.append(name)
        self.bytes.append(UInt8(ascii: "\""))
        self.bytes.append(UInt8(ascii: ":"))
        self.needsComma = false
    }

    mutating func key(_ name: [UInt8]) {
        self.separate()
        name.withUnsafeBufferPointer { self.quote($0) }
        self.bytes.append(UInt8(ascii: ":"))
        self.needsComma = false
    }

    /// A key that is already quoted, escaped and followed by its colon.
    mutating func rawKey(_ quoted: [UInt8]) {
        self.separate()
        self.bytes.append(contentsOf: quoted)
        self.needsComma = false
    }

    mutating func string(_ text: some StringProtocol) {
        self.separate()
        var text = String(text)
        text.withUTF8 { self.quote($0) }
        self.needsComma = true
    }

    mutating func string(_ text: [UInt8]) {
        self.separate()
        text.withUnsafeBufferPointer { self.quote($0) }
        self.needsComma = true
    }

    /// A string whose bytes need no escape.
    mutating func plainString(_ text: ArraySlice<UInt8>) {
        self.separate()
        self.bytes.append(UInt8(ascii: "\""))
        self.bytes.append(contentsOf: text)
        self.bytes.append(UInt8(ascii: "\""))
        self.needsComma = true
    }

    /// A number written as a JSON string, as the API gives ids.
    mutating func stringOf(_ number: Int64) {
        self.separate()
        self.bytes.append(UInt8(ascii: "\""))
        appendDecimal(number, to: &self.bytes)
        self.bytes.append(UInt8(ascii: "\""))
        self.needsComma = true
    }

    /// A time in milliseconds since 1970 as a quoted ISO 8601 text.
    mutating func time(_ milliseconds: Int64) {
        self.separate()
        self.bytes.append(UInt8(ascii: "\""))
        CalendarTime.appendISO(milliseconds, to: &self.bytes)
        self.bytes.append(UInt8(ascii: "\""))
        self.needsComma = true
    }

    mutating func number(_ number: some BinaryInteger) {
        self.separate()
        appendDecimal(Int64(number), to: &self.bytes)
        self.needsComma = true
    }

    mutating func bool(_ value: Bool) {
        self.separate()
        self.append(value ? "true" : "false")
        self.needsComma = true
    }

    mutating func null() {
        self.separate()
        self.append("null")
        self.needsComma = true
    }

    /// A value that is JSON already.
    mutating func raw(_ json: [UInt8]) {
        self.separate()
        self.bytes.append(contentsOf: json)
        self.needsComma = true
    }

    /// A value that somebody else writes.
    mutating func compose(_ write: (inout [UInt8]) -> Void) {
        self.separate()
        write(&self.bytes)
        self.needsComma = true
    }

    /// A line end, between the documents of a JSON-lines file.
    mutating func newline() {
        self.bytes.append(UInt8(ascii: "\n"))
        self.needsComma = false
    }

    private mutating func open(_ bracket: UInt8) {
        self.separate()
        self.bytes.append(bracket)
        self.needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        self.bytes.append(bracket)
        self.needsComma = true
    }

    private mutating func separate() {
        if self.needsComma { self.bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func append(_ text: StaticString) {
        self.bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
        self.bytes.append(UInt8(ascii: "\""))
        if needsJSONEscape(text) {
            appendJSONEscaped(text, to: &self.bytes)
        } else {
            self.bytes.append(contentsOf: text)
        }
        self.bytes.append(UInt8(ascii: "\""))
    }
}

/// Whether a text holds a byte that JSON does not allow bare in a string.
func needsJSONEscape(_ text: some Sequence<UInt8>) -> Bool {
    text.contains { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
}

/// Appends a text with its quotes, backslashes and control characters escaped.
func appendJSONEscaped(_ text: some Sequence<UInt8>, to output: inout [UInt8]) {
    for byte in text {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
        case 0x0A: output += Array("\\n".utf8)
        case 0x0D: output += Array("\\r".utf8)
        case 0x09: output += Array("\\t".utf8)
        case 0..<0x20: output += Array("\\u00".utf8) + [hexCharacter(byte >> 4), hexCharacter(byte & 15)]
        default: output.append(byte)
        }
    }
}

/// The lower-case hexadecimal digit of a value below 16.
func hexCharacter(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}

/// Appends a whole number in decimal.
func appendDecimal(_ number: Int64, to output: inout [UInt8]) {
    if number < 0 { output.append(UInt8(ascii: "-")) }
    var magnitude = number.magnitude
    let start = output.count
    repeat {
        output.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude % 10))
        magnitude /= 10
    } while magnitude > 0
    output[start...].reverse()
}
