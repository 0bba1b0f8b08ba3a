import FakeCRM

/// What a crash test did, for the person who reads its output.
struct Tally {
    /// Kills.
    private(set) var kills = 0
    /// Child processes started.
    var runs = 0
    /// Records that the CRM was made to create.
    var created = 0
    private var byMoment: [String: Int] = [:]
    /// How many requests the CRM had got from each process that was killed somewhere in its run.
    private(set) var requestsBeforeKill: [Int] = []
    private var unsettled: [ObjectType: Int] = [:]
    /// Kills that left at least one create of a type carried out and not settled.
    private(set) var killsInside: [ObjectType: Int] = [:]

    mutating func count(_ moment: KillMoment, requests: Int, unsettled: [ObjectType: Int]) {
        self.kills += 1
        if case .during = moment { self.requestsBeforeKill.append(requests) }
        let name =
            switch moment {
            case .unanswered(let path): "before the answer of \(path)"
            case .dropped(let type): "after a dropped create of \(type.rawValue)"
            case .during: "spread over the run"
            }
        self.byMoment[name, default: 0] += 1
        for (type, count) in unsettled where count > 0 {
            self.unsettled[type, default: 0] += count
            self.killsInside[type, default: 0] += 1
        }
    }

    /// The tally in lines.
    var lines: [String] {
        var lines = ["\(self.kills) kills in \(self.runs) runs; the CRM made \(self.created) records"]
        for (name, count) in self.byMoment.sorted(by: { $0.key < $1.key }) { lines.append("  \(count) \(name)") }
        let requests = self.requestsBeforeKill.sorted().map(String.init).joined(separator: ", ")
        lines.append("  those after so many requests: \(requests)")
        for (_, type) in CrashWorld.objects {
            lines.append(
                "  \(self.killsInside[type, default: 0]) between the arrival of creates of \(type.rawValue) and their "
                    + "answer, \(self.unsettled[type, default: 0]) records"
            )
        }
        return lines
    }
}
