import Foundation

/// A database file that is gone with its owner.
final class TemporaryFile: Sendable {
    let path: String

    init() {
        self.path =
            FileManager.default.temporaryDirectory.appendingPathComponent("relais-\(UUID().uuidString).sqlite").path
    }

    deinit {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: self.path + suffix) }
    }
}
