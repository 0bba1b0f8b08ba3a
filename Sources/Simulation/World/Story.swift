package import Records
import Synchronization

/// What happened, in words, for the record that something went wrong with.
package final class Story: Sendable {
    /// One thing that happened.
    package struct Line: Sendable {
        /// When.
        package let at: Instant
        /// Whom it concerns; nil is everybody.
        package let subject: Int?
        /// What.
        package let text: String
    }

    private let isKept: Bool
    private let kept = Mutex<[Line]>([])

    init(isKept: Bool) { self.isKept = isKept }

    /// Tells something.
    func tell(_ at: Instant, _ subject: Int?, _ text: @autoclosure () -> String) {
        guard self.isKept else { return }
        let line = Line(at: at, subject: subject, text: text())
        self.kept.withLock { $0.append(line) }
    }

    /// Everything that was told.
    package var lines: [Line] { self.kept.withLock { $0 } }
}
