/// Scalars as canonical files write them.
package enum YAMLWord {
    /// The text without quotes where YAML would read it back as it is, inside lists and blocks on one line too; else quoted.
    package static func plain(_ text: String) -> String { self.isPlain(text) ? text : self.quoted(text) }

    /// The text in double quotes, or in single ones where that saves escapes.
    package static func quoted(_ text: String) -> String {
        let isPrintable = text.unicodeScalars.allSatisfy { self.isPrintable($0) }
        if isPrintable, text.utf8.contains(where: { $0 == 0x22 || $0 == 0x5C }) {
            return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
        }
        return "\"" + text.unicodeScalars.map(self.escaped).joined() + "\""
    }

    /// Whether a reader could take the plain text for something else than text: a number, a day, a truth value, nothing.
    package static func looksTyped(_ text: String) -> Bool {
        let words = ["true", "false", "yes", "no", "on", "off", "null", "~", "y", "n"]
        if words.contains(text.lowercased()) { return true }
        guard let first = text.utf8.first else { return true }
        return (0x30...0x39).contains(first) || [0x2B, 0x2D, 0x2E].contains(first)
    }

    /// Whether the text can stand without quotes anywhere: words with single blanks between them, paths, addresses.
    package static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last, !self.looksTyped(text),
            first.properties.isAlphabetic || first == "_", last != " "
        else { return false }
        var before: Unicode.Scalar = "x"
        for scalar in text.unicodeScalars {
            let isLetter = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            guard isLetter || ["_", "-", ".", "/", "@", "+", " "].contains(scalar) else { return false }
            if scalar == " ", before == " " { return false }
            before = scalar
        }
        return true
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .surrogate, .privateUse: false
        default: scalar.value != 0xFEFF
        }
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case let scalar where self.isPrintable(scalar): return String(scalar)
        default:
            let digits = String(scalar.value, radix: 16, uppercase: true)
            let width = scalar.value > 0xFFFF ? 8 : 4
            return (width == 8 ? "\\U" : "\\u") + String(repeating: "0", count: width - digits.utf8.count) + digits
        }
    }
}
