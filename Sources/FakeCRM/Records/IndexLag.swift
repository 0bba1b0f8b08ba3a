/// The changes that the search index has not seen yet.
struct IndexLag {
    private struct Waiting {
        var row: Int
        var visibleAt: Int64
    }

    private var queue: [Waiting] = []
    private var head = 0
    /// For each row that waits, what the index still says, the oldest first; nil before the record existed.
    private var former: [Int: [Record?]] = [:]

    /// Notes a change that the index will show at `visibleAt`; `before` is nil for a new record.
    mutating func note(row: Int, before: Record?, visibleAt: Int64) {
        self.queue.append(Waiting(row: row, visibleAt: visibleAt))
        self.former[row, default: []].append(before)
    }

    /// Lets the index catch up with everything that is visible by now, in the order it happened.
    mutating func catchUp(to now: Int64) {
        while self.head < self.queue.count, self.queue[self.head].visibleAt <= now {
            let row = self.queue[self.head].row
            self.former[row]?.removeFirst()
            if self.former[row]?.isEmpty == true { self.former[row] = nil }
            self.head += 1
        }
        if self.head > 1_024, self.head * 2 > self.queue.count {
            self.queue.removeFirst(self.head)
            self.head = 0
        }
    }

    /// Whether the index is behind on a row.
    func isBehind(row: Int) -> Bool { self.former[row] != nil }

    /// What the index says of a row that it is behind on; nil when it does not know the record yet.
    func indexed(row: Int) -> Record? { self.former[row]?.first ?? nil }

    /// The rows that the index is behind on, in ascending order.
    var rowsBehind: [Int] { self.former.keys.sorted() }
}
