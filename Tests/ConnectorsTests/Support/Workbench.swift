import Connectors
import FakeCRM
import Foundation
import Logging
import Records
import Synchronization
import Transport

/// What the tests of this folder share: the shipped manifests, clocks, accounts.
enum Workbench {
    /// The instant at which tests begin.
    static let start = Instant("2026-11-22T09:00:00Z") ?? Instant(microseconds: 0)

    /// The bytes of a shipped manifest.
    static func bytes(_ product: String) throws -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Config/connectors")
        return try [UInt8](Data(contentsOf: folder.appending(path: "\(product).yaml")))
    }

    /// A shipped manifest.
    static func manifest(_ product: String) throws -> ConnectorManifest {
        try ConnectorManifest.load(self.bytes(product), file: "\(product).yaml")
    }

    /// A manifest made from a text.
    static func manifest(text: String) throws -> ConnectorManifest {
        try ConnectorManifest.load(Array(text.utf8), file: "test.yaml")
    }

    /// An account that talks to a transport, with HubSpot's manifest and a token unless told otherwise.
    static func account(
        _ transport: any HTTPTransport,
        manifest: ConnectorManifest? = nil,
        credentials: [String: Secret] = ["token": Secret("pat-fake-0001")],
        baseURL: String? = "http://127.0.0.1:1",
        clock: TestTime = TestTime(),
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) throws -> ManifestAccount {
        try ManifestAccount(
            manifest: manifest ?? self.manifest("hubspot"),
            settings: AccountSettings(baseURL: baseURL, credentials: credentials),
            transport: transport,
            clock: clock.clock,
            sleeper: clock.sleeper,
            logger: logger
        )
    }
}

/// A clock that moves when a test or a sleeper says so, and keeps what was slept.
final class TestTime: Sendable {
    private let state: Mutex<(now: Instant, slept: [Duration])>

    init(_ start: Instant = Workbench.start) {
        self.state = Mutex((start, []))
    }

    var now: Instant { self.state.withLock { $0.now } }
    var slept: [Duration] { self.state.withLock { $0.slept } }

    func advance(by duration: Duration) {
        self.state.withLock { $0.now = $0.now.advanced(by: duration) }
    }

    var clock: WallClock { WallClock { self.now } }

    /// Sleeping moves the clock, so that nothing waits in earnest.
    var sleeper: Sleeper {
        Sleeper { duration in
            self.state.withLock { state in
                state.slept.append(duration)
                state.now = state.now.advanced(by: duration)
            }
        }
    }
}
