import Foundation
import Records
import Testing

/// The tests against a live Tryton; one after the other, because its SQLite takes one writer at a time.
@Suite(.serialized, .enabled(if: TrytonServer.isKnown, TrytonServer.hint)) struct RealTryton {}

/// Where the live server is, and who may enter.
struct TrytonServer: Sendable {
    /// The address of the database.
    let base: String
    let login: String
    let password: String

    static let hint: Comment = "no server: Tests/run starts one, or set RELAIS_TRYTON_BASE, _LOGIN and _PASSWORD"

    static var isKnown: Bool { self.known != nil }

    /// The server that the environment names; nil if it names none.
    static var known: TrytonServer? {
        let environment = ProcessInfo.processInfo.environment
        guard let base = environment["RELAIS_TRYTON_BASE"], let login = environment["RELAIS_TRYTON_LOGIN"],
            let password = environment["RELAIS_TRYTON_PASSWORD"]
        else { return nil }
        return TrytonServer(base: base, login: login, password: password)
    }

    /// The server, in a test that runs only if there is one.
    static func required() throws -> TrytonServer { try #require(self.known) }
}
