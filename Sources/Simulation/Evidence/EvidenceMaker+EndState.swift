import FakeCRM
import Records
import Store

/// What there is in the end, for comparisons of two histories that must come to the same (S6).
extension EvidenceMaker {
    /// A line for each live record of each side, and for each without a counterpart, sorted; nothing of it depends on
    /// times, or on the order in which records were made.
    func endState() throws -> [String] {
        var lines: [String] = []
        for entry in self.records.values {
            let fields = entry.record.schema.properties.map { property -> String in
                let value = entry.record[property.name]
                let tied = value.text.flatMap { RecordID($0.string) }.flatMap { self.records[$0]?.subject }
                return "\(property.name)=\(tied.map(Scenario.mark) ?? Canon.text(value))"
            }
            lines.append("local \(entry.record.schema.name): \(fields.sorted().joined(separator: " | "))")
        }
        for home in Home.remotes {
            for thing in Thing.allCases {
                for id in self.crms[home]?.ids(thing.type) ?? [] { lines.append(self.line(home, thing, id)) }
            }
        }
        for stray in self.evidence.strays {
            let subject = stray.subject.map(Scenario.mark) ?? "nobody"
            lines.append("alone: \(subject) of \(stray.side) for \(stray.home), \(stray.flag ?? "nobody knows why")")
        }
        for (home, marks) in self.evidence.marks { lines.append("marks of \(home): \(marks.sorted())") }
        return lines.sorted()
    }

    private func line(_ home: Home, _ thing: Thing, _ id: Int64) -> String {
        guard let crm = self.crms[home] else { return "" }
        let fields = WorldField.all(thing).compactMap { field in
            field.remote[home].map { "\(field.name)=\(crm.value(thing.type, id, $0) ?? "")" }
        }
        let ties = [Thing.company, .contact].flatMap { other in
            crm.associated(thing.type, id, to: other.type)
                .map { crm.value(other.type, $0, WorldField.all(other)[0].remote[home] ?? "") ?? "" }
        }
        return "\(home) \(thing): \((fields + ties.sorted()).joined(separator: " | "))"
    }
}
