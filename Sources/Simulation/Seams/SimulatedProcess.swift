import Records
import Store
import Synchronization

/// Thrown by every seam of a process that was killed.
struct ProcessDeath: Error {}

/// One life of the program: everything it does outside itself passes here.
///
/// A kill makes every seam throw from that moment on: the dead process can neither read nor write nor send nor wait, and
/// the transaction that it was in is rolled back. Its tasks unwind, and nothing that they try has any effect.
final class SimulatedProcess: Sendable {
    /// Where a process can be stopped.
    enum Seam: Sendable {
        case store
        case network
        case sleep
    }

    private struct State {
        var isAlive = true
        /// How many points the process may still pass before it is killed, by connection; nil is any number.
        var remaining: [Home: Int] = [:]
        /// How many points the current sync of a connection passed.
        var passed: [Home: Int] = [:]
        /// The sync that each connection is in.
        var poll: [Home: Int] = [:]
    }

    private let state = Mutex(State())
    /// Says whether a transaction fails at a point of a sync, by a fault of the disk.
    private let storeFault: @Sendable (FaultID) -> StoreError?
    /// Told when the process is killed.
    private let died: @Sendable (Home, Int) -> Void

    init(
        storeFault: @escaping @Sendable (FaultID) -> StoreError?,
        died: @escaping @Sendable (Home, Int) -> Void
    ) {
        self.storeFault = storeFault
        self.died = died
    }

    var isAlive: Bool { self.state.withLock(\.isAlive) }

    /// The points that the latest sync of a connection passed.
    func passed(_ home: Home) -> Int { self.state.withLock { $0.passed[home] ?? 0 } }

    /// A sync begins; it is killed when it comes to that point.
    func begin(_ home: Home, poll: Int, killAt point: Int?) {
        self.state.withLock { state in
            state.passed[home] = 0
            state.poll[home] = poll
            state.remaining[home] = point
        }
    }

    /// Passes a numbered point; throws if the process is dead, or dies here.
    func pass(_ home: Home, _ seam: Seam) throws {
        let (isAlive, isDying, id) = self.state.withLock { state -> (Bool, Bool, FaultID) in
            let number = (state.passed[home] ?? 0) + 1
            let id = FaultID(home: home, poll: state.poll[home] ?? -1, number: number)
            guard state.isAlive else { return (false, false, id) }
            state.passed[home] = number
            guard state.remaining[home] == number else { return (true, false, id) }
            state.isAlive = false
            return (false, true, id)
        }
        if isDying { self.died(home, id.number) }
        guard isAlive else { throw ProcessDeath() }
        if seam == .store, let error = self.storeFault(id) { throw error }
    }

    /// Ends the process from outside.
    func kill() { self.state.withLock { $0.isAlive = false } }
}
