import Records
import Yams

/// Reads YAML files that a person may have broken, on purpose or not.
///
/// Yams' `load` expands aliases without limit (350 bytes take 11 s), so files are only ever composed; anchors, aliases,
/// tags, repeated keys, more than one document and anything but UTF-8 are refused, and size, nodes and depth are limited.
package enum YAMLDocument {
    /// The largest file, in bytes.
    package static let maximumSize = 1 << 20
    /// The most nodes of a file.
    package static let maximumNodes = 100_000
    /// How deep lists and blocks may be nested.
    package static let maximumDepth = 64

    /// Reads a file's bytes; throws a `DiagnosticList` with one finding if it is not YAML that we take.
    ///
    /// Findings name the path `file`.
    package static func parse(_ bytes: [UInt8], file: String) throws -> YAMLNode {
        try self.parse(YAMLText.decode(bytes, file: file), file: file)
    }

    /// Reads YAML text; see `parse(_:file:)`.
    package static func parse(text: String, file: String) throws -> YAMLNode {
        try self.parse(Array(text.utf8), file: file)
    }

    private static func parse(_ text: String, file: String) throws -> YAMLNode {
        try YAMLText.refuseDeepFlow(text, file: file)
        do {
            // Comparing keys expands aliases too, so a file that may have some is first read with none that resolves.
            if let masked = YAMLText.maskingAliases(text) {
                _ = try Yams.compose(yaml: masked, .basic, .default, .utf8)
            }
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            guard let root = try parser.singleRoot() else {
                let start = SourceLocation(file: file, line: 1, column: 1)
                throw Self.refusal(at: start, "the file is empty", mend: "fill it in or remove it")
            }
            var converter = NodeConverter(file: file, source: YAMLSource(text))
            // Nodes hold their anchors weakly; the parser owns them.
            return try withExtendedLifetime(parser) { try converter.convert(root, depth: 0) }
        } catch let error as YamlError {
            throw DiagnosticList([YAMLText.diagnostic(for: error, in: text, file: file)])
        }
    }

    static func refusal(at location: SourceLocation, _ message: String, mend: String) -> DiagnosticList {
        DiagnosticList([Diagnostic(.error, at: location, message, mend: mend)])
    }
}

/// Turns Yams' nodes into ours, refusing what no file of ours may use.
private struct NodeConverter {
    let file: String
    let source: YAMLSource
    private var nodes = 0

    init(file: String, source: YAMLSource) {
        self.file = file
        self.source = source
    }

    mutating func convert(_ node: Node, depth: Int) throws -> YAMLNode {
        let location = SourceLocation(file: self.file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        self.nodes += 1
        if self.nodes > YAMLDocument.maximumNodes {
            let limit = YAMLDocument.maximumNodes
            throw YAMLDocument.refusal(at: location, "the file has more than \(limit) values", mend: "split it")
        }
        if depth > YAMLDocument.maximumDepth {
            let limit = YAMLDocument.maximumDepth
            throw YAMLDocument.refusal(
                at: location,
                "lists and blocks are nested more than \(limit) deep",
                mend: "flatten them"
            )
        }
        if node.anchor != nil {
            throw YAMLDocument.refusal(
                at: location,
                "anchors and aliases are not supported",
                mend: "write the value out"
            )
        }
        if let tag = Self.foreignTag(of: node) {
            throw YAMLDocument.refusal(at: location, "the tag \(tag) is not supported", mend: "remove it")
        }
        switch node {
        case .scalar(let scalar):
            let own = YAMLScalar(
                text: scalar.string,
                style: Self.style(scalar.style),
                start: location,
                source: self.source
            )
            return YAMLNode(.scalar(own), at: location)
        case .sequence(let sequence):
            return YAMLNode(.sequence(try sequence.map { try self.convert($0, depth: depth + 1) }), at: location)
        case .mapping(let mapping):
            return YAMLNode(.mapping(try self.entries(of: mapping, depth: depth)), at: location)
        case .alias:
            throw YAMLDocument.refusal(
                at: location,
                "anchors and aliases are not supported",
                mend: "write the value out"
            )
        }
    }

    private mutating func entries(of mapping: Node.Mapping, depth: Int) throws -> [YAMLEntry] {
        var entries: [YAMLEntry] = []
        for (key, value) in mapping {
            let node = try self.convert(key, depth: depth + 1)
            guard let scalar = node.scalar else {
                throw YAMLDocument.refusal(
                    at: node.location,
                    "a key must be text, not \(node.kindName)",
                    mend: "write the key as one word, or quote a value that begins with { or ["
                )
            }
            entries.append(
                YAMLEntry(key: scalar.text, at: node.location, value: try self.convert(value, depth: depth + 1))
            )
        }
        return entries
    }

    /// The tag that a person wrote; an explicit `!!str` asks for what we do anyway.
    private static func foreignTag(of node: Node) -> String? {
        let name = node.tag.rawValue
        let own =
            switch node {
            case .scalar, .alias: "str"
            case .sequence: "seq"
            case .mapping: "map"
            }
        return name == "tag:yaml.org,2002:" + own ? nil : name
    }

    private static func style(_ style: Node.Scalar.Style) -> YAMLScalar.Style {
        switch style {
        case .any, .plain: .plain
        case .singleQuoted: .singleQuoted
        case .doubleQuoted: .doubleQuoted
        case .literal: .literal
        case .folded: .folded
        }
    }
}
