import Mapping
import Records

/// Reads a file into values with their comments.
struct LayoutReader {
    private let source: LayoutSource
    private let scanner: CommentScanner
    private let root: YAMLNode

    init(_ text: String, root: YAMLNode) {
        self.source = LayoutSource(text)
        self.scanner = CommentScanner(self.source, root)
        self.root = root
    }

    /// The comments of the file, in its order.
    var comments: [String] { self.scanner.comments.map(\.text) }

    func read() -> LayoutNode {
        let node = self.node(self.root)
        for comment in self.scanner.comments { self.attach(comment, in: node) }
        self.addBlankLines(node)
        return node
    }

    // MARK: Values

    private func node(_ yaml: YAMLNode) -> LayoutNode {
        let start = self.source.offset(of: yaml.location)
        switch yaml.content {
        case .scalar(let scalar):
            guard let last = self.scanner.blockEnds[start] else { return LayoutNode(.scalar(scalar), start: start) }
            let (header, lines) = self.text(from: start, through: last)
            return LayoutNode(.scalar(scalar), start: start, textHeader: header, textLines: lines)
        case .sequence(let elements):
            let node = LayoutNode(.list, start: start, flowEnd: self.scanner.flowEnds[start])
            node.items = elements.map { element in
                LayoutItem(key: nil, start: self.source.offset(of: element.location), node: self.node(element))
            }
            return node
        case .mapping(let entries):
            let node = LayoutNode(.block, start: start, flowEnd: self.scanner.flowEnds[start])
            node.items = entries.map { entry in
                let offset = self.source.offset(of: entry.location)
                let sign = self.source.scalar(at: offset)
                let key = LayoutItem.Key(text: entry.key, isQuoted: sign == "\"" || sign == "'")
                return LayoutItem(key: key, start: offset, node: self.node(entry.value))
            }
            return node
        }
    }

    /// The header and the lines of a text after `|` or `>`; no lines if it counts its indentation by a digit, or the blank
    /// lines behind it, which belong to nobody here.
    private func text(from start: Int, through last: Int) -> (header: String, lines: [String]?) {
        var header = ""
        var offset = start
        while let scalar = self.source.scalar(at: offset), ["|", ">", "-", "+"].contains(scalar) {
            header.unicodeScalars.append(scalar)
            offset += 1
        }
        if let next = self.source.scalar(at: offset), next.properties.numericType != nil { return (header, nil) }
        if header.hasSuffix("+") { return (header, nil) }
        let first = self.source.line(of: start) + 1
        guard first <= last else { return (header, []) }
        let indent = (first...last).compactMap { self.source.indent(ofLine: $0) }.first ?? 0
        let lines = (first...last).map { line -> String in
            let text = self.source.text(ofLine: line)
            return text.unicodeScalars.count <= indent ? "" : String(text.unicodeScalars.dropFirst(indent))
        }
        return (header, lines)
    }

    // MARK: Comments

    private func attach(_ comment: LayoutComment, in node: LayoutNode) {
        guard let index = node.items.lastIndex(where: { $0.start < comment.offset }) else {
            self.lead(comment, node.items.first, else: node)
            return
        }
        let item = node.items[index]
        let next = index + 1 < node.items.count ? node.items[index + 1] : nil
        if self.goesInto(item, comment, column: self.source.column(of: node.start), isFlow: node.isFlow) {
            self.attach(comment, in: item.node)
        } else if !comment.isOwnLine, item.trailing == nil {
            item.trailing = comment.text
        } else {
            self.lead(comment, next, else: node)
        }
    }

    private func lead(_ comment: LayoutComment, _ item: LayoutItem?, else node: LayoutNode) {
        guard let item else {
            node.tail.append(comment.text)
            node.tailLines.append(comment.line)
            return
        }
        item.leading.append(comment.text)
        item.leadingLines.insert(comment.line)
    }

    /// Whether a comment behind the beginning of an item belongs into its value; `column` is where its siblings begin.
    private func goesInto(_ item: LayoutItem, _ comment: LayoutComment, column: Int, isFlow: Bool) -> Bool {
        let node = item.node
        guard !node.isScalar, let first = node.items.first else { return false }
        if let end = node.flowEnd { return node.start < comment.offset && comment.offset < end }
        if isFlow { return false }
        if first.start > comment.offset { return comment.isOwnLine }
        guard comment.isOwnLine else { return true }
        let own = self.source.column(of: node.start)
        // A list may stand as far out as its key; then what follows it belongs to what comes next.
        return node.begins(behind: comment.offset) || comment.column > own || (comment.column == own && own > column)
    }

    // MARK: Blank lines

    private func addBlankLines(_ node: LayoutNode) {
        node.tail = zip(node.tailLines, node.tail).flatMap { line, text in
            !node.isFlow && line > 1 && self.source.indent(ofLine: line - 1) == nil ? ["", text] : [text]
        }
        for item in node.items {
            if !node.isFlow { self.addBlankLines(to: item) }
            self.addBlankLines(item.node)
        }
    }

    private func addBlankLines(to item: LayoutItem) {
        var line = self.source.line(of: item.start) - 1
        var above: [String] = []
        var isBlank = false
        while line > 0 {
            let text = self.source.text(ofLine: line)
            if item.leadingLines.contains(line) {
                if isBlank { above.append("") }
                above.append(self.comment(ofLine: line))
                isBlank = false
            } else if self.source.indent(ofLine: line) == nil || text.hasPrefix("---") {
                isBlank = true
            } else {
                break
            }
            line -= 1
        }
        item.hasBlankBefore = isBlank && line > 0
        item.leading = above.reversed()
    }

    private func comment(ofLine line: Int) -> String {
        self.scanner.comments.first { $0.line == line }?.text ?? "#"
    }
}
