import Connectors
import Foundation
import Logging
import Records
import Testing
import Transport

/// Tryton's manifest against a live server: `RELAIS_TRYTON_BASE=http://127.0.0.1:8131/crm`, login `admin`.
@Suite(.serialized, .enabled(if: LiveTryton.base != nil)) struct TrytonConformanceTests {
    static func account() throws -> ManifestAccount {
        let password = ProcessInfo.processInfo.environment["RELAIS_TRYTON_PASSWORD"] ?? "adminpw-8charsplus"
        return try ManifestAccount(
            manifest: Workbench.manifest("tryton"),
            settings: AccountSettings(
                baseURL: LiveTryton.base,
                credentials: ["login": Secret("admin"), "password": Secret(password)]
            ),
            transport: try CurlClient(),
            clock: WallClock { Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) },
            sleeper: Sleeper { try await Task.sleep(for: $0) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }
}

/// Where the live server is.
enum LiveTryton {
    static let base = ProcessInfo.processInfo.environment["RELAIS_TRYTON_BASE"]
}
