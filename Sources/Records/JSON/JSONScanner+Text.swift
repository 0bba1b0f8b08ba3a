extension JSONScanner {
    /// Appends a string's decoded bytes, which are then valid UTF-8, without U+0000 unless that is allowed; on an error nothing is appended.
    package func decode(_ string: RawString, into buffer: inout [UInt8]) throws(JSONError) {
        let mark = buffer.count
        do throws(JSONError) {
            try append(string.range, to: &buffer)
            try UTF8Check.run(bytes, in: string.range)
        } catch {
            buffer.removeLast(buffer.count - mark)
            throw error
        }
    }

    /// A string's decoded text.
    package func text(_ string: RawString) throws(JSONError) -> String {
        if !string.isEscaped {
            let isASCII = try refuseControls(string.range)
            let slice = UnsafeBufferPointer(rebasing: bytes[string.range])
            // What needs no checking is made without it: the general way costs five times as much.
            if isASCII { return String(decoding: slice, as: UTF8.self) }
            if let text = String(validating: slice, as: UTF8.self) { return text }
        }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(string.range.count)
        try decode(string, into: &decoded)
        return String(decoding: decoded, as: UTF8.self)
    }

    /// Throws for a control character; true if all bytes are ASCII.
    private func refuseControls(_ range: Range<Int>) throws(JSONError) -> Bool {
        var all: UInt8 = 0
        for place in range {
            let byte = bytes[place]
            guard byte >= 0x20 else { throw JSONError(.controlCharacter, at: place) }
            all |= byte
        }
        return all < 0x80
    }

    private func append(_ range: Range<Int>, to buffer: inout [UInt8]) throws(JSONError) {
        var place = range.lowerBound
        var plain = place
        while place < range.upperBound {
            let byte = bytes[place]
            guard byte != UInt8(ascii: "\\") else {
                buffer.append(contentsOf: bytes[plain..<place])
                place = try appendEscape(at: place, end: range.upperBound, to: &buffer)
                plain = place
                continue
            }
            guard byte >= 0x20 else { throw JSONError(.controlCharacter, at: place) }
            place += 1
        }
        buffer.append(contentsOf: bytes[plain..<place])
    }

    /// Decodes one escape and gives the place behind it.
    private func appendEscape(at place: Int, end: Int, to buffer: inout [UInt8]) throws(JSONError) -> Int {
        guard place + 1 < end else { throw JSONError(.truncated, at: end) }
        switch bytes[place + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(bytes[place + 1])
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"): return try appendUnicodeEscape(at: place, end: end, to: &buffer)
        default: throw JSONError(.invalidEscape, at: place)
        }
        return place + 2
    }

    private func appendUnicodeEscape(at place: Int, end: Int, to buffer: inout [UInt8]) throws(JSONError) -> Int {
        var scalar = try codeUnit(at: place, end: end)
        var next = place + 6
        if scalar >= 0xD800, scalar < 0xDC00 {
            guard next + 1 < end, bytes[next] == UInt8(ascii: "\\"), bytes[next + 1] == UInt8(ascii: "u") else {
                throw JSONError(.loneSurrogate, at: place)
            }
            let low = try codeUnit(at: next, end: end)
            guard low >= 0xDC00, low < 0xE000 else { throw JSONError(.loneSurrogate, at: place) }
            scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low - 0xDC00)
            next += 6
        }
        guard scalar != 0 || allowsNul else { throw JSONError(.nul, at: place) }
        // Of 16-bit units only the low surrogates are left that are no scalar.
        guard let unicode = Unicode.Scalar(scalar) else { throw JSONError(.loneSurrogate, at: place) }
        buffer.append(contentsOf: UTF8.encode(unicode) ?? UTF8.encodedReplacementCharacter)
        return next
    }

    private func codeUnit(at place: Int, end: Int) throws(JSONError) -> UInt32 {
        guard place + 6 <= end else { throw JSONError(.invalidEscape, at: place) }
        var unit: UInt32 = 0
        for digit in bytes[(place + 2)..<(place + 6)] {
            switch digit {
            case 0x30...0x39: unit = unit << 4 | UInt32(digit - 0x30)
            case 0x41...0x46: unit = unit << 4 | UInt32(digit - 0x37)
            case 0x61...0x66: unit = unit << 4 | UInt32(digit - 0x57)
            default: throw JSONError(.invalidEscape, at: place)
            }
        }
        return unit
    }
}

/// Finds the first byte of a range that is not UTF-8.
private enum UTF8Check {
    /// Throws at the start of the first ill-formed sequence; the ranges are those of Unicode 15, table 3-7.
    static func run(_ bytes: UnsafeBufferPointer<UInt8>, in range: Range<Int>) throws(JSONError) {
        var place = range.lowerBound
        while place < range.upperBound {
            let lead = bytes[place]
            guard lead >= 0x80 else {
                place += 1
                continue
            }
            guard let (length, second) = shape(of: lead), place + length <= range.upperBound,
                second.contains(bytes[place + 1]),
                bytes[(place + 2)..<(place + length)].allSatisfy({ $0 & 0xC0 == 0x80 })
            else { throw JSONError(.invalidUTF8, at: place) }
            place += length
        }
    }

    private static func shape(of lead: UInt8) -> (length: Int, second: ClosedRange<UInt8>)? {
        switch lead {
        case 0xC2...0xDF: (2, 0x80...0xBF)
        case 0xE0: (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (3, 0x80...0xBF)
        case 0xED: (3, 0x80...0x9F)
        case 0xF0: (4, 0x90...0xBF)
        case 0xF1...0xF3: (4, 0x80...0xBF)
        case 0xF4: (4, 0x80...0x8F)
        default: nil
        }
    }
}
