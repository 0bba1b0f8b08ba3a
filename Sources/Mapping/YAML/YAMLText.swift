import Records
import Yams

/// What is checked on a file's bytes before and around Yams.
enum YAMLText {
    /// The text of a file's bytes; throws one finding for wrong encodings, and for more bytes than `most`, which
    /// `mend` tells how to mend.
    static func decode(
        _ bytes: [UInt8],
        file: String,
        most: Int = YAMLDocument.maximumSize,
        mend: String = "split it"
    ) throws -> String {
        let start = SourceLocation(file: file, line: 1, column: 1)
        guard bytes.count <= most else {
            throw YAMLDocument.refusal(at: start, "the file has \(bytes.count) bytes, more than \(most)", mend: mend)
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw YAMLDocument.refusal(at: start, "the file is UTF-16", mend: "save it as UTF-8")
        }
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        if let bad = Self.firstBadByte(content) {
            let place = Self.location(of: bad, in: content, file: file)
            if content[bad] == 0 {
                throw YAMLDocument.refusal(at: place, "the file contains a zero byte", mend: "save it as UTF-8 text")
            }
            throw YAMLDocument.refusal(at: place, "the file is not UTF-8", mend: "save it as UTF-8")
        }
        return String(decoding: content, as: UTF8.self)
    }

    /// Refuses `[` and `{` nested far beyond the limit before a recursive parser sees them.
    ///
    /// Quotes and comments are not looked at, so the bound is far above what a file can reasonably hold.
    static func refuseDeepFlow(_ text: String, file: String) throws {
        var depth = 0
        for (offset, byte) in text.utf8.enumerated() {
            if byte == 0x5B || byte == 0x7B { depth += 1 }
            if byte == 0x5D || byte == 0x7D { depth = max(0, depth - 1) }
            if depth > 4 * YAMLDocument.maximumDepth {
                let place = Self.location(of: offset, in: Array(text.utf8)[...], file: file)
                let limit = YAMLDocument.maximumDepth
                throw YAMLDocument.refusal(
                    at: place,
                    "lists and blocks are nested more than \(limit) deep",
                    mend: "flatten them"
                )
            }
        }
    }

    /// The text with a name that no anchor has behind every `*` that may begin an alias; nil if there can be none.
    ///
    /// A true alias then fails as undefined, at its place, before anything is expanded; a `*` inside a text does not.
    static func maskingAliases(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        func begins(_ sign: UInt8, at index: Int) -> Bool {
            bytes[index] == sign && index + 1 < bytes.count && Self.isNameByte(bytes[index + 1])
        }
        guard bytes.indices.contains(where: { begins(0x26, at: $0) }),
            bytes.indices.contains(where: { begins(0x2A, at: $0) })
        else { return nil }
        let starts = bytes.indices.filter { begins(0x26, at: $0) }.map { bytes[($0 + 1)...].prefix(Self.maskWidth) }
        let mask = Self.mask(avoiding: Set(starts.map { Array($0) }))
        var masked: [UInt8] = []
        masked.reserveCapacity(bytes.count * 2)
        for index in bytes.indices {
            masked.append(bytes[index])
            if begins(0x2A, at: index) { masked += mask }
        }
        return String(decoding: masked, as: UTF8.self)
    }

    /// How long a mask is: a file within the limit has fewer anchors than there are masks of this length.
    private static let maskWidth = 4

    /// The first name of `maskWidth` letters with which no anchor begins.
    private static func mask(avoiding starts: Set<[UInt8]>) -> [UInt8] {
        var number = 0
        while true {
            var rest = number
            let name = (0..<Self.maskWidth).map { _ -> UInt8 in
                defer { rest /= 26 }
                return 0x61 + UInt8(rest % 26)
            }
            // 26^4 names against at most 2^20 / 6 anchors of four letters, each on a line or behind a bracket.
            if !starts.contains(name) { return name }
            number += 1
        }
    }

