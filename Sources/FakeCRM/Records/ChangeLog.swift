/// The rows of a table in the order of their last change, so that "changed since" needs no scan.
///
/// Every change appends; an entry that a later change made stale is skipped by the reader and dropped at the next rebuild.
struct ChangeLog {
    /// A row and the time of one of its changes.
    struct Entry {
        var time: Int64
        var row: Int
    }

    private(set) var entries: [Entry] = []
    private var isSorted = true

    var count: Int { self.entries.count }

    mutating func append(row: Int, time: Int64) {
        if let last = self.entries.last, last.time > time { self.isSorted = false }
        self.entries.append(Entry(time: time, row: row))
    }

    /// Puts the entries in order after records were loaded with times of their own.
    mutating func settle() {
        guard !self.isSorted else { return }
        self.entries.sort { ($0.time, $0.row) < ($1.time, $1.row) }
        self.isSorted = true
    }

    /// Replaces all entries, after most of them went stale.
    mutating func rebuild(_ entries: [Entry]) {
        self.entries = entries
        self.isSorted = false
        self.settle()
    }

    /// The position of the first entry that is not before a time; the log must be settled.
    func firstIndex(from time: Int64) -> Int {
        var low = 0
        var high = self.entries.count
        while low < high {
            let middle = (low + high) / 2
            if self.entries[middle].time < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
