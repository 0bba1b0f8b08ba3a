import Mapping
import Records

/// A value of a file with its comments, to be laid out anew.
final class LayoutNode {
    /// What the value is.
    enum Kind {
        case scalar(YAMLScalar)
        case list
        case block
    }

    let kind: Kind
    /// Where it begins.
    let start: Int
    /// The offset behind its closing bracket; nil if it has none.
    let flowEnd: Int?
    /// The lines of a text after `|` or `>`, without what they are set in by; nil for every other value.
    let textLines: [String]?
    /// The sign and the chomping of such a text: `>-`.
    let textHeader: String
    /// Its elements, or keys.
    var items: [LayoutItem] = []
    /// Comments behind the last element; an empty one is a blank line.
    var tail: [String] = []
    /// The lines of these comments in the file.
    var tailLines: [Int] = []

    init(_ kind: Kind, start: Int, flowEnd: Int? = nil, textHeader: String = "", textLines: [String]? = nil) {
        self.kind = kind
        self.start = start
        self.flowEnd = flowEnd
        self.textHeader = textHeader
        self.textLines = textLines
    }

    /// Whether it stands in brackets.
    var isFlow: Bool { self.flowEnd != nil }

    /// Whether it has no elements at all.
    var isScalar: Bool {
        if case .scalar = self.kind { true } else { false }
    }

    /// Whether a comment stands anywhere inside.
    var holdsComments: Bool {
        !self.tail.isEmpty
            || self.items.contains { !$0.leading.isEmpty || $0.trailing != nil || $0.node.holdsComments }
    }

    /// Whether a text after `|` or `>` stands anywhere inside, which takes lines of its own.
    var holdsTextLines: Bool { self.textLines != nil || self.items.contains { $0.node.holdsTextLines } }

    /// Lifts comments between a dash, or a bracket, and what is first inside to above the dash.
    func liftComments() {
        for item in self.items {
            item.node.liftComments()
            guard item.key == nil, let first = item.node.items.first else { continue }
            item.leading += first.leading
            first.leading = []
        }
    }

    /// Whether anything inside begins behind an offset.
    func begins(behind offset: Int) -> Bool {
        self.items.contains { $0.start > offset || $0.node.start > offset || $0.node.begins(behind: offset) }
    }
}

/// An element of a list, or a key with its value.
final class LayoutItem {
    /// A key as it is written.
    struct Key {
        let text: String
        let isQuoted: Bool
    }

    /// The key; nil in a list.
    let key: Key?
    /// Where it begins.
    let start: Int
    let node: LayoutNode
    /// The comments above; an empty one is a blank line.
    var leading: [String] = []
    /// The comment behind, on the same line.
    var trailing: String?
    /// Whether a blank line stands above it and its comments.
    var hasBlankBefore = false
    /// The lines of the comments above, in the file.
    var leadingLines: Set<Int> = []

    init(key: Key?, start: Int, node: LayoutNode) {
        self.key = key
        self.start = start
        self.node = node
    }
}
