import Mapping
import Records

/// A file's text by places, as YAML counts them: lines and code points, both from 1.
struct LayoutSource {
    let scalars: [Unicode.Scalar]
    private let lineStarts: [Int]

    init(_ text: String) {
        self.scalars = Array(text.unicodeScalars)
        var starts = [0]
        for (offset, scalar) in self.scalars.enumerated() where scalar == "\n" { starts.append(offset + 1) }
        self.lineStarts = starts
    }

    var lineCount: Int { self.lineStarts.count }

    func offset(of place: SourceLocation) -> Int {
        let line = min(max(place.line, 1), self.lineStarts.count)
        return min(self.lineStarts[line - 1] + max(place.column, 1) - 1, self.scalars.count)
    }

    /// The line of an offset, from 1.
    func line(of offset: Int) -> Int {
        var (low, high) = (0, self.lineStarts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if self.lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low + 1
    }

    /// The column of an offset, from 1.
    func column(of offset: Int) -> Int { offset - self.lineStarts[self.line(of: offset) - 1] + 1 }

    /// A line without its end, by its number from 1.
    func text(ofLine line: Int) -> String {
        let start = self.lineStarts[line - 1]
        let end = line < self.lineStarts.count ? self.lineStarts[line] - 1 : self.scalars.count
        var view = String.UnicodeScalarView()
        view.append(contentsOf: self.scalars[start..<max(start, end)])
        return String(view)
    }

    /// How many blanks a line begins with; nil for one of nothing else.
    func indent(ofLine line: Int) -> Int? {
        let text = self.text(ofLine: line).unicodeScalars
        let indent = text.prefix { $0 == " " }.count
        return text.dropFirst(indent).allSatisfy { $0 == " " || $0 == "\t" } ? nil : indent
    }

    func scalar(at offset: Int) -> Unicode.Scalar? { offset < self.scalars.count ? self.scalars[offset] : nil }
}

/// One comment of a file.
struct LayoutComment: Hashable {
    let offset: Int
    let line: Int
    let column: Int
    /// From the `#` on, without blanks at the end.
    let text: String
    /// Whether nothing stands before it on its line.
    let isOwnLine: Bool
}

/// Finds the comments of a file, and where lists and blocks in brackets end.
///
/// YAML's parser drops comments; it says where every value begins, which is what is needed to tell a comment from a `#`
/// inside of one.
struct CommentScanner {
    private(set) var comments: [LayoutComment] = []
    /// The offset behind the closing bracket, by that of the opening one.
    private(set) var flowEnds: [Int: Int] = [:]
    /// The number of the last line of a text after `|` or `>`, by the offset of that sign.
    private(set) var blockEnds: [Int: Int] = [:]

    private let source: LayoutSource
    private var quoted: Set<Int> = []
    private var blocks: Set<Int> = []
    private var flows: Set<Int> = []

    init(_ source: LayoutSource, _ root: YAMLNode) {
        self.source = source
        self.collect(root)
        self.scan()
    }

    /// Where values begin that are not plain.
    private mutating func collect(_ node: YAMLNode) {
        let start = self.valueStart(self.source.offset(of: node.location))
        switch node.content {
        case .scalar(let scalar):
            switch scalar.style {
            case .singleQuoted, .doubleQuoted: self.quoted.insert(start)
            case .literal, .folded: self.blocks.insert(start)
            case .plain: break
            }
        case .sequence(let elements):
            if self.source.scalar(at: start) == "[" { self.flows.insert(start) }
            for element in elements { self.collect(element) }
        case .mapping(let entries):
            if self.source.scalar(at: start) == "{" { self.flows.insert(start) }
            for entry in entries {
                let key = self.valueStart(self.source.offset(of: entry.location))
                if self.source.scalar(at: key) == "\"" || self.source.scalar(at: key) == "'" { self.quoted.insert(key) }
                self.collect(entry.value)
            }
        }
    }

    /// Behind a tag such as `!!str`.
    private func valueStart(_ offset: Int) -> Int {
        guard self.source.scalar(at: offset) == "!" else { return offset }
        var offset = offset
        while let scalar = self.source.scalar(at: offset), scalar != " ", scalar != "\n" { offset += 1 }
        while self.source.scalar(at: offset) == " " { offset += 1 }
        return offset
    }

    private mutating func scan() {
        var (offset, open) = (0, [Int]())
        while let scalar = self.source.scalar(at: offset) {
            if self.quoted.contains(offset) {
                offset = self.end(ofQuoted: offset)
            } else if self.blocks.contains(offset) {
                offset = self.skipBlock(offset)
            } else if scalar == "#", self.isCommentStart(offset) {
                offset = self.takeComment(offset)
            } else {
                if self.flows.contains(offset) { open.append(offset) }
                if (scalar == "}" || scalar == "]") && !open.isEmpty { self.flowEnds[open.removeLast()] = offset + 1 }
                offset += 1
            }
        }
    }

    private func isCommentStart(_ offset: Int) -> Bool {
        offset == 0 || [" ", "\t", "\n"].contains(self.source.scalars[offset - 1])
    }

    private func end(ofQuoted start: Int) -> Int {
        let quote = self.source.scalars[start]
        var offset = start + 1
        while let scalar = self.source.scalar(at: offset) {
            if scalar == "\\", quote == "\"" {
                offset += 2
            } else if scalar == quote {
                guard quote == "'", self.source.scalar(at: offset + 1) == "'" else { return offset + 1 }
                offset += 2
            } else {
                offset += 1
            }
        }
        return offset
    }

    private mutating func takeComment(_ start: Int) -> Int {
        var end = start
        while let scalar = self.source.scalar(at: end), scalar != "\n" { end += 1 }
        let line = self.source.line(of: start)
        let column = self.source.column(of: start)
        var text = String.UnicodeScalarView()
        text.append(contentsOf: self.source.scalars[start..<end])
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        let before = self.source.text(ofLine: line).unicodeScalars.prefix(column - 1)
        self.comments.append(
            LayoutComment(
                offset: start,
                line: line,
                column: column,
                text: String(text),
                isOwnLine: before.allSatisfy { $0 == " " || $0 == "\t" }
            )
        )
        return end
    }

    /// Goes to the end of the header of a text after `|` or `>`, and remembers where the text ends.
    ///
    /// The text itself is skipped by its lines: all that are blank, or as far in as its first one.
    private mutating func skipBlock(_ start: Int) -> Int {
        let header = self.source.line(of: start)
        var offset = start
        while let scalar = self.source.scalar(at: offset), scalar != "\n" {
            if scalar == "#", self.isCommentStart(offset) {
                offset = self.takeComment(offset)
                break
            }
            offset += 1
        }
        var (line, last, indent) = (header + 1, header, Int?.none)
        while line <= self.source.lineCount {
            if let own = self.source.indent(ofLine: line) {
                let wanted = indent ?? own
                // A text that is not further in than what stands before it is empty.
                if own < wanted || (indent == nil && own == 0) { break }
                indent = wanted
                last = line
            }
            line += 1
        }
        self.blockEnds[start] = last
        guard last < self.source.lineCount else { return self.source.scalars.count }
        return self.source.offset(of: SourceLocation(file: "", line: last + 1, column: 1))
    }
}
