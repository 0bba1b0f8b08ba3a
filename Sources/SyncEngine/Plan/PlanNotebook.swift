import Records
import Synchronization

/// Writes down the changes of a plan: some of them for people to look at, all of them for whoever wants to hear.
final class PlanNotebook: ChangeGate {
    private let limit: Int
    private let hear: (@Sendable (PlannedChange) -> Void)?
    private let kept = Mutex<[PlannedChange]>([])

    /// `limit` is how many are kept; `hear` is told of each.
    init(limit: Int, hear: (@Sendable (PlannedChange) -> Void)?) {
        self.limit = limit
        self.hear = hear
    }

    /// The changes that were kept, in the order of the plan.
    var samples: [PlannedChange] { self.kept.withLock { $0 } }

    /// Whether another change would still be noticed.
    var isOpen: Bool { self.hear != nil || self.kept.withLock { $0.count < self.limit } }

    /// Notes a change.
    func note(_ change: PlannedChange) {
        self.kept.withLock { if $0.count < self.limit { $0.append(change) } }
        self.hear?(change)
    }

    /// A plan carries out everything, and takes it back; what goes to the CRM is noted once all of it is known.
    func admits(_ changes: [PlannedChange]) -> Bool {
        for change in changes where change.action != .updateRemotely && change.action != .createRemotely {
            self.note(change)
        }
        return true
    }
}
