package import Records

/// One node of a YAML document, with its place in the file.
///
/// Plain scalars have no type of their own: `no`, `1.0` and `2026-01-01` are text until a reader asks for something
/// else, so that nothing is guessed from the looks of a value.
package struct YAMLNode: Sendable {
    /// What a node holds.
    package enum Content: Sendable {
        /// One value.
        case scalar(YAMLScalar)
        /// A list.
        case sequence([YAMLNode])
        /// Keys and values in the order of the file.
        case mapping([YAMLEntry])
    }

    /// What the node holds.
    package let content: Content
    /// Where it begins.
    package let location: SourceLocation

    /// Creates a node.
    package init(_ content: Content, at location: SourceLocation) {
        self.content = content
        self.location = location
    }

    /// The scalar, if the node is one.
    package var scalar: YAMLScalar? {
        if case .scalar(let scalar) = self.content { scalar } else { nil }
    }

    /// The elements, if the node is a list.
    package var elements: [YAMLNode]? {
        if case .sequence(let elements) = self.content { elements } else { nil }
    }

    /// The keys and values, if the node is a mapping.
    package var entries: [YAMLEntry]? {
        if case .mapping(let entries) = self.content { entries } else { nil }
    }

    /// The value of a key, if the node is a mapping that has it.
    package subscript(_ key: String) -> YAMLNode? {
        self.entries?.first { $0.key.hasSameBytes(as: key) }?.value
    }

    /// Whether the node is an empty plain scalar, `~` or `null`.
    package var isNull: Bool { self.scalar?.isNull ?? false }

    /// What the node is, as messages say it: `a list`.
    package var kindName: String {
        switch self.content {
        case .scalar(let scalar): scalar.isNull ? "empty" : "text"
        case .sequence: "a list"
        case .mapping: "a block of keys"
        }
    }
}

/// One key of a YAML mapping with its value.
package struct YAMLEntry: Sendable {
    /// The key.
    package let key: String
    /// Where the key stands.
    package let location: SourceLocation
    /// The value.
    package let value: YAMLNode

    /// Creates an entry.
    package init(key: String, at location: SourceLocation, value: YAMLNode) {
        self.key = key
        self.location = location
        self.value = value
    }
}

/// One scalar of a YAML document.
package struct YAMLScalar: Sendable {
    /// How a scalar is written.
    package enum Style: Sendable {
        /// Without quotes.
        case plain
        /// In `'…'`.
        case singleQuoted
        /// In `"…"`.
        case doubleQuoted
        /// After `|`.
        case literal
        /// After `>`.
        case folded
    }

    /// The text, with escapes and folding undone.
    package let text: String
    /// How it is written.
    package let style: Style
    private let start: SourceLocation
    private let source: YAMLSource

    init(text: String, style: Style, start: SourceLocation, source: YAMLSource) {
        self.text = text
        self.style = style
        self.start = start
        self.source = source
    }

    /// Whether it is an empty plain scalar, `~` or `null`.
    package var isNull: Bool {
        self.style == .plain && (self.text.isEmpty || self.text == "~" || self.text == "null")
    }

    /// The place in the file of a place in the text, both counted from 1 in code points.
    ///
    /// Exact for everything but `>` blocks, where it is the start of the scalar.
    package func location(line: Int, column: Int) -> SourceLocation {
        self.source.location(ofLine: line, column: column, in: self, from: self.start)
    }

    /// The same scalar with another text; places inside it then refer to the start.
    func replacing(text: String) -> YAMLScalar {
        YAMLScalar(text: text, style: self.style, start: self.start, source: self.source)
    }
}
