/// `'%d of %s'.format([…])` (cel-spec, doc/extensions/strings.md).
enum TextFormat {
    private static let defaultPrecision = 6
    private static let greatestPrecision = 1_000
    /// What writing a double digit by digit costs of the budget.
    private static let exactCost = 30

    static func format(_ format: CELValue, _ list: CELValue, _ frame: inout Frame) throws(Failure) -> CELValue {
        guard case .string(let format) = format, case .list(let arguments) = list else {
            throw .overload("format", format.kind, list.kind)
        }
        try frame.spend(bytes: format.utf8.count)
        var scanner = Scanner(format)
        var text = ""
        var used = 0
        while let part = try scanner.next() {
            switch part {
            case .text(let literal): text += literal
            case .clause(let letter, let precision):
                guard used < arguments.count else {
                    throw Failure(.outOfRange, "the format has more clauses than arguments")
                }
                let piece = try self.text(arguments[used], as: letter, precision, &frame)
                try frame.spend(bytes: piece.utf8.count)
                text += piece
                used += 1
            }
        }
        return .string(text)
    }

    private static func text(
        _ value: CELValue,
        as letter: Unicode.Scalar,
        _ precision: Int?,
        _ frame: inout Frame
    ) throws(Failure) -> String {
        switch letter {
        case "s": return try plain(value, &frame)
        case "d": return try decimal(value)
        case "f", "e":
            guard let number = double(value) else { throw mismatch(letter, value) }
            try frame.spend(exactCost)
            let precision = precision ?? defaultPrecision
            return letter == "f"
                ? DecimalText.fixed(number, precision: precision)
                : DecimalText.scientific(number, precision: precision)
        case "b":
            if case .bool(let isTrue) = value { return isTrue ? "1" : "0" }
            return try digits(value, letter, radix: 2)
        case "o": return try digits(value, letter, radix: 8)
        case "x", "X":
            let text = try hexadecimal(value, letter)
            return letter == "X" ? Letters.upperASCII(text) : text
        default: throw Failure(.invalidArgument, "'%\(letter)' is no clause of a format")
        }
    }

    private static func mismatch(_ letter: Unicode.Scalar, _ value: CELValue) -> Failure {
        .overload("%\(letter)", value.kind)
    }

    private static func double(_ value: CELValue) -> Double? {
        switch value {
        case .int(let value): Double(value)
        case .uint(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    private static func decimal(_ value: CELValue) throws(Failure) -> String {
        switch value {
        case .int(let value): String(value)
        case .uint(let value): String(value)
        case .double(let value): DecimalText.plain(value)
        default: throw mismatch("d", value)
        }
    }

    private static func digits(_ value: CELValue, _ letter: Unicode.Scalar, radix: Int) throws(Failure) -> String {
        switch value {
        case .int(let value): String(value, radix: radix)
        case .uint(let value): String(value, radix: radix)
        default: throw mismatch(letter, value)
        }
    }

    private static func hexadecimal(_ value: CELValue, _ letter: Unicode.Scalar) throws(Failure) -> String {
        switch value {
        case .string(let text): hexadecimal(Array(text.utf8))
        case .bytes(let bytes): hexadecimal(bytes)
        default: try digits(value, letter, radix: 16)
        }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let symbols = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(symbols[Int(byte >> 4)])
            text.append(symbols[Int(byte & 0xF)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Any value as `%s` shows it.
    private static func plain(_ value: CELValue, _ frame: inout Frame) throws(Failure) -> String {
        try frame.spend(1)
        switch value {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .int, .uint, .double: return try decimal(value)
        case .string(let text): return text
        case .bytes(let bytes): return repaired(bytes)
        case .type(let name): return name
        case .timestamp(let moment): return moment.text
        case .duration(let span): return span.text
        case .list(let values):
            var texts: [String] = []
            for value in values { texts.append(try plain(value, &frame)) }
            try frame.spend(bytes: texts.reduce(0) { $0 + $1.utf8.count })
            return "[\(texts.joined(separator: ", "))]"
        case .map(let map): return try plain(map, &frame)
        case .optional, .object: throw mismatch("s", value)
        }
    }

    private static func plain(_ map: CELMap, _ frame: inout Frame) throws(Failure) -> String {
        var texts: [(key: String, text: String)] = []
        for entry in map.entries {
            let key = try plain(entry.key, &frame)
            texts.append((key, "\(key): \(try plain(entry.value, &frame))"))
        }
        try frame.spend(bytes: texts.reduce(0) { $0 + $1.text.utf8.count })
        texts.sort { Text.precedes($0.key, $1.key) }
        return "{\(texts.map(\.text).joined(separator: ", "))}"
    }

    /// The bytes as text, each run of bytes that are no UTF-8 as one U+FFFD.
    private static func repaired(_ bytes: [UInt8]) -> String {
        var scalars = String.UnicodeScalarView()
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var wasError = false
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar):
                scalars.append(scalar)
                wasError = false
            case .error:
                if !wasError { scalars.append("\u{FFFD}") }
                wasError = true
            case .emptyInput: return String(scalars)
            }
        }
    }

    // MARK: Scanning

    /// A piece of a format.
    private enum Part {
        case text(String)
        case clause(Unicode.Scalar, precision: Int?)
    }

    /// Cuts a format into pieces.
    private struct Scanner {
        private let scalars: [Unicode.Scalar]
        private var position = 0

        init(_ format: String) {
            scalars = Array(format.unicodeScalars)
        }

        mutating func next() throws(Failure) -> Part? {
            guard position < scalars.count else { return nil }
            guard scalars[position] == "%" else { return .text(literal()) }
            position += 1
            guard position < scalars.count else { throw Failure(.invalidArgument, "the format ends after '%'") }
            if scalars[position] == "%" {
                position += 1
                return .text("%")
            }
            let precision = try precision()
            guard position < scalars.count else { throw Failure(.invalidArgument, "the format ends within a clause") }
            position += 1
            return .clause(scalars[position - 1], precision: precision)
        }

        private mutating func literal() -> String {
            var text = String.UnicodeScalarView()
            while position < scalars.count, scalars[position] != "%" {
                text.append(scalars[position])
                position += 1
            }
            return String(text)
        }

        private mutating func precision() throws(Failure) -> Int? {
            guard scalars[position] == "." else { return nil }
            position += 1
            var digits = ""
            while position < scalars.count, ("0"..."9").contains(scalars[position]) {
                digits.unicodeScalars.append(scalars[position])
                position += 1
            }
            guard let precision = Int(digits), precision <= greatestPrecision else {
                throw Failure(.invalidArgument, "the precision of a format clause is no number up to 1000")
            }
            return precision
        }
    }
}
