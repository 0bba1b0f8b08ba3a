package import CEL
import Crypto
import Mapping
package import Records
package import Scoring

/// A group of records: those for which a condition holds now.
package struct Segment: Sendable {
    /// The name.
    package let name: Text
    /// What the condition speaks of.
    package let vocabulary: RecordVocabulary
    /// The condition.
    package let condition: CELProgram
    /// The condition as the database decides it; nil where it has no such form.
    package let selection: RecordCondition?
    /// Why there is no such form, and where; nil where there is one.
    package let remark: Diagnostic?
    /// The hash of object and condition.
    package let hash: Text

    /// The properties that the condition reads.
    package var properties: Set<Text> { Set(self.condition.reads.compactMap { $0.field.map { Text($0.name) } }) }

    /// Whether a record is a member.
    package func contains(_ values: [Value]) throws -> Bool {
        try self.condition.matches(self.vocabulary.activation(values)) == true
    }
}

/// Reads `Config/segments.yaml`.
///
/// ```yaml
/// nurturing: { object: contact, when: "contact.lifecycle_stage == stage.lead" }
/// ```
package enum SegmentFile {
    /// Reads the segments from a file's bytes; throws a `DiagnosticList` with all that is wrong with it.
    package static func parse(_ bytes: [UInt8], file: String, schema: Schema) throws -> [Segment] {
        let root = try YAMLDocument.parse(bytes, file: file)
        let findings = Findings()
        let entries = YAMLTable(root, "the segments", keys: nil, findings)?.entries ?? []
        let segments = entries.compactMap { Self.segment($0, schema, findings) }
        try findings.throwIfErrors()
        return segments
    }

    private static func segment(_ entry: YAMLEntry, _ schema: Schema, _ findings: Findings) -> Segment? {
        let reader = WorkflowReader(WorkflowContext(schema: schema), findings)
        reader.checkName(entry.key, at: entry.location, "a segment")
        guard let table = YAMLTable(entry.value, entry.key, keys: ["object", "when", "description"], findings) else {
            return nil
        }
        let name = table.text("object") ?? "contact"
        guard let object = schema.object(name) else {
            findings.error(
                at: (table["object"] ?? entry.value).location,
                "there is no object \"\(name)\"",
                mend: NearestName.mend(name, among: schema.objects.map(\.name))
            )
            return nil
        }
        let vocabulary = RecordVocabulary(object, lifecycle: schema.lifecycle)
        guard let when = table.required("when"),
            let condition = when.expression("when", vocabulary.environment, .bool, findings)
        else { return nil }
        let hash = ContentHash.of("\(object.name)\n\(when.scalar?.text ?? "")")
        var selection: RecordCondition?
        var remark: Diagnostic?
        do throws(NoRecordCondition) {
            selection = try ConditionCompiler.condition(of: condition, over: object, lifecycle: schema.lifecycle)
        } catch {
            remark = Diagnostic(
                .info,
                at: when.scalar?.location(line: error.line, column: error.column) ?? when.location,
                "\(entry.key) is decided record by record: \(error.message)",
                mend: "right as it is; without that part the database finds its records in one query"
            )
        }
        return Segment(
            name: Text(entry.key),
            vocabulary: vocabulary,
            condition: condition,
            selection: selection,
            remark: remark,
            hash: hash
        )
    }
}
