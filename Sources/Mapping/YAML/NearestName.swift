/// Finds what somebody probably meant by a misspelt name.
package enum NearestName {
    /// The candidate with the fewest edits, if it is near enough to be worth proposing; ties go to the first by bytes.
    ///
    /// Swapped neighbours count as one edit. A third of the name may differ, one letter at least.
    package static func of(_ name: String, among candidates: some Sequence<String>) -> String? {
        let wanted = Array(name.lowercased().utf8.prefix(64))
        let limit = max(1, wanted.count / 3)
        var best: (distance: Int, name: String)?
        for candidate in candidates.sorted() {
            let distance = Self.distance(wanted, Array(candidate.lowercased().utf8.prefix(64)))
            if distance <= limit, distance < best?.distance ?? .max { best = (distance, candidate) }
        }
        return best?.name
    }

    /// The mend for an unknown name: the nearest candidate, else all of them if they are few.
    ///
    /// `verb` begins the sentence: `write`, `map`.
    package static func mend(_ name: String, among candidates: some Sequence<String>, verb: String = "write") -> String
    {
        if let nearest = Self.of(name, among: candidates) { return "did you mean \(nearest)?" }
        let all = candidates.sorted()
        guard !all.isEmpty else { return "remove it" }
        let shown = all.prefix(12).joined(separator: ", ")
        return all.count <= 12 ? "\(verb) one of \(shown)" : "\(verb) one of \(shown), … (\(all.count) in all)"
    }

    /// Optimal string alignment distance.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let cost = left[row] == right[column] ? 0 : 1
                var value = min(last[column + 1] + 1, current[column] + 1, last[column] + cost)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    value = min(value, beforeLast[column - 1] + 1)
                }
                current.append(value)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
