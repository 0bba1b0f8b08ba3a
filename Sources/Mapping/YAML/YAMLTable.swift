package import Records

/// A block of keys with a known set of keys: reads values and adds a finding for whatever is wrong with them.
///
/// ```swift
/// let findings = Findings()
/// let table = YAMLTable(node, "the budget", keys: ["requests", "seconds"], findings)
/// let requests = table?.integer("requests", in: 1...1000)      // nil without the key, or with a finding
/// ```
package struct YAMLTable {
    /// The block.
    package let node: YAMLNode
    /// What the block is, as messages name it: `the mapping`.
    package let what: String
    private let findings: Findings

    /// Reads a block that may have certain keys, or any if `keys` is nil.
    ///
    /// nil with a finding if the node is no block; unknown keys get findings at once. `what` is what messages call the
    /// block: `the mapping`. `synonyms` are words that are meant for a key, but are no slip of its name.
    package init?(
        _ node: YAMLNode,
        _ what: String,
        keys: [String]?,
        synonyms: [String: String] = [:],
        _ findings: Findings
    ) {
        guard let entries = node.entries else {
            findings.error(
                at: node.location,
                "\(what) must be a block of keys, not \(node.kindName)",
                mend: keys.map { "give it \($0.prefix(6).joined(separator: ", "))" }
                    ?? "write one \"key: value\" a line"
            )
            return nil
        }
        self.node = node
        self.what = what
        self.findings = findings
        guard let keys else { return }
        for entry in entries where !keys.contains(where: { $0.hasSameBytes(as: entry.key) }) {
            findings.error(
                at: entry.location,
                "\(what) has no key \"\(entry.key)\"",
                mend: synonyms[entry.key].map { "did you mean \($0)?" } ?? NearestName.mend(entry.key, among: keys)
            )
        }
    }

    /// Where the block begins.
    package var location: SourceLocation { self.node.location }

    /// The keys and values in the order of the file.
    package var entries: [YAMLEntry] { self.node.entries ?? [] }

    /// The value of a key, if it is there.
    package subscript(_ key: String) -> YAMLNode? { self.node[key] }

    /// The value of a key; adds a finding if it is missing.
    package func required(_ key: String) -> YAMLNode? {
        if let value = self.node[key] { return value }
        self.findings.error(at: self.location, "\(self.what) lacks \(key)", mend: "add \"\(key): …\"")
        return nil
    }

    /// The text of a key, if it is there.
    package func text(_ key: String) -> String? { self[key]?.text(key, self.findings) }

    /// The text of a key; adds a finding if it is missing.
    package func requiredText(_ key: String) -> String? { self.required(key)?.text(key, self.findings) }

    /// The truth value of a key, if it is there.
    package func flag(_ key: String) -> Bool? { self[key]?.flag(key, self.findings) }

    /// The whole number of a key, if it is there.
    package func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        self[key]?.integer(key, in: range, self.findings)
    }

    /// The word of a closed set of a key, if it is there.
    package func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, as type: Choice.Type) -> Choice?
    where Choice.RawValue == String {
        self[key]?.choice(key, as: type, self.findings)
    }

    /// The elements of the list of a key, if it is there.
    package func list(_ key: String) -> [YAMLNode]? { self[key]?.list(key, self.findings) }

    /// The texts of the list of a key, if it is there.
    package func texts(_ key: String) -> [String]? { self[key]?.texts(key, self.findings) }

    /// The block of a key, if it is there.
    package func table(_ key: String, keys: [String]?) -> YAMLTable? {
        self[key].flatMap { YAMLTable($0, key, keys: keys, self.findings) }
    }
}
