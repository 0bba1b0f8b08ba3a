/// Numbers, texts and bytes.
extension Lexer {
    /// What stands before the opening quote of a literal.
    struct QuotePrefix {
        var isRaw = false
        var isBytes = false
        /// Letters before the quote.
        var length = 0
    }

    /// The prefix when a quoted literal starts here; nil otherwise.
    func quotePrefix() -> QuotePrefix? {
        var prefix = QuotePrefix()
        while prefix.length < 2 {
            switch peek(prefix.length) {
            case UInt8(ascii: "r"), UInt8(ascii: "R"):
                guard !prefix.isRaw else { return nil }
                prefix.isRaw = true
            case UInt8(ascii: "b"), UInt8(ascii: "B"):
                guard !prefix.isBytes else { return nil }
                prefix.isBytes = true
            default:
                return isQuote(peek(prefix.length)) ? prefix : nil
            }
            prefix.length += 1
        }
        return isQuote(peek(prefix.length)) ? prefix : nil
    }

    private func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") }

    mutating func number() throws(CELError) -> Token {
        let start = position
        if peek() == UInt8(ascii: "0"), peek(1) == UInt8(ascii: "x") || peek(1) == UInt8(ascii: "X") {
            return try hexNumber(start)
        }
        while peek().isDigit { position += 1 }
        var isDouble = false
        if peek() == UInt8(ascii: "."), peek(1).isDigit {
            isDouble = true
            position += 1
            while peek().isDigit { position += 1 }
        }
        if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
            let sign = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-") ? 1 : 0
            if peek(1 + sign).isDigit {
                isDouble = true
                position += 1 + sign
                while peek().isDigit { position += 1 }
            }
        }
        let text = String(decoding: source.bytes[start..<position], as: UTF8.self)
        if isDouble {
            try endNumber(start)
            return .double(Double(text) ?? 0)
        }
        return try integer(start, UInt64(text))
    }

    private mutating func hexNumber(_ start: Int) throws(CELError) -> Token {
        position += 2
        let digits = position
        while peek().hexValue != nil { position += 1 }
        let text = String(decoding: source.bytes[digits..<position], as: UTF8.self)
        guard !text.isEmpty else {
            throw source.error(at: start, .syntax, "a hexadecimal number without digits")
        }
        return try integer(start, UInt64(text, radix: 16))
    }

    private mutating func integer(_ start: Int, _ value: UInt64?) throws(CELError) -> Token {
        let isUnsigned = peek() == UInt8(ascii: "u") || peek() == UInt8(ascii: "U")
        if isUnsigned { position += 1 }
        try endNumber(start)
        guard let value else {
            throw source.error(
                at: start,
                .syntax,
                "the number is too large for \(isUnsigned ? "a uint" : "an int")",
                mend: "write it as a double, with '.0' at its end"
            )
        }
        return isUnsigned ? .uint(value) : .int(value)
    }

    private func endNumber(_ start: Int) throws(CELError) {
        guard peek().isNamePart else { return }
        throw source.error(at: position, .syntax, "a letter right after a number", mend: "put an operator between them")
    }

    mutating func quoted(_ prefix: QuotePrefix) throws(CELError) -> Token {
        let start = position
        position += prefix.length
        let quote = peek()
        let isTriple = peek(1) == quote && peek(2) == quote
        position += isTriple ? 3 : 1
        var content: [UInt8] = []
        while true {
            guard position < source.bytes.count else { throw unclosed(start) }
            let byte = peek()
            if byte == quote, !isTriple || (peek(1) == quote && peek(2) == quote) {
                position += isTriple ? 3 : 1
                break
            }
            if byte == UInt8(ascii: "\\") {
                try escape(prefix, quote, isTriple, start, into: &content)
                continue
            }
            if !isTriple, byte == 0x0A || byte == 0x0D { throw unclosed(start) }
            content.append(byte)
            position += 1
        }
        return prefix.isBytes ? .bytes(content) : .string(String(decoding: content, as: UTF8.self))
    }

    private func unclosed(_ start: Int) -> CELError {
        source.error(at: start, .syntax, "the text is not closed", mend: "close it with the quote it starts with")
    }

    private mutating func escape(
        _ prefix: QuotePrefix,
        _ quote: UInt8,
        _ isTriple: Bool,
        _ start: Int,
        into content: inout [UInt8]
    ) throws(CELError) {
        let place = position
        position += 1
        guard position < source.bytes.count else { throw unclosed(start) }
        let byte = peek()
        guard !prefix.isRaw else {
            // A raw text keeps its backslashes; one before a quote still belongs to the text, as in every CEL lexer.
            guard isTriple || (byte != 0x0A && byte != 0x0D) else { throw unclosed(start) }
            content.append(UInt8(ascii: "\\"))
            content.append(byte)
            position += 1
            return
        }
        if let simple = Self.simpleEscapes[byte] {
            content.append(simple)
            position += 1
            return
        }
        let (count, radix): (Int, UInt32)
        switch byte {
        case UInt8(ascii: "x"), UInt8(ascii: "X"): (count, radix) = (2, 16)
        case UInt8(ascii: "u") where !prefix.isBytes: (count, radix) = (4, 16)
        case UInt8(ascii: "U") where !prefix.isBytes: (count, radix) = (8, 16)
        case UInt8(ascii: "0")...UInt8(ascii: "3"): (count, radix) = (3, 8)
        default: throw badEscape(place)
        }
        if radix == 16 { position += 1 }
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let digit = peek().hexValue, digit < radix, value <= UInt32.max / radix else {
                throw badEscape(place)
            }
            value = value * radix + digit
            position += 1
        }
        if prefix.isBytes {
            guard let byte = UInt8(exactly: value) else { throw badEscape(place) }
            content.append(byte)
        } else {
            guard let scalar = Unicode.Scalar(value) else { throw badEscape(place) }
            content.append(contentsOf: Array(String(Character(scalar)).utf8))
        }
    }

    private func badEscape(_ place: Int) -> CELError {
        source.error(
            at: place,
            .syntax,
            "an escape sequence that the language does not know",
            mend: "write '\\\\' for a backslash, or put r before the opening quote"
        )
    }

    private static let simpleEscapes: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 0x07, UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A,
        UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09, UInt8(ascii: "v"): 0x0B, UInt8(ascii: "\\"): 0x5C,
        UInt8(ascii: "?"): 0x3F, UInt8(ascii: "\""): 0x22, UInt8(ascii: "'"): 0x27, UInt8(ascii: "`"): 0x60,
    ]
}
