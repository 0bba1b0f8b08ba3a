import Records

/// Puts the fields of other files in the place of a mapping's `include`, as if they had been written there.
///
/// What the file says itself comes after what it includes, and replaces every included entry of the same local property,
/// or of the same remote one where there is no local. A file that is included twice counts once.
struct FieldIncludes {
    /// What a file to be included may hold.
    static let keys = ["include"] + FieldIncludes.lists
    /// The lists that are joined.
    private static let lists = ["fields", "groups", "consent", "associations"]
    /// The lists of which one entry replaces another.
    private static let replaced = ["fields", "consent", "associations"]

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
        var gathered: [String: [YAMLNode]] = [:]
        for node in include.value.elements ?? [include.value] {
            guard let part = self.part(node, within: chain) else { continue }
            for list in Self.lists { gathered[list, default: []] += part[list]?.list(list, self.findings) ?? [] }
        }
        let own = Self.replaced.flatMap { list in (root[list]?.elements ?? []).compactMap(Self.name) }
        var joined: [YAMLEntry] = []
        for entry in entries where entry.key != "include" {
            // What is no list is left to whoever reads it, and complains.
            guard Self.lists.contains(entry.key), let elements = entry.value.elements else {
                joined.append(entry)
                continue
            }
            let kept = Self.kept(gathered.removeValue(forKey: entry.key) ?? [], of: entry.key, beside: own)
            let value = YAMLNode(.sequence(kept + elements), at: entry.value.location)
            joined.append(YAMLEntry(key: entry.key, at: entry.location, value: value))
        }
        for list in Self.lists where root[list] == nil {
            let kept = Self.kept(gathered[list] ?? [], of: list, beside: own)
            guard list == "fields" || !kept.isEmpty else { continue }
            let value = YAMLNode(.sequence(kept), at: include.location)
            joined.append(YAMLEntry(key: list, at: include.location, value: value))
        }
        return YAMLNode(.mapping(joined), at: root.location)
    }

    /// The included entries that the file does not replace by its own.
    private static func kept(_ included: [YAMLNode], of list: String, beside own: [String]) -> [YAMLNode] {
        guard Self.replaced.contains(list) else { return included }
        return included.filter { node in
            guard let name = Self.name(node) else { return true }
            return !own.contains { $0.hasSameBytes(as: name) }
        }
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
            guard YAMLTable(root, "the included file", keys: Self.keys, self.findings) != nil else { return nil }
            return self.expand(root, within: chain + [path])
        } catch let list as DiagnosticList {
            self.findings.add(list.diagnostics)
        } catch {
            self.findings.error(at: SourceLocation(file: path), "it cannot be read", mend: "check the file")
        }
        return nil
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
