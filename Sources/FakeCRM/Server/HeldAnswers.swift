import Synchronization

/// Answers that wait until somebody releases them, so that a test can kill a client in between.
final class HeldAnswers: Sendable {
    /// What becomes of a held answer.
    enum Release: Sendable {
        case answer
        case drop
    }

    /// An answer that waits, as the control endpoint lists it.
    struct Description: Sendable {
        var number: Int
        var method: String
        var path: String
    }

    private struct Waiting {
        var description: Description
        var continuation: CheckedContinuation<Release, Never>
    }

    private struct State {
        var waiting: [Int: Waiting] = [:]
        var nextNumber = 1
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Waits until the answer to a request is released, or the server stops.
    func wait(method: String, path: String) async -> Release {
        await withCheckedContinuation { continuation in
            let isClosed = self.state.withLock { state in
                guard !state.isClosed else { return true }
                let description = Description(number: state.nextNumber, method: method, path: path)
                state.waiting[state.nextNumber] = Waiting(description: description, continuation: continuation)
                state.nextNumber += 1
                return false
            }
            if isClosed { continuation.resume(returning: .drop) }
        }
    }

    /// The answers that wait, in the order they came.
    var list: [Description] {
        self.state.withLock { state in state.waiting.values.map(\.description).sorted { $0.number < $1.number } }
    }

    /// Releases one answer, or all of them when no number is given; returns how many there were.
    func release(_ number: Int?, as release: Release) -> Int {
        let released = self.state.withLock { state in
            let numbers = number.map { [$0] } ?? state.waiting.keys.sorted()
            return numbers.compactMap { state.waiting.removeValue(forKey: $0) }
        }
        for waiting in released { waiting.continuation.resume(returning: release) }
        return released.count
    }

    /// Drops all answers that wait and lets no further one wait, because the server stops.
    func close() {
        self.state.withLock { $0.isClosed = true }
        _ = self.release(nil, as: .drop)
    }
}
