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

    /// The current sync of a connection.
    private struct Sync {
        var poll = -1
        /// How many points it passed.
        var passed = 0
        /// The point at which the process is killed; nil lets it live.
        var killAt: Int?
    }

    private struct State {
        var isAlive = true
        /// By the connection's number: a seed passes tens of thousands of points.
        var syncs = Home.allCases.map { _ in Sync() }
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
    func passed(_ home: Home) -> Int { self.state.withLock { $0.syncs[home.rawValue].passed } }

    /// A sync begins; it is killed when it comes to that point.
    func begin(_ home: Home, poll: Int, killAt point: Int?) {
        self.state.withLock { $0.syncs[home.rawValue] = Sync(poll: poll, killAt: point) }
    }

    /// Passes a numbered point; throws if the process is dead, or dies here.
    func pass(_ home: Home, _ seam: Seam) throws {
        let (isAlive, isDying, id) = self.state.withLock { state -> (Bool, Bool, FaultID) in
            let sync = state.syncs[home.rawValue]
            let number = sync.passed + 1
            let id = FaultID(home: home, poll: sync.poll, number: number)
            guard state.isAlive else { return (false, false, id) }
            state.syncs[home.rawValue].passed = number
            guard sync.killAt == number else { return (true, false, id) }
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
