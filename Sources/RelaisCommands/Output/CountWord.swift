import Planning
import SyncEngine

/// What people read for a count that the store keeps with a run.
struct CountWord {
    /// What a count tells of, in the order in which `relais runs show` tells it.
    enum Group: CaseIterable {
        case created
        case updated
        case unchanged
        case noticed
        case conflicts
        case leftAlone
        case failed
        case guarded
        case requests

        /// The heading.
        var title: String {
            switch self {
            case .created: "Created"
            case .updated: "Updated"
            case .unchanged: "Unchanged"
            case .noticed: "How it came to know"
            case .conflicts: "Conflicts"
            case .leftAlone: LeftAlone.title
            case .failed: "Failed"
            case .guarded: "Counted by the breakers"
            case .requests: "Requests"
            }
        }
    }

    /// The count's name in the store.
    let name: String
    /// Where it stands.
    let group: Group
    /// What is read behind the number.
    let text: String
    /// The same in a plan; nil where the words are the same.
    let planned: String?
    /// The command that shows what was counted, without `relais`; nil if there is none.
    let command: String?

    init(_ name: String, _ group: Group, _ text: String, planned: String? = nil, command: String? = nil) {
        self.name = name
        self.group = group
        self.text = text
        self.planned = planned
        self.command = command
    }

    /// What is read behind the number, with the command.
    func sentence(isPlan: Bool) -> String {
        let text = isPlan ? self.planned ?? self.text : self.text
        return self.command.map { "\(text) (`relais \($0)`)" } ?? text
    }

    /// The text without its explanation, for one line about many counts.
    func short(isPlan: Bool) -> String {
        let text = isPlan ? self.planned ?? self.text : self.text
        return text.firstIndex { $0 == "," || $0 == ";" || $0 == ":" }.map { String(text[..<$0]) } ?? text
    }
}

extension CountWord {
    /// The word of a stored count; nil if it has none.
    static func of(_ name: String) -> CountWord? {
        if let word = Self.all.first(where: { $0.name == name }) { return word }
        if name.hasPrefix(Self.driftPrefix) {
            return CountWord(name, .noticed, "of them in \(Printable.line(name.dropFirst(Self.driftPrefix.count)))")
        }
        for kind in Breaker.Kind.allCases {
            let prefix = "guarded_\(kind.rawValue)_"
            guard name.hasPrefix(prefix) else { continue }
            return CountWord(
                name,
                .guarded,
                "\(Printable.line(name.dropFirst(prefix.count))) records \(Self.fate(kind))"
            )
        }
        return nil
    }

    /// The word of one of the counts of a sync.
    static func of(_ path: any KeyPath<SyncCounts, Int> & Sendable) -> CountWord? {
        let wanted: AnyKeyPath = path
        return SyncCounts.named.first { ($0.path as AnyKeyPath) == wanted }.flatMap { Self.of($0.name) }
    }

    private static let driftPrefix = "drift in "

    private static func fate(_ kind: Breaker.Kind) -> String {
        switch kind {
        case .deletes: "deleted or archived"
        case .blanks: "in which a value was replaced by nothing"
        case .overwrites: "in which a value was replaced by another one"
        }
    }
}
