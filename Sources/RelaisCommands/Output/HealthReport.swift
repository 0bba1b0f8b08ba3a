import Records

/// What `doctor` found, one line for each thing.
struct HealthReport {
    /// One thing.
    struct Line: Sendable {
        let subject: String
        let what: String
        let status: ExitStatus
        let text: String
    }

    private(set) var lines: [Line] = []

    /// Adds something that is well, or that needs attention, with what to do about it.
    mutating func add(_ subject: String, _ what: String, _ isFine: Bool, _ text: String, _ advice: String? = nil) {
        let full = isFine ? text : [text, advice].compactMap(\.self).joined(separator: ": ")
        self.lines.append(Line(subject: subject, what: what, status: isFine ? .done : .attention, text: full))
    }

    /// Adds something that failed.
    mutating func fail(_ subject: String, _ what: String, _ status: ExitStatus, _ text: String) {
        self.lines.append(Line(subject: subject, what: what, status: status, text: text))
    }

    /// Adds what somebody else found.
    mutating func add(_ lines: [Line]) { self.lines += lines }

    /// The exit status: the gravest of all lines.
    var status: ExitStatus {
        let gravest: [ExitStatus] = [.notAllowed, .unavailable, .data, .failed, .usage, .attention]
        return gravest.first { status in self.lines.contains { $0.status == status } } ?? .done
    }

    func print(to output: Output) {
        var table = Table()
        for line in self.lines { table.add(Self.word(line.status), line.subject, line.what, line.text) }
        for line in table.lines { output.line(line) }
        output.document([
            "exit": .number(of: Int(self.status.rawValue)),
            "checks": .array(
                self.lines.map { line in
                    [
                        "subject": .string(line.subject), "what": .string(line.what),
                        "state": .string(Self.word(line.status)), "text": .string(line.text),
                    ]
                }
            ),
        ])
    }

    private static func word(_ status: ExitStatus) -> String {
        switch status {
        case .done: "ok"
        case .attention: "attention"
        default: "failed"
        }
    }
}
