import Synchronization

/// Lets a process take so many steps with its store, and none after them.
final class KillSwitch: Sendable {
    private let left: Mutex<Int>

    init(after steps: Int) { self.left = Mutex(steps) }

    var hasFired: Bool { self.left.withLock { $0 < 0 } }

    func step() throws {
        try self.left.withLock { left in
            left = max(left - 1, -1)
            if left < 0 { throw CancellationError() }
        }
    }
}
