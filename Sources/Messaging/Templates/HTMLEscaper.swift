/// Escapes values for HTML by bytes, so that no combining mark can hide a quote from it.
///
/// (`"` followed by U+0301 is one `Character` and passes escapers that map characters: CVE-2026-27120.)
enum HTMLEscaper {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// The value as it must be written at a place; empty for an address whose scheme is not allowed.
    static func escape(_ value: String, in context: HTMLContext) -> String {
        switch context {
        case .text, .attribute: self.escape(value)
        case .addressStart: Self.hasSafeScheme(value) ? self.escape(value) : ""
        case .addressPart: Self.percentEncode(value)
        case .forbidden: ""
        }
    }

    /// The value with everything that means something in HTML as a character reference; control bytes are left out.
    static func escape(_ value: String) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(value.utf8.count)
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "&"): result += Array("&amp;".utf8)
            case UInt8(ascii: "<"): result += Array("&lt;".utf8)
            case UInt8(ascii: ">"): result += Array("&gt;".utf8)
            case 0x22: result += Array("&quot;".utf8)
            case 0x27: result += Array("&#39;".utf8)
            case 0x60: result += Array("&#96;".utf8)
            case UInt8(ascii: "="): result += Array("&#61;".utf8)
            case 0x09, 0x0A: result.append(byte)
            case 0x00..<0x20, 0x7F: break
            default: result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether an address may stand in a link of a mail: `https:`, `http:`, `mailto:` or `tel:`, and nothing relative.
    private static func hasSafeScheme(_ value: String) -> Bool {
        let start = value.utf8.prefix(8).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        return ["https://", "http://", "mailto:", "tel:"].contains { start.starts(with: $0.utf8) }
    }

    /// RFC 3986 §2.1, leaving only unreserved bytes.
    private static func percentEncode(_ value: String) -> String {
        var result: [UInt8] = []
        for byte in value.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: result.append(byte)
            default: result += [UInt8(ascii: "%"), Self.digits[Int(byte >> 4)], Self.digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
