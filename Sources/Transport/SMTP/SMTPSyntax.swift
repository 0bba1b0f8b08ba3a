/// What may stand in SMTP commands and messages: strict, because what gets through here is read by another parser.
enum SMTPSyntax {
    /// A letter, digit, dot or hyphen.
    static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "-"): true
        default: false
        }
    }

    /// Throws unless the text is a plain mailbox: `dot-atom@domain` of RFC 5321 4.1.2.
    ///
    /// Quoted local parts, address literals and UTF-8 are refused: their like is how commands get injected, and nobody
    /// has one to lose. A domain of other letters comes in its ASCII form (punycode).
    static func check(address: String, _ role: String) throws(TransportError) {
        let parts = address.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, isDotAtom(parts[0]), parts[0].count <= 64, isDomain(parts[1]) else {
            throw .invalidRequest("the \(role) is no plain mail address")
        }
    }

    /// Throws for a message that could be read as something else than one message.
    ///
    /// A line end of a bare CR or LF is the stuff of SMTP smuggling; without 8BITMIME, which libcurl does not ask for, no
    /// byte may have its top bit set; longer lines may be cut by any server (RFC 5321 4.5.3.1.6).
    static func check(message: [UInt8]) throws(TransportError) {
        guard !message.isEmpty else { throw .invalidRequest("an empty message") }
        var lineStart = 0
        var place = 0
        while place < message.count {
            switch message[place] {
            case 0x0D:
                guard place + 1 < message.count, message[place + 1] == 0x0A else {
                    throw .invalidRequest("a bare CR in the message (byte \(place))")
                }
                guard place - lineStart <= 998 else { throw .invalidRequest("a line of over 998 bytes") }
                place += 1
                lineStart = place + 1
            case 0x0A: throw .invalidRequest("a bare LF in the message (byte \(place))")
            case 0x00: throw .invalidRequest("a NUL in the message (byte \(place))")
            case 0x80...: throw .invalidRequest("a byte in the message that is not ASCII (byte \(place))")
            default: break
            }
            place += 1
        }
        guard message.count - lineStart <= 998 else { throw .invalidRequest("a line of over 998 bytes") }
    }

    /// What a server said, fit to be stored and shown: one line of at most 500 bytes.
    static func printable(_ reply: [UInt8]) -> String {
        let line = reply.prefix(500).map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: " ") : $0 }
        return String(decoding: line, as: UTF8.self)
    }

    private static func isDotAtom(_ text: Substring.UTF8View) -> Bool {
        let atoms = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return atoms.allSatisfy { !$0.isEmpty && $0.allSatisfy(isAtomByte) }
    }

    private static func isDomain(_ text: Substring.UTF8View) -> Bool {
        let labels = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return text.count <= 255 && labels.allSatisfy { 1...63 ~= $0.count && $0.allSatisfy(isHostByte) }
    }

    /// `atext` of RFC 5322 3.2.3.
    private static func isAtomByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
    }
}
