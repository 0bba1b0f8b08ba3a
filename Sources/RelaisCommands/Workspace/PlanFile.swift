import Foundation
import Records
import SyncEngine
import Synchronization

/// A plan in a file: what it is about, then one change on each line, so that people and programs can look at it, take
/// lines out, and have just the rest carried out.
struct PlanFile: Sendable {
    /// The connection that it was made for.
    let connection: String
    /// The changes, as their lines.
    private let lines: Set<[UInt8]>

    /// Reads a file; throws with the line that is wrong.
    init(path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandError(.usage, "\(path) cannot be read; `relais plan --out FILE` writes such a file")
        }
        let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard let first = lines.first, let head = try? JSON(parsing: Array(first)),
            head["plan"]?.string == Self.version, let connection = head["connection"]?.string
        else {
            throw CommandError(.data, "\(path):1:1: this is no plan; `relais plan --out FILE` writes one")
        }
        var changes: Set<[UInt8]> = []
        for (number, line) in lines.enumerated().dropFirst() {
            // What an editor or a program made of the spaces and the ends of lines changes nothing.
            guard line.contains(where: { !" \t\r".utf8.contains($0) }) else { continue }
            guard let change = try? JSON(parsing: Array(line)), change["action"]?.string != nil else {
                throw CommandError(.data, "\(path):\(number + 1):1: this is no change of a plan; take the line out")
            }
            changes.insert(change.bytes)
        }
        self.connection = connection
        self.lines = changes
    }

    /// How many changes it holds.
    var count: Int { self.lines.count }

    /// Whether it holds exactly this change: the same record, the same fields, the same values before and after.
    ///
    /// What is done about a record that the same plan makes in the CRM was planned before that had an id.
    func holds(_ change: PlannedChange) -> Bool {
        self.lines.contains(change.json.bytes)
            || change.beforeItsRecord.map { self.lines.contains($0.json.bytes) } ?? false
    }

    fileprivate static let version = "relais/1"
}

/// Writes a plan into a file while it is computed.
final class PlanFileWriter: Sendable {
    private struct State {
        var handle: FileHandle?
        var buffer: [UInt8] = []
        var failure: (any Error)?
    }

    private let path: String
    private let state = Mutex(State())

    /// Begins a file that takes the place of an earlier one when it is complete.
    init(path: String, connection: String, at now: Instant) throws {
        self.path = path
        let partial = "\(path).partial"
        guard FileManager.default.createFile(atPath: partial, contents: nil, attributes: [.posixPermissions: 0o600]),
            let handle = FileHandle(forWritingAtPath: partial)
        else { throw CommandError(.usage, "\(path) cannot be written") }
        let head: JSON = [
            "plan": .string(PlanFile.version), "connection": .string(connection), "at": .time(now),
        ]
        self.state.withLock { state in
            state.handle = handle
            state.buffer = head.bytes + [UInt8(ascii: "\n")]
        }
    }

    /// Adds a change.
    func add(_ change: PlannedChange) {
        let line = change.json.bytes
        self.state.withLock { state in
            state.buffer += line
            state.buffer.append(UInt8(ascii: "\n"))
            if state.buffer.count > 1 << 16 { Self.flush(&state) }
        }
    }

    /// Puts the file in its place.
    func finish() throws {
        try self.state.withLock { state in
            Self.flush(&state)
            try state.handle?.close()
            if let failure = state.failure { throw failure }
        }
        guard rename("\(self.path).partial", self.path) == 0 else {
            throw CommandError(.usage, "\(self.path) cannot be written")
        }
    }

    private static func flush(_ state: inout State) {
        do { try state.handle?.write(contentsOf: Data(state.buffer)) } catch { state.failure = state.failure ?? error }
        state.buffer.removeAll(keepingCapacity: true)
    }
}
