/// Appends JSON to an array of bytes; the only way JSON is written on a path that runs per record.
///
/// It does what it is told: commas, colons and brackets are the caller's, and are checked by nobody.
package struct JSONWriter {
    /// What has been written.
    package private(set) var bytes: [UInt8] = []

    /// Makes an empty writer with room for this many bytes.
    package init(capacity: Int = 4096) {
        bytes.reserveCapacity(capacity)
    }

    /// The number of bytes written, to mark a place.
    package var count: Int { bytes.count }

    /// Forgets what was written and keeps the room.
    package mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
    }

    /// Forgets what was written behind a mark.
    package mutating func truncate(to mark: Int) {
        bytes.removeLast(bytes.count - mark)
    }

    /// Appends one byte, for brackets, commas and colons.
    @inline(__always)
    package mutating func byte(_ byte: UInt8) {
        bytes.append(byte)
    }

    /// Appends constant text as it is.
    package mutating func raw(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends bytes that are JSON already, such as a number's token or a prepared `"key":`.
    package mutating func raw(_ json: UnsafeBufferPointer<UInt8>) {
        bytes.append(contentsOf: json)
    }

    /// Appends bytes that are JSON already.
    package mutating func raw(_ json: [UInt8]) {
        bytes.append(contentsOf: json)
    }

    /// Appends a whole number.
    package mutating func number(_ value: Int) {
        bytes.append(contentsOf: String(value).utf8)
    }

    /// Appends text as a quoted string.
    package mutating func quoted(_ text: String) {
        var text = text
        text.withUTF8 { quoted($0) }
    }

    /// Appends UTF-8 bytes as a quoted string, escaping what RFC 8259 wants escaped and nothing else.
    package mutating func quoted(_ text: UnsafeBufferPointer<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        var plain = 0
        var place = Self.firstSpecial(in: text, from: 0)
        while place < text.count {
            bytes.append(contentsOf: text[plain..<place])
            escape(text[place])
            plain = place + 1
            place = Self.firstSpecial(in: text, from: plain)
        }
        if plain == 0 {
            bytes.append(contentsOf: text)
        } else {
            bytes.append(contentsOf: text[plain...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends a document, members in their order, without white space.
    package mutating func value(_ json: JSON) {
        switch json {
        case .null: raw("null")
        case .bool(let flag): raw(flag ? "true" : "false")
        case .number(let text): bytes.append(contentsOf: text.utf8)
        case .string(let text): quoted(text)
        case .array(let elements):
            byte(UInt8(ascii: "["))
            for (place, element) in elements.enumerated() {
                if place > 0 { byte(UInt8(ascii: ",")) }
                value(element)
            }
            byte(UInt8(ascii: "]"))
        case .object(let members):
            byte(UInt8(ascii: "{"))
            for (place, member) in members.enumerated() {
                if place > 0 { byte(UInt8(ascii: ",")) }
                quoted(member.key)
                byte(UInt8(ascii: ":"))
                value(member.value)
            }
            byte(UInt8(ascii: "}"))
        }
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default:
            raw("u00")
            bytes.append(Self.hexadecimal(byte >> 4))
            bytes.append(Self.hexadecimal(byte & 15))
        }
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8 {
        digit < 10 ? 0x30 + digit : 0x57 + digit
    }

    /// The first byte from a place on that must be escaped, or the end; eight bytes at a time.
    private static func firstSpecial(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        var place = start
        if let base = text.baseAddress.map(UnsafeRawPointer.init) {
            while place + 8 <= text.count {
                let word = base.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                let quote = word ^ (ones &* 0x22)
                let backslash = word ^ (ones &* 0x5C)
                // The exact byte is found below; a false hit here would only cost time (Hacker's Delight, 6-1).
                let hits = (word &- ones &* 0x20) & ~word | (quote &- ones) & ~quote | (backslash &- ones) & ~backslash
                if hits & tops != 0 { break }
                place += 8
            }
        }
        while place < text.count {
            let byte = text[place]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C { break }
            place += 1
        }
        return place
    }
}

extension JSON {
    /// The document as bytes, members in their order, without white space.
    package var bytes: [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.value(self)
        return writer.bytes
    }

    /// The document as text; for files and tests, never for a log: it holds whatever the sender put in.
    package var text: String { String(decoding: bytes, as: UTF8.self) }
}
