import Connectors
import Planning
import Records
import SyncEngine
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
        var members: [(key: String, value: JSON)] = [
            (key: "exit", value: .number(of: Int(status.rawValue))), (key: "error", value: .string(message)),
        ]
        if let breaker = (error as? SyncError)?.breaker { members.append((key: "breaker", value: Self.json(breaker))) }
        output.document(.object(members))
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

    private static func json(_ breaker: TrippedBreaker) -> JSON {
        [
            "kind": .string(breaker.kind.rawValue), "count": .number(of: breaker.count),
            "written": .number(of: breaker.written), "links": .number(of: breaker.links),
            "share": .number(String(breaker.share)), "allow": .string(breaker.option),
        ]
    }

    /// What to look at when the CRM or a mail server is the cause; nil where the message says it.
    private static func advice(for error: any Error, _ status: ExitStatus) -> String? {
        guard !(error is CommandError) else { return nil }
        if let failure = error as? RemoteFailure, failure.code == .rateLimited {
            let wait = failure.retryAfter.map { "It asks to wait \(Self.words($0)). " } ?? ""
            return "\(wait)The next run goes on where this one stopped."
        }
        switch status {
        case .notAllowed:
            return "Look at the connection's credentials in Config/relais.yaml; `relais doctor` tries them."
        case .unavailable:
            return "Is the server up, and its address in Config/relais.yaml right? `relais doctor` tries it."
        default: return nil
        }
    }

    private static func words(_ wait: Duration) -> String {
        let seconds = wait.components.seconds
        return seconds < 120 ? "\(seconds) s" : seconds < 7200 ? "\(seconds / 60) min" : "\(seconds / 3600) h"
    }

    private static func message(of error: any Error) -> String {
        if let error = error as? any DispositionedError { return error.description }
        return "\(error)"
    }
}
