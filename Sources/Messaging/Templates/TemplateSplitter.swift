import Records

/// Splits a template into literal text and the expressions between `{{` and `}}`.
struct TemplateSplitter {
    /// One piece of a template.
    enum Piece {
        case literal(String)
        case expression(String, SourceLocation)
        case unclosed(SourceLocation)
    }

    private let scalars: [Unicode.Scalar]
    private let file: String
    private var index = 0
    private var line: Int
    private var column: Int

    /// Starts at the place where the text stands in its file.
    init(_ text: String, at start: SourceLocation) {
        self.scalars = Array(text.unicodeScalars)
        self.file = start.file
        self.line = max(1, start.line)
        self.column = max(1, start.column)
    }

    /// All pieces in their order.
    mutating func pieces() -> [Piece] {
        var pieces: [Piece] = []
        var literal = String.UnicodeScalarView()
        while self.index < self.scalars.count {
            guard self.stands("{", "{") else {
                literal.append(self.next())
                continue
            }
            if !literal.isEmpty { pieces.append(.literal(String(literal))) }
            literal = String.UnicodeScalarView()
            pieces.append(self.expression())
        }
        if !literal.isEmpty { pieces.append(.literal(String(literal))) }
        return pieces
    }

    /// Reads from `{{` to the `}}` that closes it; braces in quotes and of nested maps do not.
    private mutating func expression() -> Piece {
        let start = SourceLocation(file: self.file, line: self.line, column: self.column)
        _ = (self.next(), self.next())
        while self.index < self.scalars.count, self.scalars[self.index] == " " { _ = self.next() }
        let place = SourceLocation(file: self.file, line: self.line, column: self.column)
        var source = String.UnicodeScalarView()
        var quote: Unicode.Scalar?
        var depth = 0
        while self.index < self.scalars.count {
            if quote == nil, depth == 0, self.stands("}", "}") {
                _ = (self.next(), self.next())
                return .expression(String(source), place)
            }
            let scalar = self.next()
            source.append(scalar)
            if let open = quote {
                if scalar == "\\", self.index < self.scalars.count { source.append(self.next()) }
                if scalar == open { quote = nil }
            } else if scalar == "'" || scalar == "\"" {
                quote = scalar
            } else if scalar == "{" {
                depth += 1
            } else if scalar == "}" {
                depth -= 1
            }
        }
        return .unclosed(start)
    }

    private func stands(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Bool {
        self.index + 1 < self.scalars.count && self.scalars[self.index] == first
            && self.scalars[self.index + 1] == second
    }

    private mutating func next() -> Unicode.Scalar {
        let scalar = self.scalars[self.index]
        self.index += 1
        if scalar == "\n" {
            self.line += 1
            self.column = 1
        } else {
            self.column += 1
        }
        return scalar
    }
}
