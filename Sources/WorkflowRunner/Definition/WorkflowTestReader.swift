import Mapping
package import Records
import Scoring

/// Reads the `tests:` of a workflow file.
struct WorkflowTestReader {
    private let definition: WorkflowDefinition
    private let findings: Findings
    private let values: ConfiguredValue

    private static let outcomes = [
        "sent", "notified", "skipped", "failed", "set", "emitted", "handed_off", "ended", "parked",
    ]

    init(_ definition: WorkflowDefinition, _ findings: Findings) {
        self.definition = definition
        self.findings = findings
        self.values = ConfiguredValue(definition.vocabulary.lifecycle, findings)
    }

    func tests(_ node: YAMLNode?) -> [WorkflowTest] {
        (node?.list("tests", self.findings) ?? []).compactMap { self.test($0) }
    }

    private func test(_ node: YAMLNode) -> WorkflowTest? {
        let keys = ["name", "given", "at", "events", "expect"]
        guard let table = YAMLTable(node, "the test", keys: keys, self.findings) else { return nil }
        let name = table.requiredText("name")
        let start = table.required("at").flatMap { self.start($0) }
        let given = table["given"].map { self.settings($0, "given") } ?? []
        let happenings = (table.list("events") ?? []).compactMap { self.happening($0) }
        let expected = (table.required("expect")?.list("expect", self.findings) ?? []).compactMap {
            self.expectation($0)
        }
        guard let name, let start else { return nil }
        let last = (happenings.map(\.after) + expected.map(\.after)).max() ?? .zero
        return WorkflowTest(
            name: Text(name),
            given: given,
            start: start,
            happenings: happenings.enumerated().sorted { ($0.element.after, $0.offset) < ($1.element.after, $1.offset) }
                .map(\.element),
            expected: expected,
            span: last + .seconds(366 * 86_400),
            location: node.location
        )
    }

    /// `2026-03-02T09:00[Europe/Paris]`, or RFC 3339.
    private func start(_ node: YAMLNode) -> Instant? {
        guard let text = node.text("at", self.findings) else { return nil }
        if let instant = Instant(text) { return instant }
        if let instant = WorkflowMoment.parse(text) { return instant }
        self.findings.error(
            at: node.location,
            "at is no moment",
            mend: "write 2026-03-02T09:00[Europe/Paris] or 2026-03-02T08:00:00Z"
        )
        return nil
    }

    private func settings(_ node: YAMLNode, _ what: String) -> [(property: Text, value: Value)] {
        let object = self.definition.vocabulary.object
        return (YAMLTable(node, what, keys: nil, self.findings)?.entries ?? []).compactMap { entry in
            guard let property = object.property(entry.key) else {
                self.findings.error(
                    at: entry.location,
                    "\(object.name) has no property \"\(entry.key)\"",
                    mend: NearestName.mend(entry.key, among: object.properties.map(\.name))
                )
                return nil
            }
            return self.values.read(entry.value, property).map { (property: Text(entry.key), value: $0) }
        }
    }

    private func happening(_ node: YAMLNode) -> WorkflowTest.Happening? {
        guard let table = YAMLTable(node, "the event", keys: ["after", "set", "event", "with"], self.findings),
            let after = self.after(table)
        else { return nil }
        if let set = table["set"] { return WorkflowTest.Happening(after: after, .set(self.settings(set, "set"))) }
        guard let event = table.requiredText("event") else { return nil }
        var attributes: [Text: Value] = [:]
        for entry in table["with"]?.entries ?? [] {
            attributes[Text(entry.key)] = self.values.read(entry.value, entry.key)
        }
        return WorkflowTest.Happening(after: after, .event(Text(event), attributes))
    }

    private func expectation(_ node: YAMLNode) -> WorkflowTest.Expectation? {
        guard let table = YAMLTable(node, "the expectation", keys: ["after"] + Self.outcomes, self.findings),
            let after = self.after(table)
        else { return nil }
        let kinds = Self.outcomes.filter { table[$0] != nil }
        guard kinds.count == 1, let kind = kinds.first, let detail = table.text(kind) else {
            let mend = "write one of \(Self.outcomes.joined(separator: ", "))"
            self.findings.error(at: node.location, "the expectation is not one thing", mend: mend)
            return nil
        }
        return WorkflowTest.Expectation(after: after, what: Text(kind), detail: Text(detail), location: node.location)
    }

    private func after(_ table: YAMLTable) -> Duration? {
        guard let node = table.required("after") else { return nil }
        // Unlike a wait, a test may speak of the start itself.
        if let text = node.scalar?.text, let span = Duration(span: text) { return span }
        return node.span("after", self.findings)
    }
}

/// Moments as files and the command line write them.
package enum WorkflowMoment {
    /// Reads `2026-03-02T09:00[Europe/Paris]`; nil for anything else.
    package static func parse(_ text: String) -> Instant? {
        let bytes = Array(text.utf8)
        guard bytes.count > 18, bytes[10] == UInt8(ascii: "T"), bytes[16] == UInt8(ascii: "["),
            bytes.last == UInt8(ascii: "]"), let day = CalendarDate(parsing: bytes[0..<10]),
            let minutes = LocalTime.minutes(String(decoding: bytes[11..<16], as: UTF8.self))
        else { return nil }
        let zone = String(decoding: bytes[17..<(bytes.count - 1)], as: UTF8.self)
        return LocalTime(minutes: minutes, zone: zone)?.moment(on: day)
    }
}
