import Mapping
import Records

/// The canonical form of mapping files: the order of keys, the spacing, the quotes.
///
/// Comments stay, and so does the meaning. Lists and blocks stay in brackets, or out of them, as they are; what does not
/// fit on a line any more leaves them. The result is read again and held against the original before anybody gets it.
package enum MappingLayout {
    /// The keys of a file, in canonical order.
    static let fileKeys = [
        "mapping", "connection", "object", "include", "match", "duplicates", "identity", "allow_role_addresses",
        "filter", "create", "update", "delete", "merges", "initial", "on_conflict", "on_clear", "on_create_default",
        "fields", "groups", "consent", "associations", "rollups", "lists", "activities",
        "examples",
    ]
    /// The keys of a field, or an association.
    static let fieldKeys = [
        "purpose", "channel", "event", "kind", "segment", "local", "remote", "list", "campaign", "label", "of", "give",
        "meaning", "direction", "via",
        "value", "constant", "text",
        "default", "when", "since", "authority", "unless_blank", "on_conflict", "initial", "on_clear", "backward",
        "drift",
        "write",
        "push_when", "on_create_default",
    ]
    /// The keys of the other blocks whose order means nothing; the two sides of an example stay as they are.
    private static let otherKeys = [
        "groups": ["fields", "on_conflict", "initial"], "examples": ["name", "direction"],
        "object": ["local", "remote"], "filter": ["pull", "push", "kind"], "create": ["pull", "push"],
        "update": ["pull", "push"], "delete": ["pull", "push", "edited"],
    ]
    /// Sections of a file that stand apart from what comes before them.
    private static let sections = [
        "fields", "groups", "consent", "associations", "rollups", "lists", "activities",
        "examples",
    ]

    /// A file's bytes in canonical form.
    ///
    /// Throws a `DiagnosticList` if the file is not YAML that we take, or cannot be laid out without a loss.
    package static func format(_ bytes: [UInt8], file: String) throws -> [UInt8] {
        let text = try self.text(bytes, file: file)
        let tree = try YAMLDocument.parse(text: text, file: file)
        let reader = LayoutReader(text, root: tree)
        let root = reader.read()
        self.order(root)
        root.liftComments()
        let result = LayoutWriter().lines(root).joined(separator: "\n") + "\n"
        let again = try? YAMLDocument.parse(text: result, file: file)
        guard let again, self.isSame(tree, again),
            LayoutReader(result, root: again).comments.sorted() == reader.comments.sorted()
        else {
            throw DiagnosticList([
                Diagnostic(
                    .error,
                    at: tree.location,
                    "the file cannot be laid out anew without losing something",
                    mend: "write it with fewer of YAML's rarer forms: no tags, no \"?\" keys, no digits behind | or >"
                )
            ])
        }
        return Array(result.utf8)
    }

    /// The text with one kind of line end; throws for what only YAML takes for one.
    private static func text(_ bytes: [UInt8], file: String) throws -> String {
        let plain = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        var unix: [UInt8] = []
        unix.reserveCapacity(plain.count)
        for (index, byte) in zip(plain.indices, plain) {
            if byte == 0x0D, index + 1 < plain.endIndex, plain[index + 1] == 0x0A { continue }
            unix.append(byte)
        }
        // Says what is wrong with bytes that are no text.
        guard let text = String(validating: unix, as: UTF8.self) else {
            _ = try YAMLDocument.parse(bytes, file: file)
            return ""
        }
        let strange: [Unicode.Scalar] = ["\r", "\u{85}", "\u{2028}", "\u{2029}"]
        let scalars = text.unicodeScalars
        guard let place = scalars.firstIndex(where: { strange.contains($0) }) else { return text }
        let line = scalars[..<place].count { $0 == "\n" } + 1
        throw DiagnosticList([
            Diagnostic(
                .error,
                at: SourceLocation(file: file, line: line, column: 1),
                "the line contains a line end that only some programs take for one",
                mend: "write \\r, \\N or \\L inside double quotes, or end lines with a line feed"
            )
        ])
    }

    // MARK: Order

    private static func order(_ root: LayoutNode) {
        guard case .block = root.kind, let first = root.items.first else { return }
        self.sort(root, by: self.fileKeys)
        // What stands at the head of a file stays there.
        if let now = root.items.first, now !== first, !first.leading.isEmpty {
            now.leading = first.leading + now.leading
            first.leading = []
        }
        for item in root.items {
            let key = item.key?.text ?? ""
            if self.sections.contains(key), item.node.items.contains(where: { !$0.node.items.isEmpty }) {
                item.hasBlankBefore = true
            }
            switch key {
            case "fields", "consent", "associations", "rollups", "lists", "activities":
                for element in item.node.items { self.sort(element.node, by: self.fieldKeys) }
            case "groups", "examples":
                for element in item.node.items { self.sort(element.node, by: self.otherKeys[key] ?? []) }
            default: self.sort(item.node, by: self.otherKeys[key] ?? [])
            }
        }
    }

    /// Puts keys into an order; keys that are not in it stay behind the others, as they were.
    private static func sort(_ node: LayoutNode, by keys: [String]) {
        guard case .block = node.kind else { return }
        let places = node.items.enumerated().map { index, item in
            (keys.firstIndex { $0.hasSameBytes(as: item.key?.text ?? "") } ?? keys.count, index)
        }
        node.items = places.indices.sorted { places[$0] < places[$1] }.map { node.items[$0] }
    }

    // MARK: Proof

    /// Whether two trees say the same; the order of keys, and quotes around what is text anyway, do not count.
    private static func isSame(_ one: YAMLNode, _ two: YAMLNode) -> Bool {
        switch (one.content, two.content) {
        case (.scalar(let left), .scalar(let right)):
            let isTyped = YAMLWord.looksTyped(left.text)
            return left.text.hasSameBytes(as: right.text) && left.isNull == right.isNull
                && (!isTyped || (left.style == .plain) == (right.style == .plain))
        case (.sequence(let left), .sequence(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { self.isSame($0, $1) }
        case (.mapping(let left), .mapping(let right)):
            return left.count == right.count
                && left.allSatisfy { entry in
                    right.first { $0.key.hasSameBytes(as: entry.key) }.map { self.isSame(entry.value, $0.value) }
                        ?? false
                }
        default: return false
        }
    }
}
