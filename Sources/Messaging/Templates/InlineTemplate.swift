package import CEL
package import Records

/// One line of text with expressions in `{{ }}`, as configuration files hold it: a deal's name, a task's subject.
package struct InlineTemplate: Sendable {
    private let text: TemplateText

    /// Compiles a text that stands at a place of a file; nil, with findings, if an expression is wrong.
    package init?(
        _ text: String,
        at start: SourceLocation,
        environment: CELEnvironment,
        findings: inout [Diagnostic]
    ) {
        let compiled = TemplateText(text, kind: .plain, at: start, environment: environment, findings: &findings)
        guard let compiled else { return nil }
        self.text = compiled
    }

    /// The text for a record, without control bytes and at most 1000 bytes long; throws `MailError` if an expression
    /// fails for it.
    package func render(_ activation: any CELActivation) throws(MailError) -> Text {
        var line = String.UnicodeScalarView()
        var count = 0
        for scalar in try self.text.render(activation).unicodeScalars {
            let isControl = scalar.value < 0x20 || scalar.value == 0x7F
            count += isControl ? 1 : UTF8.width(scalar)
            if count > 1000 { break }
            line.append(isControl ? " " : scalar)
        }
        return Text(String(line))
    }
}
