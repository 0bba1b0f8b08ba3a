package import Records

/// A mapping file, not yet read.
package struct MappingFile: Sendable {
    /// The path that findings name.
    package let path: String
    /// The content.
    package let bytes: [UInt8]

    /// Creates a file.
    package init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }
}

/// What a check of mapping files found.
package struct MappingCheck: Sendable {
    /// The mappings without errors, in the order of the files.
    package let mappings: [CompiledMapping]
    /// All findings, sorted by place, each once.
    package let diagnostics: [Diagnostic]
    /// The files that were included, by their path from the workspace's folder, sorted.
    package let included: [String]

    /// The mappings; throws a `DiagnosticList` if any file has an error.
    package func get() throws -> [CompiledMapping] {
        if self.diagnostics.contains(where: { $0.severity == .error }) { throw DiagnosticList(self.diagnostics) }
        return self.mappings
    }
}

/// Checks mapping files like programs, and makes them ready to run.
package struct MappingCompiler: Sendable {
    /// The objects of the store.
    package let schema: Schema
    /// What `${name}` in the files stands for.
    package var variables: [String: String]
    /// What the CRM of a connection says about a remote object; nil where nothing is known.
    package var describe: @Sendable (_ connection: String, _ remoteObject: String) -> RemoteObjectDescription?
    /// The content of a file of the workspace, such as the table of a `lookup`, by its path from there; nil if there is none.
    package var readFile: @Sendable (_ path: String) -> [UInt8]? = { _ in nil }
    /// The currency of a connection's amounts, where a mapping states none; nil if the connection has none.
    package var currency: @Sendable (_ connection: String) -> String? = { _ in nil }
    /// The connection that the files are read for, which each of them must name; nil takes any.
    package var connection: String?
    /// How many pairs of values the laws of each field are tried on, so 500 for 1,000 values; 0 for none.
    package var lawSamples = 500
    /// The seed of those values.
    package var seed: UInt64 = 1
    /// What is known of the laws of transforms; compilers that share it try none twice.
    package var laws = LawAnswers()

    /// Creates a compiler that knows nothing of the CRMs.
    package init(
        schema: Schema,
        variables: [String: String] = [:],
        describe: @escaping @Sendable (String, String) -> RemoteObjectDescription? = { _, _ in nil }
    ) {
        self.schema = schema
        self.variables = variables
        self.describe = describe
    }

    /// Checks and compiles files that run together.
    package func compile(_ files: [MappingFile]) -> MappingCheck {
        let findings = Findings()
        var included: Set<String> = []
        let sources = files.compactMap { file -> MappingSource? in
            let before = findings.errorCount
            do {
                let root = try YAMLDocument.parse(file.bytes, file: file.path)
                guard !self.refuseFragment(root, findings) else { return nil }
                var includes = FieldIncludes(variables: self.variables, findings: findings, readFile: self.readFile)
                let whole = includes.expand(root.substituting(self.variables, findings))
                included.formUnion(includes.files)
                return MappingSource(root: whole, hasErrors: findings.errorCount > before)
            } catch let list as DiagnosticList {
                findings.add(list.diagnostics)
            } catch {
                findings.error(at: SourceLocation(file: file.path), "cannot be read", mend: "check the file")
            }
            return nil
        }
        let mappings = sources.compactMap { source -> CompiledMapping? in
            let before = findings.errorCount
            let mapping = self.compile(source.root, sources.filter { source.comesAfter($0) }, findings)
            return source.hasErrors || findings.errorCount > before ? nil : mapping
        }
        self.checkTogether(mappings, findings)
        for source in sources where !findings.hasErrors {
            OverlapCheck(findings: findings, schema: self.schema).run(source, among: sources)
        }
        // What is wrong in a file that several include is wrong once.
        var seen: Set<Diagnostic> = []
        let found = findings.diagnostics.filter { seen.insert($0).inserted }
        return MappingCheck(
            mappings: mappings,
            diagnostics: DiagnosticList(found).diagnostics,
            included: included.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        )
    }

    /// Whether a file is a list of fields that somebody put among the mappings; such a file gets one finding.
    private func refuseFragment(_ root: YAMLNode, _ findings: Findings) -> Bool {
        guard root["mapping"] == nil, root["connection"] == nil, root["object"] == nil,
            FieldIncludes.lists.contains(where: { root[$0] != nil })
        else { return false }
        findings.error(
            at: root.location,
            "the file is a list of fields, but no mapping",
            mend: "move it to Mappings/fields, to include it, or add mapping, connection and object"
        )
        return true
    }

    private func compile(
        _ root: YAMLNode,
        _ earlier: [MappingSource],
        _ findings: Findings
    ) -> CompiledMapping? {
        guard var reader = MappingReader(root, schema: self.schema, findings, readFile: self.readFile) else {
            return nil
        }
        reader.currency = self.currency(reader.connection)
        reader.earlierFilters = earlier.compactMap(\.pullFilter?.text)
        let before = findings.errorCount
        // A variable that there is not is told already.
        if let connection, !connection.hasSameBytes(as: reader.connection), !reader.connection.contains("${"),
            let place = root["connection"]?.location
        {
            findings.error(
                at: place,
                "the mapping is of the connection \(reader.connection), but stands in the folder of \(connection)",
                mend: "write ${connection}, which is \(connection) here, or move the file"
            )
        }
        guard let mapping = reader.mapping() else { return nil }
        let remote = self.describe(mapping.connection, mapping.remoteObject)
        MappingChecks(mapping: mapping, remote: remote, findings: findings, source: root, currency: reader.currency)
            .run()
        if self.lawSamples > 0 { self.checkLaws(mapping, findings) }
        // Examples of a mapping with errors would only repeat them.
        if findings.errorCount == before { ExampleRunner(mapping: mapping, findings: findings).run(reader.examples) }
        return mapping
    }

    /// What is wrong with a file to be included, as far as it can be told without a mapping: its keys.
    package static func findings(ofShared root: YAMLNode) -> [Diagnostic] {
        let findings = Findings()
        guard FieldIncludes.checkKeys(of: root, findings) else { return findings.diagnostics }
        let lists = [
            ("fields", "the field", FieldReader.keys), ("consent", "the consent", ConsentReader.keys),
            ("associations", "the association", FieldReader.associationKeys),
            ("rollups", "the roll-up", RollUpReader.keys), ("lists", "the list", ListReader.keys),
        ]
        for (list, what, keys) in lists {
            for entry in root[list]?.list(list, findings) ?? [] { _ = YAMLTable(entry, what, keys: keys, findings) }
        }
        return findings.diagnostics
    }

    private func checkLaws(_ mapping: CompiledMapping, _ findings: Findings) {
        for joint in mapping.joints {
            let laws = JointLaws(mapping: mapping, joint: joint)
            guard let first = joint.members.first,
                let found = self.laws.counterexample(of: laws, samples: self.lawSamples, seed: self.seed)
            else { continue }
            findings.error(
                at: mapping.fields[first].location,
                "\(joint.remote) does not survive the round trip through its parts: \(found)",
                mend: "change via, or add direction: pull to its parts and push \(joint.remote) by a value"
            )
        }
        for field in mapping.fields where field.direction == .both && field.lens.lensClass != .view {
            // What keeps parts of one text from being joined is told already.
            guard field.part != nil || !PartReader.sharesText(field, in: mapping.fields) else { continue }
            guard let chain = field.lens as? LensChain,
                let found = self.laws.counterexample(of: chain, samples: self.lawSamples, seed: self.seed)
            else { continue }
            findings.error(
                at: field.location,
                "\(field.name) does not survive the round trip: \(found)",
                mend: "change via, or give the field a direction"
            )
        }
    }

    /// What only shows when several mappings run together (R17).
    private func checkTogether(_ mappings: [CompiledMapping], _ findings: Findings) {
        for (index, mapping) in mappings.enumerated() {
            let location = SourceLocation(file: mapping.file, line: 1, column: 1)
            for other in mappings[..<index] {
                if other.name.hasSameBytes(as: mapping.name) {
                    findings.error(
                        at: location,
                        "the mapping \(mapping.name) is also in \(other.file)",
                        mend: "rename one of them"
                    )
                } else if other.connection.hasSameBytes(as: mapping.connection),
                    other.remoteObject.hasSameBytes(as: mapping.remoteObject),
                    [mapping, other].min(by: { Text($0.name) < Text($1.name) })?.pullFilter == nil
                {
                    findings.error(
                        at: location,
                        "\(mapping.connection)/\(mapping.remoteObject) is also read by \(other.name), so a record "
                            + "would belong to both",
                        mend: "give the one whose name comes first a filter: { pull: … }; the other takes the rest"
                    )
                }
            }
        }
    }
}
