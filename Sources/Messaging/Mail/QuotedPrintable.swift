/// The quoted-printable encoding of RFC 2045 §6.7, for bodies in UTF-8.
enum QuotedPrintable {
    private static let lineLength = 76
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// The text as lines of at most 76 ASCII bytes, each with CRLF.
    ///
    /// Whatever ends a line in the text (LF, CRLF, CR) becomes CRLF; other control bytes are encoded.
    static func encode(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        for line in Self.lines(Array(text.utf8)) {
            Self.encode(line, into: &result)
            result += [0x0D, 0x0A]
        }
        return result
    }

    private static func encode(_ line: ArraySlice<UInt8>, into result: inout [UInt8]) {
        var length = 0
        for index in line.indices {
            let byte = line[index]
            let isLast = index == line.endIndex - 1
            let token = Self.isLiteral(byte, isLast: isLast, startsLine: length == 0) ? [byte] : Self.escaped(byte)
            // The last token of a line needs no room for the soft break behind it.
            if length + token.count > Self.lineLength - (isLast ? 0 : 1) {
                result += [UInt8(ascii: "="), 0x0D, 0x0A]
                length = 0
            }
            result += token
            length += token.count
        }
    }

    /// Blanks at the end of a line get lost on the way; `F` and `.` at its start are what mbox files and SMTP change.
    private static func isLiteral(_ byte: UInt8, isLast: Bool, startsLine: Bool) -> Bool {
        switch byte {
        case 0x20, 0x09: !isLast
        case UInt8(ascii: "="): false
        case UInt8(ascii: "."): !startsLine
        case UInt8(ascii: "F"): !startsLine
        case 0x21...0x7E: true
        default: false
        }
    }

    private static func escaped(_ byte: UInt8) -> [UInt8] {
        [UInt8(ascii: "="), Self.digits[Int(byte >> 4)], Self.digits[Int(byte & 15)]]
    }

    private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x0A || bytes[index] == 0x0D {
                lines.append(bytes[start..<index])
                if bytes[index] == 0x0D, index + 1 < bytes.count, bytes[index + 1] == 0x0A { index += 1 }
                start = index + 1
            }
            index += 1
        }
        if start < bytes.count { lines.append(bytes[start...]) }
        return lines
    }
}
