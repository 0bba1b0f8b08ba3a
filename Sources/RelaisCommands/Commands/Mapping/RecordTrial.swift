import Authoring
import Mapping
import Planning
import Records
import Store
import SyncEngine

/// An inspected record with the way of each of its values.
struct RecordTrial: Sendable {
    /// One field.
    private struct Line: Sendable {
        let position: Int
        let verdict: FieldVerdict
        let toLocal: LensTrace?
        let toRemote: LensTrace?
    }

    private let inspection: RecordInspection
    private let connection: String
    private let lines: [Line]

    init(_ inspection: RecordInspection, connection: String, in context: any LensContext) {
        self.inspection = inspection
        self.connection = connection
        let state = inspection.state
        self.lines = inspection.mapping.fields.enumerated().map { position, field in
            let (own, their) = (state.local[position], state.remote[position])
            let isTranslated = field.kind == .property || field.kind != .computed
            let pulls = field.direction != .push && isTranslated && !their.isBlank
            let pushes = field.direction != .pull && isTranslated && !own.isBlank
            return Line(
                position: position,
                verdict: FieldVerdict(inspection, field: position),
                toLocal: pulls ? LensTrace(toLocal: their, previous: own, through: field.lens, in: context) : nil,
                toRemote: pushes ? LensTrace(toRemote: own, previous: their, through: field.lens, in: context) : nil
            )
        }
    }

    // MARK: For people

    func print(to output: Output, field: String?, all: Bool) {
        output.line(self.title)
        output.line(self.fate)
        for line in self.lines where field.map({ self.isNamed(line, $0) }) ?? (all || !self.isBlank(line)) {
            self.print(line, to: output)
        }
    }

    /// What the fields are called, here and in the CRM.
    var names: [String] { self.inspection.mapping.fields.flatMap { [$0.local, $0.remote].compactMap(\.self) } }

    private var title: String {
        let mapping = self.inspection.mapping
        let own = self.inspection.record.map { "\(mapping.localObject) \($0.title)" } ?? "no record here"
        let their = self.inspection.remote.map { "\(mapping.remoteObject) \(Printable.line($0.string, width: 40))" }
        return "\(mapping.name): \(own)  |  \(their ?? "no record in \(self.connection)")"
    }

    private var fate: String {
        let source =
            switch self.inspection.source {
            case .live: ", the CRM read just now"
            case .observed: ", the CRM as last seen"
            case .agreed: ", the CRM as both last agreed; --live reads it now"
            case .none: ""
            }
        switch self.inspection.tie {
        case .linked: return "Linked\(source)."
        case .resting(let reason): return "Linked, but resting: \(Printable.line(reason))\(source)."
        case .madeRemotely:
            return "Would be made in the CRM, unless a record there has its match key (\(self.matchKeys))."
        case .madeLocally(let matches):
            guard let first = matches.first else { return "Would be made here." }
            let rest = matches.count > 1 ? " or \(matches.count - 1) more: a person decides" : ""
            return "Would be linked to \(first)\(rest)."
        case .apart(let reason): return "Would stay apart: \(Printable.line(reason))."
        }
    }

    private var matchKeys: String {
        let mapping = self.inspection.mapping
        let keys = mapping.match.map { key in key.map { mapping.fields[$0].name }.joined(separator: " + ") }
        return keys.isEmpty ? "none" : keys.joined(separator: ", then ")
    }

    private func isNamed(_ line: Line, _ name: String) -> Bool {
        let field = self.inspection.mapping.fields[line.position]
        return [field.local, field.remote].contains { $0?.hasSameBytes(as: name) ?? false }
    }

    private func isBlank(_ line: Line) -> Bool {
        self.inspection.state.local[line.position].isBlank && self.inspection.state.remote[line.position].isBlank
            && line.verdict.action == .unchanged
    }

