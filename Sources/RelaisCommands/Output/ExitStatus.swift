import Connectors
import Records
import Store
import SyncEngine

/// The exit codes of the command line's contract (DESIGN §9).
enum ExitStatus: Int32 {
    /// Done.
    case done = 0
    /// Failed.
    case failed = 1
    /// Done, but something waits for a person.
    case attention = 3
    /// Wrong usage.
    case usage = 64
    /// Wrong configuration or data.
    case data = 65
    /// The CRM or the mail server cannot be reached.
    case unavailable = 69
    /// Not allowed: credentials, scope, another account.
    case notAllowed = 77

    /// The code that says what an error means.
    init(for error: any Error) {
        switch error {
        case is DiagnosticList: self = .data
        case let failure as RemoteFailure: self = Self.of(failure.code)
        case let error as SyncError: self = Self.of(error.code)
        case let error as CommandError: self = error.status
        default: self = .failed
        }
    }

    private static func of(_ code: RemoteFailure.Code) -> ExitStatus {
        switch code {
        case .unreachable, .rateLimited, .serverError: .unavailable
        case .unauthorized, .forbidden: .notAllowed
        case .unexpectedAnswer, .badRequest: .failed
        }
    }

    private static func of(_ code: SyncError.Code) -> ExitStatus {
        switch code {
        case .wrongAccount: .notAllowed
        case .breakerTripped: .attention
        case .notConnected, .mappingUnfit: .data
        case .alreadyRunning, .leaseLost: .failed
        }
    }
}

/// A failure of a command itself.
struct CommandError: Error, CustomStringConvertible {
    /// The exit code.
    let status: ExitStatus
    /// What went wrong and how to mend it.
    let description: String

    init(_ status: ExitStatus, _ description: String) {
        self.status = status
        self.description = description
    }
}
