/// Whose turn a request is: what people wait for goes before what can wait.
///
/// A task says once which lane its requests are in, and everything that it asks for is; without a word it is urgent, as what
/// a person asks for at the command line.
package enum RequestLane: Int, Hashable, Sendable, CaseIterable, Comparable {
    /// Hand-offs, notifications of the CRM, and what a person waits for.
    case urgent
    /// What changed since the last run.
    case incremental
    /// A first import, or a sweep through everything.
    case backfill

    /// The lane of the requests of the current task.
    @TaskLocal package static var current = RequestLane.urgent

    package static func < (left: RequestLane, right: RequestLane) -> Bool { left.rawValue < right.rawValue }

    /// The name in reports.
    package var name: String {
        switch self {
        case .urgent: "urgent"
        case .incremental: "incremental"
        case .backfill: "backfill"
        }
    }

    /// The part of each rate that the lane may fill, in percent: the rest stays free for those before it.
    var percent: Int {
        switch self {
        case .urgent: 100
        case .incremental: 90
        case .backfill: 80
        }
    }

    /// How much of a rate's limit the lane may fill; always at least one request, or it would never get through.
    func share(of limit: Int) -> Int { max(1, limit * self.percent / 100) }
}
