/// Cuts an expression into tokens (cel-spec, langdef, "Syntax").
struct Lexer {
    let source: SourceText
    var position = 0

    init(_ source: SourceText) {
        self.source = source
    }

    /// All tokens, the last being `.end`.
    mutating func tokens() throws(CELError) -> [PlacedToken] {
        var tokens: [PlacedToken] = []
        while true {
            skipBlanks()
            let start = position
            let token = try next()
            tokens.append(PlacedToken(token: token, offset: start, end: position))
            if case .end = token { return tokens }
        }
    }

    /// The byte at a distance from the position; 0 past the end (a NUL in the source is no token either).
    func peek(_ distance: Int = 0) -> UInt8 {
        let index = position + distance
        return index < source.bytes.count ? source.bytes[index] : 0
    }

    private mutating func skipBlanks() {
        while position < source.bytes.count {
            switch peek() {
            case 0x20, 0x09, 0x0A, 0x0C, 0x0D:
                position += 1
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"):
                while position < source.bytes.count, peek() != 0x0A, peek() != 0x0D { position += 1 }
            default:
                return
            }
        }
    }

    private mutating func next() throws(CELError) -> Token {
        guard position < source.bytes.count else { return .end }
        let byte = peek()
        if byte.isDigit || (byte == UInt8(ascii: ".") && peek(1).isDigit) { return try number() }
        if let prefix = quotePrefix() { return try quoted(prefix) }
        if byte.isNameStart { return word() }
        if byte == UInt8(ascii: "`") { return try quotedName() }
        return try symbol()
    }

    private mutating func word() -> Token {
        let start = position
        while peek().isNamePart { position += 1 }
        let name = String(decoding: source.bytes[start..<position], as: UTF8.self)
        return switch name {
        case "true": .trueLiteral
        case "false": .falseLiteral
        case "null": .nullLiteral
        case "in": .symbol(.isIn)
        default: .identifier(name)
        }
    }

    private mutating func quotedName() throws(CELError) -> Token {
        let start = position
        position += 1
        while peek().isNamePart || [0x2E, 0x2D, 0x2F, 0x20].contains(peek()) { position += 1 }
        guard peek() == UInt8(ascii: "`"), position > start + 1 else {
            throw source.error(
                at: start,
                .syntax,
                "a quoted field name is not closed",
                mend: "close it with a backquote; it may hold letters, digits, '_', '.', '-', '/' and blanks"
            )
        }
        position += 1
        return .quotedIdentifier(String(decoding: source.bytes[(start + 1)..<(position - 1)], as: UTF8.self))
    }

    private mutating func symbol() throws(CELError) -> Token {
        for length in [2, 1] where position + length <= source.bytes.count {
            let text = String(decoding: source.bytes[position..<(position + length)], as: UTF8.self)
            if let symbol = Token.Symbol(rawValue: text) {
                position += length
                return .symbol(symbol)
            }
        }
        throw unexpectedCharacter()
    }

    private func unexpectedCharacter() -> CELError {
        let character = String(decoding: source.bytes[position...].prefix(4), as: UTF8.self).unicodeScalars.first
        let byte = peek()
        let mend: String? =
            switch byte {
            case UInt8(ascii: "="): "write '==' to compare"
            case UInt8(ascii: "&"): "write '&&' for and"
            case UInt8(ascii: "|"): "write '||' for or"
            default: nil
            }
        let shown =
            if let character, character.value >= 0x20, character.value != 0x7F {
                "'\(character)'"
            } else {
                "U+" + String(UInt32(character?.value ?? 0), radix: 16, uppercase: true)
            }
        return source.error(at: position, .syntax, "unexpected character \(shown)", mend: mend)
    }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    var isNameStart: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
            || self == UInt8(ascii: "_")
    }

    var isNamePart: Bool { isNameStart || isDigit }

    /// The value of a hexadecimal digit; nil for other bytes.
    var hexValue: UInt32? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(self - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(self - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(self - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
