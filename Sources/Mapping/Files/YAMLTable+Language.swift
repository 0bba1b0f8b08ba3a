import Records

extension YAMLTable {
    /// A block of the mapping language: like `init`, but keys of the language that nothing runs yet are told apart.
    static func language(
        _ node: YAMLNode,
        _ what: String,
        keys: [String],
        planned: [String],
        _ findings: Findings
    ) -> YAMLTable? {
        guard let entries = node.entries else { return YAMLTable(node, what, keys: keys, findings) }
        for entry in entries where planned.contains(entry.key) {
            findings.error(at: entry.location, "\(entry.key) is not supported yet", mend: "remove it")
        }
        let known = entries.filter { !planned.contains($0.key) }
        return YAMLTable(YAMLNode(.mapping(known), at: node.location), what, keys: keys, findings)
    }
}
