package import Records

/// Writes a decision into a mapping file as a field's policy, and leaves every other byte of the file as it is.
package struct PolicyEdit {
    /// The file as it becomes.
    package let bytes: [UInt8]
    /// The line that changes, counted from 1.
    package let line: Int

    /// Sets `on_conflict`, or another key that takes a side such as `initial`, of a field, of the group that it belongs to,
    /// or of an association.
    ///
    /// `field` is what conflicts call it: the local property, or the remote one of a field without. Throws
    /// `DiagnosticList` if the file cannot be read or has no such field.
    package init(
        _ policy: ConflictPolicy,
        as key: String = "on_conflict",
        ofField field: String,
        in file: MappingFile
    ) throws {
        let root = try YAMLDocument.parse(file.bytes, file: file.path)
        guard let node = Self.node(of: field, in: root), let entries = node.entries, let first = entries.first else {
            throw DiagnosticList([
                Diagnostic(
                    .error,
                    at: root.location,
                    "the mapping has no field \"\(field)\" of its own",
                    mend: "write \(key): \(policy.rawValue) where the field comes from"
                )
            ])
        }
        if let old = node[key]?.scalar, let place = node[key]?.location {
            let start = Self.offset(of: place, in: file.bytes)
            let quotes = old.style == .plain ? 0 : 2
            self.line = place.line
            self.bytes =
                file.bytes[..<start] + Array(policy.rawValue.utf8)
                + file.bytes[(start + old.text.utf8.count + quotes)...]
            return
        }
        // Before the second key, so that the field goes on beginning with what it is called.
        let next = entries.dropFirst().first ?? first
        let start = Self.offset(of: next.location, in: file.bytes)
        let isFlow = file.bytes[Self.offset(of: node.location, in: file.bytes)] == UInt8(ascii: "{")
        let indent = isFlow ? ", " : "\n" + String(repeating: " ", count: next.location.column - 1)
        self.line = next.location.line
        self.bytes =
            file.bytes[..<start] + Array("\(key): \(policy.rawValue)\(indent)".utf8) + file.bytes[start...]
    }

    /// Whether a file itself, and no file that it includes, has a field or a group that it belongs to.
    package static func holds(_ field: String, _ file: MappingFile) -> Bool {
        guard let root = try? YAMLDocument.parse(file.bytes, file: file.path) else { return false }
        return Self.node(of: field, in: root) != nil
    }

    private static func node(of field: String, in root: YAMLNode) -> YAMLNode? {
        let group = root["groups"]?.elements?.first { group in
            group["fields"]?.elements?.contains { $0.scalar?.text.hasSameBytes(as: field) ?? false } ?? false
        }
        if let group { return group }
        let nodes = (root["fields"]?.elements ?? []) + (root["associations"]?.elements ?? [])
        return nodes.first { node in
            (node["local"] ?? node["remote"])?.scalar?.text.hasSameBytes(as: field) ?? false
        }
    }

    /// The byte at a place; columns count code points.
    private static func offset(of location: SourceLocation, in bytes: [UInt8]) -> Int {
        var (line, column, offset) = (1, 1, 0)
        while offset < bytes.count, line < location.line {
            if bytes[offset] == UInt8(ascii: "\n") { line += 1 }
            offset += 1
        }
        while offset < bytes.count, column < location.column {
            offset += 1
            while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
            column += 1
        }
        return offset
    }
}
