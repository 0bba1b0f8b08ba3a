import ArgumentParser
import CBenchLimit
import Foundation

/// What a C loop takes for the rows of a pull.
struct Limit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Has a C loop write the rows of a pull, and nothing else.",
        discussion: "The same tables, indexes, bytes and transactions; the pull that makes the rows is not measured."
    )

    @OptionGroup var options: BenchOptions

    func run() async throws {
        let folder = try StoreFolder(self.options.db)
        defer { folder.remove() }
        try await Scene.with(self.options, url: nil, store: folder.path) { scene in
            try await scene.sync()
            try scene.close()
        }
        let limit = try LimitRun(from: folder.path, to: folder.path + ".limit").run()
        let measurement = Measurement(
            records: limit.records,
            wallSeconds: limit.wallSeconds,
            cpuSeconds: limit.cpuSeconds,
            peakMemoryMB: 0,
            requests: 0,
            load: Meter.load
        )
        measurement.print("limit", json: self.options.json)
    }
}

/// The C loop's figures.
struct LimitMeasurement {
    let records: Int
    let wallSeconds: Double
    let cpuSeconds: Double
}

/// One run of the C loop over the rows of a store.
struct LimitRun {
    /// The store of a pull.
    let from: String
    /// The file to write, removed afterwards.
    let to: String
    /// As many as the engine writes at once: 80 pages of 100.
    var recordsPerTransaction: Int32 = 8_000

    /// Runs it; throws a `BenchError` with SQLite's reason.
    func run() throws -> LimitMeasurement {
        var result = cbl_result()
        var message = [CChar](repeating: 0, count: 256)
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: self.to + end) } }
        if let problem = cbl_run(self.from, self.to, self.recordsPerTransaction, &result, &message) {
            throw BenchError("the C loop: \(String(cString: problem))")
        }
        return LimitMeasurement(
            records: result.records,
            wallSeconds: result.wall_seconds,
            cpuSeconds: result.cpu_seconds
        )
    }
}
