import ArgumentParser
import Authoring
import Connectors
import Foundation
import Mapping
import Records
import Store

extension MappingCommand {
    struct Show: RelaisSubcommand {
        static let configuration = CommandConfiguration(
            abstract: "Both sides of a mapping as a table, with the values of a linked record.",
            discussion: """
                <-> travels both ways, <- only from the CRM, -> only to it. CLASS says what survives the round trip: all \
                (iso), all up to a canonical form (quotient), all on a stated domain (partial), or one way only (view).
                """
        )

        @OptionGroup var options: GlobalOptions
        @Argument(help: "A mapping file, or a connection; all mappings without it.") var subject: String?
        @Argument(help: "The object, by our name or the CRM's.") var object: String?
        @Option(help: "Show the values of this record: the beginning of its id, or its e-mail address.")
        var sample: String?
        @Flag(help: "Read the sample from the CRM now, instead of what was seen of it last.") var live = false

        func run(in context: CommandContext) async throws -> ExitStatus {
            let choice = try MappingChoice(self.subject, self.object, in: context.workspace)
            let store = try context.workspace.openStore()
            var documents: [JSON] = []
            for (index, entry) in choice.entries.enumerated() {
                let view = try await self.view(of: entry, store: store, in: context)
                if index > 0 { context.output.line() }
                view.print(to: context.output)
                documents.append(view.json)
            }
            context.output.document(.array(documents))
            return .done
        }

        private func view(
            of entry: MappingChoice.Entry,
            store: Store,
            in context: CommandContext
        ) async throws -> MappingView {
            var view = MappingView(mapping: entry.mapping, connection: entry.connection.name)
            try store.read { transaction in
                guard let connection = try transaction.connection(entry.connection.name) else { return }
                if let object = try transaction.knownObject(entry.mapping.remoteObject) {
                    view.links = try transaction.countLinks(connection.number, object)
                }
                let record = try self.sample.map {
                    try RecordFinder(transaction, context.workspace.schema).record($0).id
                }
                view.sample = try MappingSample(of: entry.mapping, connection, record: record, in: transaction)
            }
            if self.live, let sample = view.sample {
                view.sample = try await context.withAccount(entry.connection) { account in
                    try await sample.live(entry.mapping, account)
                }
            }
            return view
        }
    }
}

/// One mapping as a table.
struct MappingView {
    let mapping: CompiledMapping
    let connection: String
    var links = 0
    var sample: MappingSample?

    init(mapping: CompiledMapping, connection: String) {
        self.mapping = mapping
        self.connection = connection
    }

    /// What most fields say about first contact.
    private var initial: FirstContactPolicy? {
        let all = self.mapping.fields.filter { $0.direction == .both }.compactMap(\.initial)
        return FirstContactPolicy.allCases.max { one, two in
            all.count { $0 == one } < all.count { $0 == two }
        }
    }

    func print(to output: Output) {
        let links = self.links == 1 ? "1 link" : "\(self.links) links"
        output.line(
            "\(self.mapping.name): \(self.mapping.localObject) <-> \(self.mapping.remoteObject) of \(self.connection), "
                + "\(links) (\(self.mapping.file))"
        )
        output.line(self.summary)
        if let sample {
            let source = sample.isLive ? "read just now" : "as last seen"
            output.line(
                "sample: \(sample.record.title) = \(Printable.line(sample.remote.string, width: 40)), \(source)"
            )
        }
        output.line()
        var table = Table()
        if self.sample == nil {
            table.add("OURS", "", "THEIRS", "CLASS", "VIA", "POLICY")
        } else {
            table.add("OURS", "", "THEIRS", "CLASS", "VIA", "POLICY", "OUR VALUE", "THEIR VALUE")
        }
        for (position, field) in self.mapping.fields.enumerated() {
            let summary = FieldSummary(field, initial: self.initial)
            table.add(
                summary.local,
                summary.way,
                summary.remote,
                summary.lensClass?.rawValue ?? "",
                summary.via,
                summary.policy,
                Self.cell(self.sample?.locals[position]),
                Self.cell(self.sample?.remotes[position])
            )
        }
        for line in table.lines { output.line(line.trimmingCharacters(in: [" "])) }
    }

    private static func cell(_ value: Value?) -> String {
        value.map { $0.isBlank ? "" : Printable.value($0, width: 32) } ?? ""
    }

    /// What holds for the mapping as a whole.
    private var summary: String {
        func names(_ positions: [Int]) -> String {
            positions.map { self.mapping.fields[$0].name }.joined(separator: " + ")
        }
        let keys = self.mapping.match.map(names)
        var parts = ["match: \(keys.isEmpty ? "by id only" : keys.joined(separator: ", then "))"]
        if let initial { parts.append("initial: \(initial.rawValue)") }
        if !self.mapping.groups.isEmpty {
            parts.append("groups: \(self.mapping.groups.map(names).joined(separator: "; "))")
        }
        if self.mapping.pullFilter != nil || self.mapping.pushFilter != nil {
            parts.append("filter: \(self.mapping.filterKind.rawValue)")
        }
        return parts.joined(separator: "; ")
    }

    var json: JSON {
        [
            "mapping": .string(self.mapping.name), "connection": .string(self.connection),
            "local": .string(self.mapping.localObject), "remote": .string(self.mapping.remoteObject),
            "file": .string(self.mapping.file), "links": .number(of: self.links),
            "match": .array(
                self.mapping.match.map { key in .array(key.map { .string(self.mapping.fields[$0].name) }) }
            ),
            "groups": .array(
                self.mapping.groups.map { group in .array(group.map { .string(self.mapping.fields[$0].name) }) }
            ),
            "sample": self.sample.map { sample in
                [
                    "record": .string(sample.record.id.description), "remote": .text(sample.remote),
                    "is_live": .bool(sample.isLive),
                ]
            } ?? .null,
            "fields": .array(self.mapping.fields.indices.map { self.json(of: $0) }),
        ]
    }

    private func json(of position: Int) -> JSON {
        let field = self.mapping.fields[position]
        let summary = FieldSummary(field)
        return [
            "local": .text(field.local), "remote": .text(field.remote), "direction": .string(field.direction.rawValue),
            "class": .text(summary.lensClass?.rawValue), "via": .string(summary.via),
            "on_conflict": .string(field.onConflict.rawValue), "initial": .text(field.initial?.rawValue),
            "authority": .text(field.authority?.rawValue), "policy": .string(summary.policy),
            "line": .number(of: field.location.line),
            "local_value": .value(self.sample?.locals[position]),
            "remote_value": .value(self.sample?.remotes[position]),
        ]
    }
}
