import Records

/// The text of a YAML file by lines, to find the place of something inside a scalar.
struct YAMLSource: Sendable {
    private let lines: [[Unicode.Scalar]]

    init(_ text: String) {
        var lines: [[Unicode.Scalar]] = [[]]
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            if scalar == "\n" || scalar == "\r" {
                if !(scalar == "\n" && previous == "\r") { lines.append([]) }
            } else {
                lines[lines.count - 1].append(scalar)
            }
            previous = scalar
        }
        self.lines = lines
    }

    /// The place in the file of a place in a scalar's text, both counted from 1 in code points.
    func location(ofLine line: Int, column: Int, in scalar: YAMLScalar, from start: SourceLocation) -> SourceLocation {
        switch scalar.style {
        case .plain: self.walk(to: Self.offset(line, column, in: scalar.text), from: start, skipping: 0)
        case .singleQuoted, .doubleQuoted:
            self.walk(to: Self.offset(line, column, in: scalar.text), from: start, skipping: 1)
        case .literal: self.literal(line: line, column: column, from: start)
        case .folded: start
        }
    }

    /// How many code points stand before a line and column of a text.
    private static func offset(_ line: Int, _ column: Int, in text: String) -> Int {
        var (offset, current) = (0, 1)
        for scalar in text.unicodeScalars where current < line {
            offset += 1
            if scalar == "\n" { current += 1 }
        }
        return offset + max(0, column - 1)
    }

    /// Walks over a plain or quoted scalar, undoing escapes and folding as it goes.
    private func walk(to offset: Int, from start: SourceLocation, skipping quotes: Int) -> SourceLocation {
        var line = start.line - 1
        var column = start.column - 1 + quotes
        guard line >= 0, line < self.lines.count else { return start }
        let isDouble = quotes == 1 && column > 0 && self.scalar(line, column - 1) == "\""
        var rest = offset
        while rest > 0 {
            guard let next = self.scalar(line, column) else {
                // A single line break folds to a space; blank lines stand for themselves.
                line += 1
                while line < self.lines.count, self.lines[line].allSatisfy({ $0 == " " }), rest > 0 {
                    line += 1
                    rest -= 1
                }
                guard line < self.lines.count else { return start }
                column = self.indentation(of: line)
                rest -= 1
                continue
            }
            column += Self.width(
                of: next,
                followedBy: self.scalar(line, column + 1),
                isQuoted: quotes == 1,
                isDouble: isDouble
            )
            rest -= 1
        }
        return SourceLocation(file: start.file, line: line + 1, column: column + 1)
    }

    /// How many code points of the file one code point of the text takes.
    private static func width(
        of scalar: Unicode.Scalar,
        followedBy next: Unicode.Scalar?,
        isQuoted: Bool,
        isDouble: Bool
    ) -> Int {
        guard isQuoted else { return 1 }
        if !isDouble { return scalar == "'" && next == "'" ? 2 : 1 }
        guard scalar == "\\" else { return 1 }
        return switch next {
        case "x": 4
        case "u": 6
        case "U": 10
        default: 2
        }
    }

    private func literal(line: Int, column: Int, from start: SourceLocation) -> SourceLocation {
        let first = self.lines.indices.dropFirst(start.line).first { index in
            !self.lines[index].allSatisfy { $0 == " " }
        }
        guard let first else { return start }
        return SourceLocation(
            file: start.file,
            line: start.line + line,
            column: self.indentation(of: first) + column
        )
    }

    private func scalar(_ line: Int, _ column: Int) -> Unicode.Scalar? {
        column >= 0 && column < self.lines[line].count ? self.lines[line][column] : nil
    }

    private func indentation(of line: Int) -> Int {
        self.lines[line].firstIndex { $0 != " " } ?? self.lines[line].count
    }
}
