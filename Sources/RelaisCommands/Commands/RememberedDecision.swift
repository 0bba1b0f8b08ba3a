import Foundation
import Mapping
import Records
import Store

/// Writes decisions into the mapping files as the policies of their fields, so that nobody has to take them again.
struct RememberedDecision {
    let context: CommandContext
    let side: Side

    /// What became of the rules.
    struct Rules {
        /// A document for each field, with `refused` where nothing was written.
        var told: [JSON] = []
        /// Whether a rule waits for a person to write it.
        var isRefused = false
    }

    private var policy: ConflictPolicy { self.side == .local ? .preferLocal : .preferRemote }

    /// Changes the files and shows what changed; each field once.
    ///
    /// Nothing is written if the mappings would not compile any more, nor into a file that other mappings include: they
    /// were not decided about.
    func write(_ conflicts: [Conflict], in store: Store) throws -> Rules {
        var rules = Rules()
        for question in try self.questions(of: conflicts, in: store) {
            do {
                try self.write(question, into: &rules)
            } catch let error where error is CommandError || error is DiagnosticList {
                // The decisions stand, whatever became of the rule.
                self.refuse(question, String(describing: error), at: nil, in: &rules)
            }
        }
        return rules
    }

    private func write(_ question: Question, into rules: inout Rules) throws {
        let field = question.field
        let configuration = try self.context.workspace.connection(question.connection)
        let mappings = try self.context.workspace.mappings(configuration)
        let mapping = mappings.first { $0.remoteObject.hasSameBytes(as: question.object) }
        guard let found = mapping?.fields.first(where: { $0.name.hasSameBytes(as: field) }) else {
            throw CommandError(
                .data,
                "no mapping of \(question.connection) has a field \(Printable.line(field)) any more"
            )
        }
        if let refusal = question.refusal(found) {
            return self.refuse(question, refusal, at: found.location, in: &rules)
        }
        let stands = question.isOfFirstContact ? found.initial?.rawValue : found.onConflict.rawValue
        guard stands != self.policy.rawValue else { return }
        guard let mapping, let file = try self.file(of: found, in: mapping) else { return }
        if let refusal = try self.refusal(to: file, found, in: mapping) {
            return self.refuse(question, refusal, at: found.location, in: &rules)
        }
        let edit = try PolicyEdit(self.policy, as: question.key, ofField: field, in: file)
        try self.replace(file, with: edit, configuration)
        self.show(file, edit)
        rules.told.append([
            "file": .string(file.path), "line": .number(of: edit.line), "field": .string(field),
            question.key: .string(self.policy.rawValue),
        ])
    }

    private func refuse(_ question: Question, _ reason: String, at place: SourceLocation?, in rules: inout Rules) {
        self.context.output.error("relais: the rule was not written: \(reason)")
        rules.isRefused = true
        rules.told.append([
            "file": .text(place?.file), "line": place.map { .number(of: $0.line) } ?? .null,
            "field": .string(question.field), "refused": .string(reason),
        ])
    }

    /// The file that says what becomes of a field: the mapping's own, if it has the field or its group, else the one
    /// that it includes.
    private func file(of field: MappingField, in mapping: CompiledMapping) throws -> MappingFile? {
        let own = MappingFile(path: mapping.file, bytes: try self.bytes(mapping.file))
        let path = field.location.file
        if path.hasSameBytes(as: mapping.file) || PolicyEdit.holds(field.name, own) { return own }
        return MappingFile(path: path, bytes: try self.bytes(path))
    }

    /// Why an included file is not changed: other mappings take their fields from it too; nil if none does.
    private func refusal(
        to file: MappingFile,
        _ field: MappingField,
        in mapping: CompiledMapping
    ) throws -> String? {
        guard !file.path.hasSameBytes(as: mapping.file) else { return nil }
        let workspace = self.context.workspace
        let all = try workspace.configuration.connections.flatMap { try workspace.checkMappings($0).mappings }
        let others = Set(all.map(\.file)).subtracting([mapping.file]).filter { path in
            all.contains { mapping in
                mapping.file.hasSameBytes(as: path)
                    && mapping.fields.contains { $0.location.file.hasSameBytes(as: file.path) }
            }
        }
        guard !others.isEmpty else { return nil }
        let place = "\(file.path):\(field.location.line)"
        return "\(field.name) comes from \(place), which \(others.sorted().joined(separator: " and ")) includes too; "
            + "write on_conflict: \(self.policy.rawValue) there for all of them, or the field with it into \(mapping.file)"
    }

    /// What was decided, each field once for each thing that was asked about it.
    private func questions(of conflicts: [Conflict], in store: Store) throws -> [Question] {
        try store.read { transaction in
            var seen: Set<[String]> = []
            return try conflicts.compactMap { conflict in
                let link = conflict.about.link
                let question = Question(
                    connection: try transaction.name(of: link.connection),
                    object: try transaction.name(of: link.object),
                    field: conflict.about.field,
                    rule: conflict.about.rule
                )
                let mark = [question.connection, question.object, question.field, question.rule]
                return seen.insert(mark).inserted ? question : nil
            }
        }
    }

    private func url(_ path: String) -> URL { self.context.workspace.root.appending(path: path) }

    private func bytes(_ path: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: self.url(path))) }

    /// Writes the file, and puts the old one back if the mappings do not compile with it.
    private func replace(
        _ file: MappingFile,
        with edit: PolicyEdit,
        _ connection: ConnectionConfiguration
    ) throws {
        try Data(edit.bytes).write(to: self.url(file.path), options: .atomic)
        do {
            _ = try self.context.workspace.mappings(connection)
        } catch {
            try Data(file.bytes).write(to: self.url(file.path), options: .atomic)
            throw error
        }
    }

    private func show(_ file: MappingFile, _ edit: PolicyEdit) {
        let (old, new) = (Self.lines(file.bytes), Self.lines(edit.bytes))
        let isAdded = new.count > old.count
        self.context.output.line("\(file.path):\(edit.line)")
        if !isAdded { self.context.output.line("- \(Printable.line(old[edit.line - 1], width: 200))") }
        self.context.output.line("+ \(Printable.line(new[edit.line - 1], width: 200))")
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }
}

/// What a person was asked about a field, and so what a rule may say about it.
private struct Question {
    let connection: String
    let object: String
    let field: String
    /// Why it was asked.
    let rule: String

    /// Whether two values met for the first time, which `initial` is about.
    var isOfFirstContact: Bool { self.rule.hasPrefix("initial") }

    /// What the mapping calls a rule about it.
    var key: String { self.isOfFirstContact ? "initial" : "on_conflict" }

    /// Why no side can be preferred from now on; nil if one can.
    func refusal(_ field: MappingField) -> String? {
        if self.rule.hasPrefix("fight") {
            return "\(field.name) is fought over, and no policy ends that; its decision holds for this record"
        }
        switch field.onConflict {
        case .furthest:
            return "\(field.name) only climbs (on_conflict: furthest), and preferring a side would let it fall; "
                + "`backward: allow` or `backward: restore` says what becomes of steps back"
        case .mostRestrictive:
            return "\(field.name) is a consent (on_conflict: most_restrictive), which only a person loosens"
        case _ where self.rule.hasPrefix("backward"):
            return "\(field.name) went backward, which `backward` is about and no policy"
        default: return nil
        }
    }
}
