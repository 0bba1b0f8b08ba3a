import Foundation

/// Where a measurement keeps its store.
struct StoreFolder: Sendable {
    /// The store's file.
    let path: String
    /// The folder to remove in the end; nil keeps everything.
    private let temporary: URL?

    /// Takes the file that was asked for, or makes a temporary folder.
    init(_ path: String?) throws {
        guard let path else {
            let folder = FileManager.default.temporaryDirectory.appending(path: "relais-bench-\(getpid())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            self.temporary = folder
            self.path = folder.appending(path: "bench.sqlite").path
            return
        }
        guard !FileManager.default.fileExists(atPath: path) else {
            throw BenchError("\(path) is there already: give --db another name, or remove it with its -wal and -shm")
        }
        self.path = path
        self.temporary = nil
    }

    /// Removes what was temporary.
    func remove() {
        if let temporary { try? FileManager.default.removeItem(at: temporary) }
    }
}
