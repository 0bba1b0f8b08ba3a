import Records
import Store

/// What was left alone, why, and how to look at it.
struct LeftAlone {
    /// One reason.
    struct Entry: Hashable {
        /// What people read.
        let reason: String
        /// How many.
        let count: Int
        /// The command that shows them; nil if there is none.
        let command: String?
    }

    /// The heading.
    static let title = "Left alone, and why"

    /// The reasons in reading order.
    let entries: [Entry]

    /// What a run left alone, by what it kept of its counts.
    ///
    /// As long as the store still holds all that a count was about, the reasons name the fields.
    init(by run: RunRecord, in transaction: Transaction) throws {
        let connection = try run.connection.map { try transaction.name(of: $0) }
        var named: [String: [Entry]] = [:]
        if let number = run.connection, let end = run.endedAt, !run.isPlan {
            named = try Self.standing(number, since: end, in: transaction)
        }
        var entries: [Entry] = []
        for word in CountWord.all where word.group == .leftAlone {
            guard let count = run.counts[word.name], count > 0 else { continue }
            let single = named[word.name] ?? []
            // Fewer are left where some were let go, or decided, since.
            if single.reduce(0, { $0 + $1.count }) == Int(count) {
                entries += single
            } else {
                let command = word.command.map { Self.command($0, connection) }
                entries.append(Entry(reason: word.text, count: Int(count), command: command))
            }
        }
        self.entries = entries + (named[Self.uncounted] ?? [])
    }

    /// What is left alone in a connection now, the most frequent reasons first.
    init(in connection: ConnectionNumber, _ transaction: Transaction) throws {
        self.entries = Self.sorted(try Self.standing(connection, in: transaction).values.flatMap { $0 })
    }

    /// The block for people, without a line if nothing was left alone.
    func lines(limit: Int = .max, namingCommands: Bool = true) -> [String] {
        guard !self.entries.isEmpty else { return [] }
        return ["\(Self.title):"]
            + self.entries.prefix(limit).map { entry in
                let command = namingCommands ? entry.command.map { " (`\($0)`)" } : nil
                return "  \(entry.count) × \(entry.reason)\(command ?? "")"
            }
    }

    /// The entries for programs.
    var json: JSON {
        .array(
            self.entries.map {
                ["reason": .string($0.reason), "count": .number(of: $0.count), "command": .text($0.command)]
            }
        )
    }

    // MARK: What the store holds now

    /// Stands for the name of a count where a run counts none: an undone field, or one over which two writers fight.
    private static let uncounted = ""

    /// What is left alone now, by the name of the count that tells of it; only what was left alone at an instant already.
    private static func standing(
        _ number: ConnectionNumber,
        since instant: Instant = Instant(microseconds: .max),
        in transaction: Transaction
    ) throws -> [String: [Entry]] {
        let connection = try transaction.name(of: number)
        var found: [String: [String: Int]] = [:]
        for hold in try transaction.holds(number, limit: .max) where hold.since <= instant {
            found[hold.count, default: [:]]["\(hold.field): \(hold.why)", default: 0] += 1
        }
        for review in try transaction.openReviews(limit: .max)
        where review.connection == number && review.createdAt <= instant {
            found["reviews", default: [:]]["identity: \(review.kind.rawValue)", default: 0] += 1
        }
        return found.reduce(into: [:]) { result, counted in
            let command = counted.key == "reviews" ? "conflicts list --reviews" : "quarantine list --fields"
            result[counted.key] = Self.sorted(
                counted.value.map { reason, count in
                    Entry(
                        reason: Printable.line(reason),
                        count: count,
                        command: Self.command(command, connection)
                    )
                }
            )
        }
    }

    private static func sorted(_ entries: [Entry]) -> [Entry] {
        entries.sorted { ($1.count, $0.reason) < ($0.count, $1.reason) }
    }

    /// The whole command line for one connection.
    private static func command(_ command: String, _ connection: String?) -> String {
        guard let connection else { return "relais \(command)" }
        return command == "plan" ? "relais plan \(connection)" : "relais \(command) --connection \(connection)"
    }
}

extension Hold {
    /// The name of the count among which it is; none for what no run counts.
    fileprivate var count: String {
        switch self.reason {
        case .unmapped: "unmapped"
        case .rejected, .ignored: "fields_rejected"
        case .undone, .fight: ""
        }
    }

    /// Why it is left alone, for people.
    fileprivate var why: String {
        switch self.reason {
        case .undone: "a change of it was undone"
        case .fight:
            self.detail.isEmpty ? "it keeps changing back and forth" : "changed back and forth by \(self.detail)"
        case .rejected: self.detail.isEmpty ? "the CRM refused the value" : self.detail
        case .ignored: self.detail.isEmpty ? "the CRM kept its own value" : self.detail
        case .unmapped: self.detail.isEmpty ? "a value without a counterpart" : self.detail
        }
    }
}
