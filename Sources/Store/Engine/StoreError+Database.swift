import GRDB
import Records

extension StoreError {
    /// Runs work of the database or the codecs and gives its failures as ours; other errors pass unchanged.
    static func translating<Result>(_ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch let error as DatabaseError {
            throw StoreError(error)
        } catch let error as CodecError {
            throw StoreError(error.reason == .malformed ? .corrupt : .unstorable, error.description)
        }
    }

    /// Keeps SQLite's message and leaves out the statement's arguments.
    private init(_ error: DatabaseError) {
        let code: Code =
            switch error.resultCode.primaryResultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
            case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_NOTADB:
                .unusable
            case .SQLITE_CORRUPT: .corrupt
            case .SQLITE_CONSTRAINT: .constraint
            default: .refused
            }
        self.init(code, error.message ?? "SQLite error \(error.resultCode.rawValue)")
    }
}
