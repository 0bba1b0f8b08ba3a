import CEL
import Mapping
import Records
import Scoring

extension WorkflowReader {
    /// A property that there must be.
    func property(_ name: String, at location: SourceLocation, _ object: ObjectSchema) -> PropertySchema? {
        if let property = object.property(name) { return property }
        self.findings.error(
            at: location,
            "\(object.name) has no property \"\(name)\"",
            mend: NearestName.mend(name, among: object.properties.map(\.name))
        )
        return nil
    }

    /// A value of a property as a file writes it; adds a finding and gives nil if the property cannot hold it.
    func literal(_ node: YAMLNode, _ property: PropertySchema) -> Value? {
        ConfiguredValue(self.context.schema.lifecycle, self.findings).read(node, property)
    }

    /// What a step writes into a property: a literal, or `{ value: "an expression" }`.
    func value(_ node: YAMLNode, _ property: PropertySchema, _ vocabulary: RecordVocabulary) -> WorkflowValue? {
        guard node.entries != nil else { return self.literal(node, property).map { .literal($0) } }
        guard let table = YAMLTable(node, property.name, keys: ["value"], self.findings),
            let source = table.required("value"),
            let program = source.expression("value", vocabulary.environment, nil, self.findings)
        else { return nil }
        return .expression(program, property.type)
    }

    /// An attribute of an event: text, a number, true or false, or `{ value: "an expression" }`.
    func attribute(_ entry: YAMLEntry, _ vocabulary: RecordVocabulary) -> WorkflowValue? {
        guard entry.value.entries == nil else {
            let table = YAMLTable(entry.value, entry.key, keys: ["value"], self.findings)
            let program = table?.required("value")?.expression("value", vocabulary.environment, nil, self.findings)
            return program.map { .expression($0, nil) }
        }
        return ConfiguredValue(self.context.schema.lifecycle, self.findings).read(entry.value, entry.key).map {
            .literal($0)
        }
    }
}
