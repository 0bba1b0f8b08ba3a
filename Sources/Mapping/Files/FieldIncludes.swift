import Records

/// Puts what other files say in the place of a mapping's `include`, as if it had been written there.
///
/// What comes later replaces what came before it: a later file an earlier one, and the mapping itself all of them. That
/// holds for every entry of the same target, which is its local property, or the remote one where there is no local; and
/// for settings such as `on_clear`, each as a whole. A file that is included twice counts once.
struct FieldIncludes {
    /// What a file to be included may hold: all but what a mapping is about, and examples, which are of a whole record.
    static let keys = ["include"] + FieldIncludes.lists + FieldIncludes.settings
    /// The lists that are joined.
    static let lists = ["fields", "groups", "consent", "associations", "rollups", "lists"]
    /// What holds for a mapping as a whole.
    private static let settings = MappingReader.keys.filter {
        !(["mapping", "connection", "object", "include", "examples"] + FieldIncludes.lists).contains($0)
    }
    /// The lists of which one entry replaces another.
    private static let replaced = FieldIncludes.lists.filter { $0 != "groups" }

    let variables: [String: String]
    let findings: Findings
    let readFile: @Sendable (String) -> [UInt8]?
    /// The files that were included, by their path from the workspace's folder, in the order in which they were met.
    private(set) var files: [String] = []

    init(
        variables: [String: String],
        findings: Findings,
        readFile: @escaping @Sendable (String) -> [UInt8]?
    ) {
        self.variables = variables
        self.findings = findings
        self.readFile = readFile
    }

    /// The file without `include`, with everything in its place; findings stand where they come from.
    mutating func expand(_ root: YAMLNode) -> YAMLNode {
        self.expand(root, within: [root.location.file])
    }

    private mutating func expand(_ root: YAMLNode, within chain: [String]) -> YAMLNode {
        guard let entries = root.entries, let include = entries.first(where: { $0.key == "include" }) else {
            return root
        }
        var gathered = Gathered()
        for node in include.value.elements ?? [include.value] {
            if let part = self.part(node, within: chain) { gathered.take(part, self.findings) }
        }
        gathered.drop(Self.names(in: root))
        var joined: [YAMLEntry] = []
        for entry in entries where entry.key != "include" {
            // What is no list is left to whoever reads it, and complains.
            guard Self.lists.contains(entry.key), let elements = entry.value.elements else {
                joined.append(entry)
                continue
            }
            let value = YAMLNode(.sequence((gathered.lists[entry.key] ?? []) + elements), at: entry.value.location)
            joined.append(YAMLEntry(key: entry.key, at: entry.location, value: value))
        }
        for list in Self.lists where root[list] == nil {
            let included = gathered.lists[list] ?? []
            guard list == "fields" || !included.isEmpty else { continue }
            let value = YAMLNode(.sequence(included), at: include.location)
            joined.append(YAMLEntry(key: list, at: include.location, value: value))
        }
        joined += gathered.settings.filter { root[$0.key] == nil }
        return YAMLNode(.mapping(joined), at: root.location)
    }

    /// What the included files say together.
    private struct Gathered {
        var lists: [String: [YAMLNode]] = [:]
        var settings: [YAMLEntry] = []

        /// Takes a file in behind those before it.
        mutating func take(_ part: YAMLNode, _ findings: Findings) {
            self.drop(FieldIncludes.names(in: part))
            for list in FieldIncludes.lists { self.lists[list, default: []] += part[list]?.list(list, findings) ?? [] }
            for entry in part.entries ?? [] where FieldIncludes.settings.contains(entry.key) {
                self.settings.removeAll { $0.key == entry.key }
                self.settings.append(entry)
            }
        }

        /// Leaves out the entries that something later replaces.
        mutating func drop(_ names: Set<Text>) {
            for list in FieldIncludes.replaced {
                self.lists[list]?.removeAll { FieldIncludes.name($0).map { names.contains(Text($0)) } ?? false }
            }
        }
    }

    /// What the entries of a file are called that replace others.
    private static func names(in root: YAMLNode) -> Set<Text> {
        Set(Self.replaced.flatMap { list in (root[list]?.elements ?? []).compactMap(Self.name).map { Text($0) } })
    }

    /// What an entry is called: two of one name are about the same property.
    private static func name(_ node: YAMLNode) -> String? {
        if let local = node["local"]?.scalar?.text { return "local \(local)" }
        if let purpose = node["purpose"]?.scalar?.text {
            return "consent \(purpose) \(node["channel"]?.scalar?.text ?? "")"
        }
        return (node["remote"]?.scalar?.text).map { "remote \($0)" }
    }

    /// An included file, with all that it includes itself; nil if it is there already, or with a finding.
    private mutating func part(_ node: YAMLNode, within chain: [String]) -> YAMLNode? {
        guard let path = self.path(node) else { return nil }
        if chain.contains(where: { $0.hasSameBytes(as: path) }) {
            let way = (chain.drop { !$0.hasSameBytes(as: path) } + [path]).joined(separator: ", which includes ")
            self.findings.error(
                at: node.location,
                "the file includes itself: \(way)",
                mend: "remove one of these includes"
            )
            return nil
        }
        if self.files.contains(where: { $0.hasSameBytes(as: path) }) { return nil }
        guard let bytes = self.readFile(path) else {
            self.findings.error(
                at: node.location,
                "there is no file \(path)",
                mend: "write its path from the folder Mappings, such as fields/person.yaml"
            )
            return nil
        }
        self.files.append(path)
        do {
            let root = try YAMLDocument.parse(bytes, file: path).substituting(self.variables, self.findings)
            if let head = root.entries?.first(where: { $0.key == "object" || $0.key == "mapping" }) {
                self.findings.error(
                    at: head.location,
                    "a mapping of its own cannot be included",
                    mend: "move what both share into a file of fields, such as Mappings/fields/person.yaml"
                )
                return nil
            }
            guard Self.checkKeys(of: root, self.findings) else { return nil }
            return self.expand(root, within: chain + [path])
        } catch let list as DiagnosticList {
            self.findings.add(list.diagnostics)
        } catch {
            self.findings.error(at: SourceLocation(file: path), "it cannot be read", mend: "check the file")
        }
        return nil
    }

    /// Whether an included file is a block of keys, with findings for those that it cannot have.
    @discardableResult static func checkKeys(of root: YAMLNode, _ findings: Findings) -> Bool {
        let synonyms = MappingReader.synonyms
        return YAMLTable(root, "the included file", keys: Self.keys, synonyms: synonyms, findings) != nil
    }

    /// The path from the workspace's folder; a finding for every path that could lead out of `Mappings`.
    private func path(_ node: YAMLNode) -> String? {
        guard let text = node.text("include", self.findings) else { return nil }
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let isInside = parts.allSatisfy { part in
            !part.isEmpty && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
                && part.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\\") && $0 != 0x7F }
        }
        guard isInside else {
            self.findings.error(
                at: node.location,
                "an include stays within the folder Mappings, and \(text.debugDescription) may not",
                mend: "write the path from there, such as fields/person.yaml"
            )
            return nil
        }
        guard text.utf8.suffix(5).elementsEqual(".yaml".utf8) else {
            self.findings.error(
                at: node.location,
                "\(text) is no file of fields",
                mend: "name a file that ends in .yaml, such as fields/person.yaml"
            )
            return nil
        }
        return "Mappings/\(text)"
    }
}