    private func print(_ line: Line, to output: Output) {
        let field = self.inspection.mapping.fields[line.position]
        let summary = FieldSummary(field)
        output.line()
        output.line(
            "\(summary.local) \(summary.way) \(summary.remote): \(line.verdict.action.rawValue), \(line.verdict.reason)"
        )
        let (own, their) = (self.inspection.state.local[line.position], self.inspection.state.remote[line.position])
        if let trace = line.toLocal { output.line("  theirs  \(Self.text(trace))") }
        if let trace = line.toRemote { output.line("  ours    \(Self.text(trace))") }
        if line.toLocal == nil, line.toRemote == nil {
            if !their.isBlank { output.line("  theirs  \(Self.quoted(their))") }
            if !own.isBlank { output.line("  ours    \(Self.quoted(own))") }
        }
        self.printShadow(line.position, to: output)
        let plan = self.inspection.plan
        for write in plan.toLocal where write.field == line.position {
            output.line("  here    \(Self.quoted(write.old)) becomes \(Self.quoted(write.new))")
        }
        for write in plan.toRemote where write.field == line.position {
            output.line("  there   \(Self.quoted(write.old)) becomes \(Self.quoted(write.new))")
        }
    }

    /// What both sides held at the last agreement, where one of them holds something else now.
    private func printShadow(_ position: Int, to output: Output) {
        let state = self.inspection.state
        guard let own = state.localShadow[position], let their = state.remoteShadow[position],
            own != state.local[position] || their != state.remote[position]
        else { return }
        output.line("  agreed  \(Self.quoted(own)) here, \(Self.quoted(their)) there")
    }

    private static func text(_ trace: LensTrace) -> String {
        var text = Self.quoted(trace.input)
        var quiet: [String] = []
        for step in trace.steps {
            if step.isQuiet {
                // What fits types together and changes nothing is no news.
                if !step.name.hasPrefix("as_"), step.name != "options" { quiet.append(step.name) }
                continue
            }
            switch step.result {
            case .value(let value): text += "  \(step.name) -> \(Self.quoted(value))"
            case .unmapped(let reason): text += "  \(step.name) -> no counterpart: \(Printable.line(reason))"
            case .unlinked: text += "  \(step.name) -> no link yet"
            }
        }
        return quiet.isEmpty ? text : "\(text)  (\(quiet.joined(separator: ", ")): as it is)"
    }

    private static func quoted(_ value: Value) -> String {
        switch value {
        case .text: "\"\(Printable.value(value, width: 60))\""
        case .absent, .null: "nothing"
        default: Printable.value(value, width: 60)
        }
    }

    // MARK: For programs

    func json(field: String?) -> JSON {
        [
            "mapping": .string(self.inspection.mapping.name), "connection": .string(self.connection),
            "record": .text(self.inspection.record?.id.description), "remote": .text(self.inspection.remote),
            "tie": .string(self.tieName), "source": .string(self.inspection.source.rawValue),
            "note": .string(self.fate),
            "fields": .array(
                self.lines.filter { line in field.map { self.isNamed(line, $0) } ?? true }.map { self.json(of: $0) }
            ),
        ]
    }

    private var tieName: String {
        switch self.inspection.tie {
        case .linked: "linked"
        case .resting: "resting"
        case .madeRemotely: "made_remotely"
        case .madeLocally(let matches): matches.isEmpty ? "made_locally" : "matched"
        case .apart: "apart"
        }
    }

    private func json(of line: Line) -> JSON {
        let field = self.inspection.mapping.fields[line.position]
        let (state, plan) = (self.inspection.state, self.inspection.plan)
        let position = line.position
        return [
            "local": .text(field.local), "remote": .text(field.remote), "direction": .string(field.direction.rawValue),
            "action": .string(line.verdict.action.rawValue), "reason": .string(line.verdict.reason),
            "local_value": .value(state.local[position]), "remote_value": .value(state.remote[position]),
            "local_agreed": .value(state.localShadow[position]), "remote_agreed": .value(state.remoteShadow[position]),
            "to_local": line.toLocal.map(Self.json) ?? .null, "to_remote": line.toRemote.map(Self.json) ?? .null,
            "becomes_local": .value(plan.toLocal.first { $0.field == position }?.new),
            "becomes_remote": .value(plan.toRemote.first { $0.field == position }?.new),
        ]
    }

    private static func json(_ trace: LensTrace) -> JSON {
        .array(
            trace.steps.map { step in
                switch step.result {
                case .value(let value): ["transform": .string(step.name), "value": .value(value)]
                case .unmapped(let reason): ["transform": .string(step.name), "unmapped": .string(reason)]
                case .unlinked: ["transform": .string(step.name), "unmapped": .string("no link yet")]
                }
            }
        )
    }
}
