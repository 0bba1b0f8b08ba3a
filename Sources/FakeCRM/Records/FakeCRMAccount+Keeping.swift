import FoundationEssentials
import Synchronization

extension FakeCRMAccount {
    /// A file that does not hold an account.
    package struct FileProblem: Error, CustomStringConvertible {
        /// What is wrong, with the file and the line.
        package var description: String
    }

    /// Everything in one JSON document, in a stable order, for scripts that check figures.
    package func dump() -> [UInt8] { self.state.withLock { $0.dump() } }

    /// Saves the account as `account-<portal id>.jsonl` in a directory, which is made if need be.
    ///
    /// The file is replaced as a whole, so a reader finds the old or the new one. Throws when it cannot be written.
    package func save(to directory: String) throws {
        let lines = self.state.withLock { $0.keptLines() }
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try Data(lines).write(to: URL(filePath: Self.path(in: directory, self.portalID)), options: .atomic)
    }

    /// Reads every account that was saved in a directory, by portal id.
    ///
    /// Faults, limits and counts are not kept; what the search index had not seen is seen. Throws `FileProblem` for a
    /// file that is damaged, and whatever reading throws.
    package static func load(from directory: String, clock: FakeClock) throws -> [FakeCRMAccount] {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        let files = names.filter { $0.hasPrefix("account-") && $0.hasSuffix(".jsonl") }.sorted()
        return try files.map { name in
            let data = try Data(contentsOf: URL(filePath: "\(directory)/\(name)"))
            do {
                return FakeCRMAccount(state: try AccountState(keptLines: Array(data), clock: clock), clock: clock)
            } catch let problem as KeptLineProblem {
                throw FileProblem(description: "\(name):\(problem.line): \(problem.message)")
            }
        }
    }

    private static func path(in directory: String, _ portalID: Int64) -> String {
        "\(directory)/account-\(portalID).jsonl"
    }
}
