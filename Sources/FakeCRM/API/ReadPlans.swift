/// The plans of the latest reads, each with what writes records by it.
///
/// A client asks for the same properties again and again, and a plan costs more than the few records that it is for.
struct ReadPlans {
    private struct Entry {
        let type: ObjectType
        let requested: [[UInt8]]?
        let histories: [[UInt8]]
        let clearedReadsEmpty: Bool
        let generation: Int
        let plan: ReadPlan
        let renderer: RecordRenderer
    }

    private var entries: [Entry] = []
    private static let most = 16

    /// The plan for what was asked for, and a renderer that follows it.
    mutating func plan(
        _ table: ObjectTable,
        requested: [[UInt8]]?,
        histories: [[UInt8]] = [],
        habits: Habits
    ) -> (ReadPlan, RecordRenderer) {
        let known = self.entries.first { entry in
            entry.type == table.type && entry.generation == table.properties.generation
                && entry.clearedReadsEmpty == habits.clearedReadsEmpty && entry.histories == histories
                && entry.requested == requested
        }
        if let known { return (known.plan, known.renderer) }
        let plan = ReadPlan(table, requested: requested, histories: histories)
        let entry = Entry(
            type: table.type,
            requested: requested,
            histories: histories,
            clearedReadsEmpty: habits.clearedReadsEmpty,
            generation: table.properties.generation,
            plan: plan,
            renderer: RecordRenderer(table: table, plan: plan, habits: habits)
        )
        if self.entries.count == Self.most { self.entries.removeFirst() }
        self.entries.append(entry)
        return (entry.plan, entry.renderer)
    }
}

extension AccountState {
    /// The plan for what was asked of records of a type, and a renderer that follows it.
    mutating func plan(
        _ type: ObjectType,
        requested: [[UInt8]]?,
        histories: [[UInt8]] = []
    ) -> (ReadPlan, RecordRenderer) {
        self.plans.plan(self[type], requested: requested, histories: histories, habits: self.habits)
    }
}
