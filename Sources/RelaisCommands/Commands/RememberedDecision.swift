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
        let policy = self.policy
        var rules = Rules()
        for (connection, object, field) in try self.fields(of: conflicts, in: store) {
            let configuration = try self.context.workspace.connection(connection)
            let mappings = try self.context.workspace.mappings(configuration)
            let mapping = mappings.first { $0.remoteObject.hasSameBytes(as: object) }
            guard let found = mapping?.fields.first(where: { $0.name.hasSameBytes(as: field) }) else {
                throw CommandError(.data, "no mapping of \(connection) has a field \(Printable.line(field)) any more")
            }
            guard found.onConflict != policy else { continue }
            guard let mapping, let file = try self.file(of: found, in: mapping) else { continue }
            if let refusal = try self.refusal(to: file, found, in: mapping) {
                self.context.output.error("relais: the rule was not written: \(refusal)")
                rules.isRefused = true
                rules.told.append([
                    "file": .string(file.path), "line": .number(of: found.location.line), "field": .string(field),
                    "refused": .string(refusal),
                ])
                continue
            }
            let edit = try PolicyEdit(policy, ofField: field, in: file)
            try self.replace(file, with: edit, configuration)
            self.show(file, edit)
            rules.told.append([
                "file": .string(file.path), "line": .number(of: edit.line), "field": .string(field),
                "on_conflict": .string(policy.rawValue),
            ])
        }
        return rules
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

    private func fields(
        of conflicts: [Conflict],
        in store: Store
    ) throws -> [(connection: String, object: String, field: String)] {
        try store.read { transaction in
            var seen: Set<[String]> = []
            return try conflicts.compactMap { conflict in
                let link = conflict.about.link
                let (connection, object) = (
                    try transaction.name(of: link.connection), try transaction.name(of: link.object)
                )
                let isNew = seen.insert([connection, object, conflict.about.field]).inserted
                return isNew ? (connection, object, conflict.about.field) : nil
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
