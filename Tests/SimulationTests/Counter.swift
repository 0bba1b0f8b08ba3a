import Synchronization

/// Counts, from whatever thread.
final class Counter: Sendable {
    private let value = Atomic(0)

    var count: Int { self.value.load(ordering: .relaxed) }

    func add() { self.value.add(1, ordering: .relaxed) }
}
