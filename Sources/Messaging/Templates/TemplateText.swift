import CEL
import Records

/// Text with expressions in `{{ }}`, compiled once.
struct TemplateText: Sendable {
    /// How values are put into the text.
    enum Kind: Sendable {
        case plain
        case html
    }

    private enum Part: Sendable {
        case literal(String)
        case value(CELProgram, HTMLContext?)
    }

    private let parts: [Part]

    /// Compiles a text that starts at a place of a file; nil, with findings, if an expression is wrong.
    ///
    /// `findings` gets one `Diagnostic` for each mistake.
    init?(
        _ text: String,
        kind: Kind,
        at start: SourceLocation,
        environment: CELEnvironment,
        findings: inout [Diagnostic]
    ) {
        var splitter = TemplateSplitter(text, at: start)
        var scanner = HTMLScanner()
        var parts: [Part] = []
        let before = findings.count
        for piece in splitter.pieces() {
            switch piece {
            case .literal(let literal):
                scanner.feed(literal.utf8)
                parts.append(.literal(literal))
            case .unclosed(let location):
                findings.append(
                    Self.finding(location, "\"{{\" has no closing \"}}\"", mend: "close it, or write {{ '{{' }}")
                )
            case .expression(let source, let location):
                let context = scanner.context
                if kind == .html, case .forbidden(let reason) = context {
                    findings.append(
                        Self.finding(
                            location,
                            "a value cannot stand here: \(reason)",
                            mend: "move it into text or quotes"
                        )
                    )
                }
                scanner.passInterpolation()
                do throws(CELError) {
                    let program = try environment.compile(source)
                    parts.append(.value(program, kind == .html ? context : nil))
                } catch {
                    findings.append(Self.finding(error, in: location))
                }
            }
        }
        guard findings.count == before else { return nil }
        self.parts = parts
    }

    /// The text for a record; throws the name of what failed, never a value.
    func render(_ activation: any CELActivation) throws(MailError) -> String {
        var result = ""
        for part in self.parts {
            switch part {
            case .literal(let text): result += text
            case .value(let program, let context):
                let value: CELValue
                do throws(CELError) {
                    value = try program.evaluate(activation)
                } catch {
                    throw MailError(.templateFailed, "an expression of the template failed: \(error.message)")
                }
                guard let text = Self.text(of: value) else {
                    throw MailError(
                        .templateFailed,
                        "an expression of the template gives a \(value.typeName), not text"
                    )
                }
                result += context.map { HTMLEscaper.escape(text, in: $0) } ?? text
            }
        }
        return result
    }

    /// A value as people read it; nil for what has no such form.
    private static func text(of value: CELValue) -> String? {
        switch value {
        case .null: ""
        case .bool(let flag): flag ? "true" : "false"
        case .int(let number): String(number)
        case .uint(let number): String(number)
        case .double(let number):
            number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
        case .string(let text): text
        case .timestamp(let moment): Instant(microseconds: moment.seconds * 1_000_000).date.description
        case .optional(let wrapped): wrapped.map { Self.text(of: $0) } ?? ""
        case .bytes, .list, .map, .type, .duration, .object: nil
        }
    }

    private static func finding(_ location: SourceLocation, _ message: String, mend: String) -> Diagnostic {
        Diagnostic(.error, at: location, message, mend: mend)
    }

    /// The finding for an expression's error, at its place in the file.
    private static func finding(_ error: CELError, in start: SourceLocation) -> Diagnostic {
        let column = error.line == 1 ? start.column + error.column - 1 : error.column
        let place = SourceLocation(file: start.file, line: start.line + error.line - 1, column: column)
        return Diagnostic(.error, at: place, error.message, mend: error.mend ?? "mend the expression")
    }
}
