import Records
import Store

/// Everything that the store knows of one run, for people and for programs.
struct RunPortrait {
    private let run: RunRecord
    private let connection: String?
    private let leftAlone: LeftAlone

    init(_ run: RunRecord, in transaction: Transaction) throws {
        self.run = run
        self.connection = try run.connection.map { try transaction.name(of: $0) }
        self.leftAlone = try LeftAlone(by: run, in: transaction)
    }

    func print(to output: Output) {
        let connection = self.connection ?? "—"
        output.line("Run \(self.run.number.rawValue): \(self.run.kind) of \(connection), \(self.run.state.rawValue)")
        var table = Table()
        table.add("  started", self.run.startedAt.description)
        table.add("  ended", self.run.endedAt?.description ?? "—")
        for line in table.lines { output.line(line) }
        for group in CountWord.Group.allCases {
            for line in self.lines(of: group) { output.line(line) }
        }
    }

    /// As `runs list` shows it, with the counts and what was left alone.
    func json(in transaction: Transaction) throws -> JSON {
        try self.run.json(and: [(key: "left_alone", value: self.leftAlone.json)], in: transaction)
    }

    private func lines(of group: CountWord.Group) -> [String] {
        if group == .leftAlone { return self.leftAlone.lines() }
        var table = Table()
        if group == .requests { table.add("  \(self.run.requests)", "requests spent by the run") }
        for (word, count) in self.run.worded where word.group == group {
            table.add("  \(count)", word.sentence(isPlan: self.run.isPlan))
        }
        var lines = table.lines
        if group == .failed, let error = self.run.error { lines.append("  \(Printable.line(error, width: 1000))") }
        return lines.isEmpty ? [] : ["\(group.title):"] + lines
    }
}

extension RunRecord {
    /// Whether it only showed what a run would do.
    var isPlan: Bool { self.kind == "plan" || self.kind == "undo plan" }

    /// The counts that are not 0 with their words, in reading order; one without words stands under its own name.
    var worded: [(word: CountWord, count: Int64)] {
        let known = CountWord.all.compactMap { word in self.counts[word.name].map { (word: word, count: $0) } }
        let others = self.counts.filter { name, _ in !CountWord.all.contains { $0.name == name } }
            .sorted { $0.key < $1.key }
            .map { (word: CountWord.of($0.key) ?? CountWord($0.key, .noticed, $0.key), count: $0.value) }
        return (known + others).filter { $0.count != 0 }
    }

    /// What came of it, on one line.
    var digest: String {
        let told: [CountWord.Group] = [.created, .updated, .noticed, .conflicts, .leftAlone, .failed]
        let words = self.worded.filter { told.contains($0.word.group) }
        guard !words.isEmpty else { return "nothing to do" }
        return words.map { "\($0.count) \($0.word.short(isPlan: self.isPlan))" }.joined(separator: ", ")
    }

    /// The run as JSON, with more members at its end.
    func json(and extra: [(key: String, value: JSON)] = [], in transaction: Transaction) throws -> JSON {
        let counts = self.counts.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSON.number($0.value)) }
        return .object(
            [
                (key: "run", value: .number(self.number.rawValue)),
                (key: "connection", value: .text(try self.connection.map { try transaction.name(of: $0) })),
                (key: "kind", value: .string(self.kind)), (key: "state", value: .string(self.state.rawValue)),
                (key: "started_at", value: .time(self.startedAt)), (key: "ended_at", value: .time(self.endedAt)),
                (key: "requests", value: .number(of: self.requests)), (key: "error", value: .text(self.error)),
                (key: "counts", value: .object(counts)),
            ] + extra
        )
    }
}
