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

    private static func message(of error: any Error) -> String {
        if let error = error as? any DispositionedError { return error.description }
        return "\(error)"
    }
}
