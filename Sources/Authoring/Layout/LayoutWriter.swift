import Mapping
import Records

/// Writes values with their comments: two blanks for each level, what is in brackets on one line if it fits.
struct LayoutWriter {
    /// The longest line that a list or block in brackets may take, without its comment.
    static let width = 120

    /// The lines of a whole file.
    func lines(_ root: LayoutNode) -> [String] {
        if root.items.isEmpty || root.isScalar { return [self.inline(root)] + root.tail }
        return self.lines(root, indent: 0)
    }

    private func lines(_ node: LayoutNode, indent: Int) -> [String] {
        let space = String(repeating: " ", count: indent)
        var lines: [String] = []
        for (index, item) in node.items.enumerated() {
            if item.hasBlankBefore, index > 0 { lines.append("") }
            lines += item.leading.map { $0.isEmpty ? "" : space + $0 }
            lines += item.key == nil ? self.element(item, indent: indent) : self.entry(item, indent: indent)
        }
        return lines + node.tail.map { $0.isEmpty ? "" : space + $0 }
    }

    private func element(_ item: LayoutItem, indent: Int) -> [String] {
        let space = String(repeating: " ", count: indent)
        let comment = item.trailing.map { " \($0)" } ?? ""
        if let line = self.fitting(item.node, behind: "\(space)- ") { return [line + comment] }
        if let text = item.node.textLines { return self.text(item.node, text, "\(space)- ", indent, comment) }
        // The first line of the value stands behind the dash, and comments before that above it.
        var lines = self.lines(item.node, indent: indent + 2)
        var above = item.trailing.map { [space + $0] } ?? []
        while let first = lines.first?.drop(while: { $0 == " " }), first.hasPrefix("#") {
            above.append(space + first)
            lines.removeFirst()
        }
        guard let first = lines.first else { return above + ["\(space)-"] }
        lines[0] = "\(space)- " + first.dropFirst(indent + 2)
        return above + lines
    }

    private func entry(_ item: LayoutItem, indent: Int) -> [String] {
        let space = String(repeating: " ", count: indent)
        let comment = item.trailing.map { " \($0)" } ?? ""
        let head = "\(space)\(self.key(item)):"
        if let line = self.fitting(item.node, behind: "\(head) ") {
            return [(line.hasSuffix(" ") ? String(line.dropLast()) : line) + comment]
        }
        if let text = item.node.textLines { return self.text(item.node, text, "\(head) ", indent, comment) }
        return [head + comment] + self.lines(item.node, indent: indent + 2)
    }

    private func text(
        _ node: LayoutNode,
        _ text: [String],
        _ head: String,
        _ indent: Int,
        _ comment: String
    ) -> [String] {
        let space = String(repeating: " ", count: indent + 2)
        return ["\(head)\(node.textHeader)\(comment)"] + text.map { $0.isEmpty ? "" : space + $0 }
    }

    /// The line, if the value goes on one; nil for what takes lines of its own.
    private func fitting(_ node: LayoutNode, behind head: String) -> String? {
        if node.textLines != nil { return nil }
        if node.isScalar || node.items.isEmpty { return node.tail.isEmpty ? head + self.inline(node) : nil }
        guard node.isFlow, !node.holdsComments, !node.holdsTextLines else { return nil }
        let line = head + self.inline(node)
        return line.unicodeScalars.count <= Self.width ? line : nil
    }

    // MARK: On one line

    private func inline(_ node: LayoutNode) -> String {
        switch node.kind {
        case .scalar(let scalar): return self.scalar(scalar)
        case .list: return "[\(node.items.map { self.inline($0.node) }.joined(separator: ", "))]"
        case .block:
            let entries = node.items.map { item -> String in
                let value = self.inline(item.node)
                return value.isEmpty ? "\(self.key(item)):" : "\(self.key(item)): \(value)"
            }
            return entries.isEmpty ? "{}" : "{ \(entries.joined(separator: ", ")) }"
        }
    }

    private func key(_ item: LayoutItem) -> String {
        guard let key = item.key else { return "" }
        return key.isQuoted ? YAMLWord.plain(key.text) : key.text
    }

    /// Quotes stay where YAML, or a reader of ours, would take the text for something else.
    private func scalar(_ scalar: YAMLScalar) -> String {
        switch scalar.style {
        case .plain: scalar.text.contains("\n") ? YAMLWord.quoted(scalar.text) : scalar.text
        case .singleQuoted, .doubleQuoted: YAMLWord.plain(scalar.text)
        case .literal, .folded: YAMLWord.quoted(scalar.text)
        }
    }
}
