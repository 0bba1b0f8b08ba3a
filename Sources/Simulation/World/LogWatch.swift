import Logging
import Synchronization

/// Reads everything that is logged, and keeps what must never be logged.
final class LogWatch: Sendable {
    private let caught = Mutex<[String]>([])
    /// What must not turn up: the accounts' secrets, and what people have typed.
    static let canaries = ["pat-canary", "@sim.example", "@Sim.example"]

    /// The lines with something in them that must not be there.
    var leaks: [String] { self.caught.withLock { $0 } }

    /// Looks at one line.
    func read(_ line: String) {
        guard Self.canaries.contains(where: { line.utf8.contains($0) }) else { return }
        self.caught.withLock { $0.append(line) }
    }

    /// A logger whose lines are read here.
    var logger: Logger {
        var logger = Logger(label: "simulation") { _ in Handler(watch: self) }
        logger.logLevel = .debug
        return logger
    }

    private struct Handler: LogHandler {
        let watch: LogWatch
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            self.watch.read("\(event.message)")
            for (key, value) in event.metadata ?? [:] { self.watch.read("\(key) \(value)") }
        }
    }
}

extension String.UTF8View {
    /// Whether a text is in it, byte for byte.
    func contains(_ part: String) -> Bool {
        let bytes = Array(part.utf8)
        guard let first = bytes.first, self.count >= bytes.count else { return false }
        var rest = self[...]
        while let place = rest.firstIndex(of: first) {
            if rest[place...].starts(with: bytes) { return true }
            rest = rest[self.index(after: place)...]
        }
        return false
    }
}
