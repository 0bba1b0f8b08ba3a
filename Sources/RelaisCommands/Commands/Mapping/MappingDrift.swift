import Authoring
import Connectors
import Mapping
import Records

/// How one mapping differs from what is live.
struct MappingDrift {
    /// Links with the fields that they remember.
    struct Remembered {
        let links: Int
        let drift: ShapeDrift
    }

    let mapping: CompiledMapping
    let properties: [RemoteProperty]
    /// When the schema was taken that this one is compared with; nil for the first time.
    var since: Instant?
    /// What changed in the CRM's schema since then.
    var changes: [SchemaSnapshot.Change] = []
    var shapes: [Remembered] = []

    private let findings: [Diagnostic]
    private let drifts: [SchemaDrift]
    private let proposals: [SuggestedField]

    init(
        _ mapping: CompiledMapping,
        _ properties: [RemoteProperty],
        _ findings: [Diagnostic],
        connection: String,
        in context: CommandContext
    ) {
        self.mapping = mapping
        self.properties = properties
        self.findings = findings
        let fields = properties.map { RemoteField($0, isCoded: false) }
        self.drifts = SchemaDrift.find(mapping, fields)
        let taken = Set(mapping.fields.compactMap(\.local))
        let used = Set(mapping.fields.compactMap(\.remote))
        let suggester = Suggester(
            object: mapping.localSchema,
            lifecycle: mapping.lifecycle,
            remote: fields,
            ties: []
        )
        self.proposals = suggester.suggestions().filter { field in
            field.confidence > .guess && !taken.contains(field.local) && !used.contains(field.remote)
        }
    }

    /// Whether the mapping cannot work as it is.
    var isBroken: Bool { self.findings.contains { $0.severity == .error } || self.drifts.contains { $0.kind == .type } }

    /// Whether somebody should look.
    var wantsALook: Bool {
        let isReshaped = self.shapes.contains { !$0.drift.isEmpty }
        return !self.findings.isEmpty || self.drifts.contains { $0.kind == .unreadOptions } || isReshaped
            || !self.relevantChanges.isEmpty
    }

    /// Changes of properties that the mapping uses.
    private var relevantChanges: [SchemaSnapshot.Change] {
        let used = Set(self.mapping.fields.compactMap(\.remote))
        return self.changes.filter { used.contains($0.property) }
    }

    // MARK: For people

    func print(to output: Output) {
        output.line(
            "\(self.mapping.name): \(self.mapping.localObject) <-> \(self.mapping.remoteObject) (\(self.mapping.file))"
        )
        let before = self.lines
        for line in before { output.line("  \(line)") }
        if before.isEmpty { output.line("  as the CRM has it") }
        self.printShapes(to: output)
    }

    private var lines: [String] {
        var lines = self.findings.map(\.description)
        lines += self.drifts.map { "\($0.location.description): \($0.field): \($0.text)" }
        let others = self.changes.filter { change in !self.relevantChanges.contains(change) }
        if let since {
            lines += self.relevantChanges.map {
                "since \(since): \(Printable.line($0.property)) \(Printable.line($0.text))"
            }
            for kind in [SchemaSnapshot.Change.Kind.added, .removed] {
                let names = others.filter { $0.kind == kind }.map { Printable.line($0.property, width: 60) }
                guard !names.isEmpty else { continue }
                let list = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", … (\(names.count))" : "")
                lines.append("since \(since): \(kind == .added ? "new" : "gone") in the CRM, not mapped: \(list)")
            }
        }
        for field in self.proposals {
            lines.append(
                "not mapped: \(field.local) looks like \(Printable.line(field.remote)) (\(field.confidence.rawValue))"
            )
        }
        return lines
    }

    private func printShapes(to output: Output) {
        for shape in self.shapes {
            let links = shape.links == 1 ? "1 link" : "\(shape.links) links"
            guard !shape.drift.isEmpty else {
                output.line("  \(links): shadows of the fields as they are")
                continue
            }
            output.line("  \(links): shadows of an earlier mapping")
            for name in shape.drift.added {
                output.line("    new: \(name), under initial: \(shape.drift.initial[name] ?? "")")
            }
            for name in shape.drift.changed {
                output.line("    defined anew: \(name), under initial: \(shape.drift.initial[name] ?? "")")
            }
            if !shape.drift.removed.isEmpty {
                output.line("    no longer mapped: \(shape.drift.removed.joined(separator: ", "))")
            }
        }
    }

    // MARK: For programs

    var json: JSON {
        [
            "mapping": .string(self.mapping.name), "file": .string(self.mapping.file),
            "problems": .array(self.findings.map(Failure.json)),
            "drifts": .array(
                self.drifts.map { drift in
                    [
                        "field": .string(drift.field), "kind": .string(drift.kind.rawValue),
                        "text": .string(drift.text),
                        "line": .number(of: drift.location.line),
                    ]
                }
            ),
            "since": .time(self.since),
            "changes": .array(
                self.changes.map { change in
                    [
                        "property": .string(change.property), "kind": .string(change.kind.rawValue),
                        "text": .string(change.text),
                        "is_mapped": .bool(self.relevantChanges.contains(change)),
                    ]
                }
            ),
            "proposals": .array(
                self.proposals.map { field in
                    [
                        "local": .string(field.local), "remote": .string(field.remote),
                        "confidence": .string(field.confidence.rawValue), "reason": .string(field.reason),
                    ]
                }
            ),
            "shadows": .array(
                self.shapes.map { shape in
                    [
                        "links": .number(of: shape.links),
                        "added": .array(shape.drift.added.map { .string($0) }),
                        "changed": .array(shape.drift.changed.map { .string($0) }),
                        "removed": .array(shape.drift.removed.map { .string($0) }),
                    ]
                }
            ),
        ]
    }
}
