import Records
import Transport

/// Which places of a record are looked at, so that one pass of the page parser finds them all.
///
/// The parser takes a value whole or enters it, never both: a path that goes through a list, or into a value that is
/// wanted whole, becomes the list or value and the rest of the path.
struct RecordLayout {
    /// A place: one of the parser's slots, and the way on from there.
    struct Place {
        let slot: Int
        let rest: AnswerPath
    }

    private var roots: [AnswerPath] = []
    private let paths: [AnswerPath]

    /// Plans for all paths that will be asked for.
    init(_ paths: [AnswerPath]) {
        self.paths = paths
        let cut = paths.map { AnswerPath(Array($0.keys.prefix { $0 != "*" })) }
        var seen: Set<AnswerPath> = []
        self.roots = cut.filter { path in
            let isInside = cut.contains { $0.keys.count < path.keys.count && path.keys.starts(with: $0.keys) }
            return !isInside && seen.insert(path).inserted
        }
    }

    /// The parser's slots.
    var extras: [JSONPath] { self.roots.map { JSONPath(keys: $0.keys) } }

    /// The place of a path that was planned for.
    func place(_ path: AnswerPath) -> Place {
        let slot = self.roots.firstIndex { path.keys.starts(with: $0.keys) }
        precondition(slot != nil, "a path that was not planned for")
        let place = slot ?? 0
        return Place(slot: place, rest: AnswerPath(Array(path.keys.dropFirst(self.roots[place].keys.count))))
    }
}
