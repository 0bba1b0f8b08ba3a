import Mapping
package import Records

/// Reads `Config/workflows/<name>.yaml` (DESIGN §8).
package enum WorkflowFile {
    /// What a file holds.
    package struct Content: Sendable {
        /// The workflow.
        package let definition: WorkflowDefinition
        /// Its tests, which are no part of its version.
        package let tests: [WorkflowTest]
        /// Where the file begins.
        package let location: SourceLocation
    }

    /// Reads a file's bytes; throws a `DiagnosticList` with all that is wrong with it.
    package static func parse(_ bytes: [UInt8], file: String, in context: WorkflowContext) throws -> Content {
        try self.read(YAMLDocument.parse(bytes, file: file), in: context)
    }

    /// Reads a definition that the store has kept.
    ///
    /// Its templates and segments are not looked for: the enrolments in it go on as far as they get.
    package static func definition(stored json: String, name: Text, schema: Schema) throws -> WorkflowDefinition {
        let root = try YAMLDocument.parse(text: json, file: "workflow \(name)")
        return try self.read(root, in: WorkflowContext(schema: schema)).definition
    }

    private static func read(_ root: YAMLNode, in context: WorkflowContext) throws -> Content {
        let findings = Findings()
        var reader = WorkflowReader(context, findings)
        let definition = reader.definition(root)
        let tests = definition.map { WorkflowTestReader($0, findings).tests(root["tests"]) }
        try findings.throwIfErrors()
        guard let definition else { throw DiagnosticList(findings.diagnostics) }
        return Content(definition: definition, tests: tests ?? [], location: root.location)
    }
}
