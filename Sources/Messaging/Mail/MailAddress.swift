package import Records

/// The address of a mailbox with an optional display name, read strictly.
///
/// Only what every relay takes: a dot-atom of ASCII before the `@`, a host name behind it (RFC 5321 §4.1.2, without
/// quoted local parts, address literals and SMTPUTF8). Whatever else a person or a CRM calls an address is none.
package struct MailAddress: Hashable, Sendable, CustomStringConvertible {
    /// `local@domain`, as it was written.
    package let mailbox: Text
    /// What to show before the mailbox; nil for nothing.
    package let name: Text?

    /// Reads `ada@example.com`; nil if that is no address.
    package init?(mailbox text: String, name: String? = nil) {
        guard Self.isMailbox(Array(text.utf8)) else { return nil }
        self.mailbox = Text(text)
        self.name = name.map { Text($0) }
    }

    /// Reads `Ada <ada@example.com>`, `"Ada" <ada@example.com>` or a bare mailbox; nil for anything else.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let open = bytes.lastIndex(of: UInt8(ascii: "<")) else {
            self.init(mailbox: text)
            return
        }
        guard bytes.last == UInt8(ascii: ">") else { return nil }
        var name = bytes[..<open]
        while name.last == 0x20 { name.removeLast() }
        if name.count >= 2, name.first == 0x22, name.last == 0x22 { name = name.dropFirst().dropLast() }
        guard !name.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0x22 || $0 == 0x3C || $0 == 0x3E }) else {
            return nil
        }
        let mailbox = String(decoding: bytes[(open + 1)..<(bytes.count - 1)], as: UTF8.self)
        self.init(mailbox: mailbox, name: name.isEmpty ? nil : String(decoding: name, as: UTF8.self))
    }

    /// The mailbox with its ASCII letters lowered, by which suppression knows a person.
    package var canonical: Text {
        Text(
            String(
                decoding: self.mailbox.string.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 },
                as: UTF8.self
            )
        )
    }

    /// The part behind the `@`.
    package var domain: Text {
        Text(String(self.mailbox.string.drop { $0 != "@" }.dropFirst()))
    }

    package var description: String {
        self.name.map { "\($0) <\(self.mailbox)>" } ?? self.mailbox.string
    }

    private static func isMailbox(_ bytes: [UInt8]) -> Bool {
        guard bytes.count <= 254, let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return false }
        let (local, domain) = (bytes[..<at], bytes[(at + 1)...])
        guard (1...64).contains(local.count), (1...253).contains(domain.count) else { return false }
        let atoms = local.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let labels = domain.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return atoms.allSatisfy { !$0.isEmpty && $0.allSatisfy(Self.isAtomByte) } && labels.allSatisfy(Self.isLabel)
    }

    private static func isLabel(_ label: ArraySlice<UInt8>) -> Bool {
        guard (1...63).contains(label.count), label.first != UInt8(ascii: "-"), label.last != UInt8(ascii: "-") else {
            return false
        }
        return label.allSatisfy { Self.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    /// `atext` of RFC 5322 §3.2.3.
    private static func isAtomByte(_ byte: UInt8) -> Bool {
        self.isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }
}
