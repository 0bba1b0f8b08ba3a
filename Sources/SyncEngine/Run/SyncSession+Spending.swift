import Connectors
import Records
import Store

extension SyncSession {
    /// How many days of spending are kept, for reports.
    private static let daysKept: Int64 = 60

    /// Goes on from what the connection spent today in earlier processes.
    static func resumeSpending(of account: any RemoteAccount, _ connection: ConnectionNumber, in store: Store) throws {
        guard let budget = account.dailyBudget else { return }
        let day = budget.spending.day
        let kept = try store.read { try $0.spending(of: connection, day: day) }.map { kept in
            DailyBudget.Spending(
                day: kept.day,
                requests: [kept.urgent, kept.incremental, kept.backfill],
                said: kept.said.map { DailyBudget.Spending.Said(left: $0.left, at: $0.at) }
            )
        }
        budget.noteSaved(kept)
        if let kept { budget.resume(from: kept) }
    }

    /// Keeps what was spent so far; what a kill takes away is no more than the requests since.
    func saveSpending() throws {
        guard let budget = self.context.account.dailyBudget else { return }
        let spending = budget.spending
        guard !budget.isSaved(spending) else { return }
        try self.context.store.write { transaction in
            try transaction.keep(
                DaySpending(
                    day: spending.day,
                    urgent: spending.requests[RequestLane.urgent.rawValue],
                    incremental: spending.requests[RequestLane.incremental.rawValue],
                    backfill: spending.requests[RequestLane.backfill.rawValue],
                    said: spending.said.map { DaySpending.Said(left: $0.left, at: $0.at) },
                    limit: budget.limit,
                    reserve: budget.reserve
                ),
                of: self.connection.number
            )
            // The first words of a day.
            guard !budget.hasSaved(spending.day) else { return }
            try transaction.forgetSpending(of: self.connection.number, before: spending.day - Self.daysKept)
        }
        budget.noteSaved(spending)
    }
}
