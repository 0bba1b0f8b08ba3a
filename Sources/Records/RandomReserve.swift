import Synchronization

/// Random bits drawn many at a time: asking the system for eight bytes costs as much as asking for a kilobyte.
package final class RandomReserve: Sendable {
    private struct State {
        var words: [UInt64]
        var next: Int
    }

    private let state: Mutex<State>
    private let fill: @Sendable (inout [UInt64]) -> Void

    /// Creates a reserve of `count` times 64 bits; `fill` replaces all elements of an array by fresh bits.
    package init(count: Int = 128, fill: @escaping @Sendable (inout [UInt64]) -> Void) {
        precondition(count > 0, "a reserve of something")
        self.fill = fill
        self.state = Mutex(State(words: Array(repeating: 0, count: count), next: count))
    }

    /// 64 bits that nobody was given before.
    package func next() -> UInt64 {
        self.state.withLock { state in
            if state.next == state.words.count {
                self.fill(&state.words)
                state.next = 0
            }
            defer {
                // What was given away is not kept in memory.
                state.words[state.next] = 0
                state.next += 1
            }
            return state.words[state.next]
        }
    }
}

extension Randomness {
    /// Draws from a reserve.
    package init(_ reserve: RandomReserve) {
        self.init { reserve.next() }
    }
}
