import Records

/// Writes the headers of a message: the one place where a value becomes a header line.
///
/// A value with CR, LF, NUL or another control byte is refused by its bytes (`"\r\n"` is one `Character`, which a check
/// by characters would miss), never repaired: who sends such a value wants a second header.
struct HeaderWriter {
    /// The longest value of a header, in bytes.
    static let maximumValueBytes = 2000
    /// Where lines are folded (RFC 5322 §2.1.1).
    private static let lineLength = 76

    /// The headers so far, each with CRLF.
    private(set) var bytes: [UInt8] = []

    /// Adds a header of words that need no encoding, such as a Message-ID; refuses everything but printable ASCII.
    mutating func structured(_ name: String, _ value: String) throws(MailError) {
        try Self.check(name, value)
        guard value.utf8.allSatisfy({ $0 < 0x7F }) else {
            throw MailError(.headerInjection, "the header \(name) must be ASCII")
        }
        // These have no place to fold, and a line may have 998 bytes (RFC 5322 §2.1.1).
        guard value.utf8.count <= 900 else {
            throw MailError(.headerTooLong, "the header \(name) would have more than 900 bytes")
        }
        self.bytes += Array("\(name): \(value)\r\n".utf8)
    }

    /// Adds a header of text, encoded after RFC 2047 where it must be.
    mutating func text(_ name: String, _ value: String) throws(MailError) {
        try Self.check(name, value)
        self.fold(name, Self.words(value))
    }

    /// Adds a header with one address, its display name encoded where it must be.
    mutating func address(_ name: String, _ address: MailAddress) throws(MailError) {
        try Self.check(name, address.mailbox.string)
        guard let display = address.name, !display.isEmpty else {
            return try self.structured(name, address.mailbox.string)
        }
        try Self.check(name, display.string)
        let words = Self.isPlain(display.string) ? ["\"\(display)\""] : Self.encodedWords(display.string)
        self.fold(name, words + ["<\(address.mailbox)>"])
    }

    private mutating func fold(_ name: String, _ words: [String]) {
        var line = "\(name):"
        for word in words {
            if line.utf8.count + 1 + word.utf8.count > Self.lineLength, line.utf8.last != UInt8(ascii: ":") {
                self.bytes += Array("\(line)\r\n".utf8)
                line = ""
            }
            line += " " + word
        }
        self.bytes += Array("\(line)\r\n".utf8)
    }

    private static func check(_ name: String, _ value: String) throws(MailError) {
        let nameIsFine = !name.isEmpty && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x3A }
        guard nameIsFine else { throw MailError(.headerInjection, "a header's name must be printable ASCII") }
        guard !value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw MailError(.headerInjection, "the header \(name) would hold a line break or another control byte")
        }
        guard value.utf8.count <= Self.maximumValueBytes else {
            throw MailError(.headerTooLong, "the header \(name) would have more than \(Self.maximumValueBytes) bytes")
        }
    }

    /// Whether a text can stand in a header, and in quotes, as it is.
    private static func isPlain(_ text: String) -> Bool {
        let isASCII = text.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
        return isASCII && !text.contains("=?")
    }

    private static func words(_ text: String) -> [String] {
        let isASCII = text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.contains("=?")
        // Folding collapses no spaces, but a line of blanks alone ends the headers for some readers.
        let words = text.utf8.split(separator: 0x20, omittingEmptySubsequences: false)
        let canFold = words.allSatisfy { !$0.isEmpty && $0.count < Self.lineLength }
        guard isASCII, canFold else { return text.isEmpty ? [] : Self.encodedWords(text) }
        return words.map { String(decoding: $0, as: UTF8.self) }
    }

    /// RFC 2047 words of base64, short enough for a line of 76 behind `Reply-To: `; none splits a code point.
    private static func encodedWords(_ text: String) -> [String] {
        var words: [String] = []
        var chunk: [UInt8] = []
        func flush() {
            if !chunk.isEmpty { words.append("=?UTF-8?B?\(Base64.encode(chunk))?=") }
            chunk = []
        }
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if chunk.count + bytes.count > 39 { flush() }
            chunk += bytes
        }
        flush()
        return words
    }
}

/// Base64 of RFC 4648 §4.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The text of bytes, with padding.
    static func encode(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let count = min(3, bytes.count - index)
            var group: UInt32 = 0
            for offset in 0..<3 { group = group << 8 | (offset < count ? UInt32(bytes[index + offset]) : 0) }
            for place in 0..<4 {
                let digit = Int(group >> UInt32(18 - 6 * place)) & 63
                result.append(place <= count ? Self.alphabet[digit] : UInt8(ascii: "="))
            }
            index += 3
        }
        return String(decoding: result, as: UTF8.self)
    }
}