    /// The finding for an error of Yams.
    static func diagnostic(for error: YamlError, in text: String, file: String) -> Diagnostic {
        let generalMend = "check the indentation, quotes and brackets just before this place"
        switch error {
        case .composer(_, let problem, let mark, _) where problem.contains("alias"):
            return Diagnostic(
                .error,
                at: Self.unmasked(mark, in: text, file: file),
                "anchors and aliases are not supported",
                mend: "write the value out"
            )
        case .composer(_, let problem, let mark, _) where problem.contains("another document"):
            return Diagnostic(
                .error,
                at: Self.location(mark, file),
                "the file has a second document",
                mend: "put it into a file of its own"
            )
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            if Self.isTab(at: mark, in: text) {
                return Diagnostic(
                    .error,
                    at: Self.location(mark, file),
                    "a tab cannot indent YAML",
                    mend: "use spaces"
                )
            }
            return Diagnostic(.error, at: Self.location(mark, file), "not valid YAML: \(problem)", mend: generalMend)
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "\"\($0)\"" }.joined(separator: ", ")
            return Diagnostic(
                .error,
                at: Self.location(context.mark, file),
                "the key \(names) stands more than once in this block",
                mend: "keep one of them"
            )
        case .reader(let problem, let offset, _, _):
            let before = text.prefix(offset ?? 0).unicodeScalars
            let line = before.count { $0 == "\n" } + 1
            let column =
                before.count
                - (before.lastIndex(of: "\n").map { before.distance(from: before.startIndex, to: $0) + 1 } ?? 0) + 1
            return Diagnostic(
                .error,
                at: SourceLocation(file: file, line: line, column: column),
                "not valid YAML: \(problem)",
                mend: "remove the control character"
            )
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return Diagnostic(.error, at: SourceLocation(file: file), "not valid YAML", mend: generalMend)
        }
    }

    private static func location(_ mark: Mark, _ file: String) -> SourceLocation {
        SourceLocation(file: file, line: mark.line, column: mark.column)
    }

    /// A mark in the masked text, as a place in the file: the columns that masks added on its line are taken off.
    private static func unmasked(_ mark: Mark, in text: String, file: String) -> SourceLocation {
        let width = Self.maskingAliases(text) == nil ? 0 : Self.maskWidth
        let plain = Self.line(mark.line, of: text)
        var (column, added) = (0, 0)
        for index in plain.indices {
            if index + added == mark.column - 1 { column = index }
            if plain[index] == "*", index + 1 < plain.count, Self.isNameByte(plain[index + 1]) { added += width }
        }
        return SourceLocation(file: file, line: mark.line, column: column + 1)
    }

    private static func line(_ number: Int, of text: String) -> [Unicode.Scalar] {
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        return number >= 1 && number <= lines.count ? Array(lines[number - 1]) : []
    }

    private static func isTab(at mark: Mark, in text: String) -> Bool {
        let line = Self.line(mark.line, of: text)
        let indentation = line.prefix { $0 == " " || $0 == "\t" }
        return indentation.contains("\t") && mark.column - 1 <= indentation.count
    }

    private static func isNameByte(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && Self.isNameByte(UInt8(truncatingIfNeeded: scalar.value))
    }

    /// Whether a byte may stand in the name of an anchor.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
    }

    /// The first byte that is no UTF-8, or zero.
    private static func firstBadByte(_ bytes: ArraySlice<UInt8>) -> Int? {
        if let zero = bytes.firstIndex(of: 0) { return zero }
        if String(validating: bytes, as: UTF8.self) != nil { return nil }
        var iterator = bytes.makeIterator()
        var decoder = UTF8()
        var index = bytes.startIndex
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar): index += UTF8.width(scalar)
            case .error: return index
            case .emptyInput: return nil
            }
        }
    }

    /// The line and column, in code points, of a byte.
    private static func location(of index: Int, in bytes: ArraySlice<UInt8>, file: String) -> SourceLocation {
        let before = bytes[bytes.startIndex..<index]
        let line = before.count { $0 == 0x0A } + 1
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? before.startIndex
        let column = before[start...].count { $0 & 0xC0 != 0x80 } + 1
        return SourceLocation(file: file, line: line, column: column)
    }
}
