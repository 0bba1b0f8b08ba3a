import Records
import Transport

/// How commands tell of failures.
enum Failure {
    /// Tells of an error on standard error, and in the JSON document; returns the exit status.
    static func report(_ error: any Error, to output: Output) -> ExitStatus {
        let status = ExitStatus(for: error)
        if let list = error as? DiagnosticList {
            for diagnostic in list.diagnostics { output.error(diagnostic.description) }
            output.document([
                "exit": .number(of: Int(status.rawValue)), "problems": .array(list.diagnostics.map(Self.json)),
            ])
            return status
        }
        let message = Self.message(of: error)
        output.error("relais: \(message)")
        if let advice = Self.advice(for: error, status) { output.error(advice) }
        output.document(["exit": .number(of: Int(status.rawValue)), "error": .string(message)])
        return status
    }

    /// A finding as JSON.
    static func json(_ diagnostic: Diagnostic) -> JSON {
        [
            "severity": .string(diagnostic.severity.rawValue),
            "file": .string(diagnostic.location.file),
            "line": .number(of: diagnostic.location.line),
            "column": .number(of: diagnostic.location.column),
            "message": .string(diagnostic.message),
            "mend": .string(diagnostic.mend),
        ]
    }

    /// What to look at when the CRM or a mail server is the cause; nil where the message says it.
    private static func advice(for error: any Error, _ status: ExitStatus) -> String? {
        guard !(error is CommandError) else { return nil }
        switch status {
        case .notAllowed:
            return "Look at the connection's credentials in Config/relais.yaml; `relais doctor` tries them."
        case .unavailable:
            return "Is the server up, and its address in Config/relais.yaml right? `relais doctor` tries it."
        default: return nil
        }
    }

    private static func message(of error: any Error) -> String {
        if let error = error as? any DispositionedError { return error.description }
        return "\(error)"
    }
}
