/// The smallest parts of an expression.
enum Token: Equatable {
    case int(UInt64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case identifier(String)
    /// A field name between backquotes.
    case quotedIdentifier(String)
    case trueLiteral
    case falseLiteral
    case nullLiteral
    case symbol(Symbol)
    case end

    enum Symbol: String {
        case leftParenthesis = "("
        case rightParenthesis = ")"
        case leftBracket = "["
        case rightBracket = "]"
        case leftBrace = "{"
        case rightBrace = "}"
        case dot = "."
        case comma = ","
        case colon = ":"
        case question = "?"
        case plus = "+"
        case minus = "-"
        case times = "*"
        case divide = "/"
        case remainder = "%"
        case not = "!"
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case equal = "=="
        case notEqual = "!="
        case and = "&&"
        case or = "||"
        case isIn = "in"
    }

    /// The token as messages quote it.
    var plainText: String {
        switch self {
        case .int(let value): "\(value)"
        case .uint(let value): "\(value)u"
        case .double(let value): "\(value)"
        case .string: "a text"
        case .bytes: "a bytes literal"
        case .identifier(let name): "'\(name)'"
        case .quotedIdentifier(let name): "'`\(name)`'"
        case .trueLiteral: "'true'"
        case .falseLiteral: "'false'"
        case .nullLiteral: "'null'"
        case .symbol(let symbol): "'\(symbol.rawValue)'"
        case .end: "the end"
        }
    }
}

/// A token with its place in the source.
struct PlacedToken {
    let token: Token
    /// The byte offset of its first byte.
    let offset: Int
    /// The byte offset after its last byte.
    let end: Int
}
