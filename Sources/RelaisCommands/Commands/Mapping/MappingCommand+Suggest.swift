import ArgumentParser
import Authoring
import Connectors
import Foundation
import Mapping
import Records
import Scoring
import WorkflowRunner

extension MappingCommand {
    struct Suggest: RelaisSubcommand {
        static let configuration = CommandConfiguration(
            abstract: "A first mapping file for an object of the CRM, each line with its reason.",
            discussion: """
                Reads the CRM's schema and pairs its properties with those of Config/schema.yaml, by names and labels in \
                English and French, types and, with --sample, values. Writes nothing but the file that --write asks for.
                """
        )

        @OptionGroup var options: GlobalOptions
        @Argument(help: "The connection.") var connection: String
        @Argument(help: "The object, by the CRM's name or ours: contacts, contact.") var object: String
        @Option(help: "The object of ours, if its name does not say so.") var local: String?
        @Option(help: "Also look at the values of so many records, theirs and ours.") var sample: Int?
        @Option(help: "The country whose telephone numbers come without a prefix: FR. Puts e164 on telephone numbers.")
        var region: String?
        @Option(help: "The zone in which the CRM's times become days.") var zone = "UTC"
        @Flag(help: "Write the file into the connection's folder of mappings, unless there is one.") var write = false

        func validate() throws {
            if let sample, !(1...1000).contains(sample) {
                throw ValidationError("--sample takes a number from 1 to 1000")
            }
            if let region, PhoneLens(region: region) == nil {
                throw ValidationError("--region takes one of \(PhoneLens.regions.joined(separator: ", "))")
            }
            if DayLens(zone: self.zone) == nil {
                throw ValidationError("--zone takes the name of a zone, such as Europe/Paris")
            }
        }

        func run(in context: CommandContext) async throws -> ExitStatus {
            let connection = try context.workspace.connection(self.connection)
            let pair = try ObjectPair(self.object, local: self.local, connection, in: context.workspace)
            let file = "Mappings/\(connection.mappings)/\(pair.local.name).yaml"
            if self.write, FileManager.default.fileExists(atPath: context.workspace.root.appending(path: file).path) {
                throw CommandError(
                    .usage,
                    "\(file) is there already, and nothing was changed; leave --write out to see the proposal beside it"
                )
            }
            let draft = try await context.withAccount(connection) { account in
                try await self.draft(pair, connection, account, in: context)
            }
            if self.write { try context.workspace.write(draft.text, to: file) }
            self.tell(draft, file: self.write ? file : nil, to: context.output)
            return .done
        }

        private func draft(
            _ pair: ObjectPair,
            _ connection: ConnectionConfiguration,
            _ account: any RemoteAccount,
            in context: CommandContext
        ) async throws -> MappingDraft {
            let coded = pair.manifest.codedProperties(of: pair.remote)
            let key = account.traits.createKeys[pair.remote]
            // What carries our ids is nobody's to map.
            let fields = try await account.discover(pair.remote).filter { $0.name != key }
                .map { RemoteField($0, isCoded: coded.contains($0.name)) }
            let ties = pair.manifest.ties(from: pair.remote).map {
                RemoteTie(remoteObject: $0.remoteObject, label: $0.label)
            }
            let schema = context.workspace.schema
            var suggester = Suggester(object: pair.local, lifecycle: schema.lifecycle, remote: fields, ties: ties)
            suggester.others = schema.objects.filter { !$0.name.hasSameBytes(as: pair.local.name) }
            suggester.segments = Self.segments(of: pair.local, in: context.workspace)
            suggester.habits = Suggester.Habits(region: self.region, zone: self.zone)
            if let sample {
                let sampler = ValueSampler(limit: sample)
                let readable = fields.filter { $0.kind != .many && $0.kind != .reference }.map(\.name)
                suggester.remoteSamples = try await sampler.values(of: pair.remote, readable, account)
                suggester.localSamples = try sampler.values(of: pair.local, in: context.workspace.openStore())
            }
            return MappingDraft(
                name: "\(connection.mappings)/\(pair.local.name)",
                connection: "${\(connection.connector)}",
                connectionName: connection.name,
                object: pair.local,
                remoteObject: pair.remote,
                remote: fields,
                fields: suggester.suggestions()
            )
        }

        /// The segments of an object; those of a file with mistakes are left to `relais check`.
        private static func segments(of object: ObjectSchema, in workspace: Workspace) -> [Suggester.NamedSegment] {
            let file = "Config/segments.yaml"
            guard let bytes = try? Workspace.bytes(workspace.root.appending(path: file)),
                let segments = try? SegmentFile.parse(bytes, file: file, schema: workspace.schema)
            else { return [] }
            return segments.filter { $0.vocabulary.object.name.hasSameBytes(as: object.name) }
                .map { Suggester.NamedSegment(name: $0.name.string) }
        }

        private func tell(_ draft: MappingDraft, file: String?, to output: Output) {
            if let file {
                let counts = Confidence.allCases.reversed().map { confidence in
                    "\(draft.fields.count { $0.confidence == confidence }) \(confidence.rawValue)"
                }
                output.line("\(file): \(counts.joined(separator: ", ")).")
                if !draft.unpaired.isEmpty {
                    output.line("Nothing there is like \(draft.unpaired.joined(separator: ", ")).")
                }
                output.line("Next: relais check --live \(draft.connectionName)")
            } else {
                for line in draft.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                    output.line(String(line))
                }
            }
            output.document([
                "mapping": .string(draft.name), "connection": .string(draft.connectionName),
                "local": .string(draft.object.name), "remote": .string(draft.remoteObject),
                "written": .text(file),
                "suggestions": .array(draft.fields.map(\.json)),
                "unpaired": .array(draft.unpaired.map { .string($0) }),
                "text": .string(draft.text),
            ])
        }
    }
}

extension SuggestedField {
    fileprivate var json: JSON {
        [
            "section": .string(self.section.rawValue), "local": .string(self.local), "remote": .string(self.remote),
            "direction": .string(self.direction.rawValue), "confidence": .string(self.confidence.rawValue),
            "score": .number(String((self.score * 100).rounded() / 100)), "reason": .string(self.reason),
            "keys": .object(self.keys.map { (key: $0.name, value: .string($0.value)) }),
        ]
    }
}

extension RemoteField {
    /// A property as the connector found it.
    init(_ property: RemoteProperty, isCoded: Bool) {
        self.init(
            name: property.name,
            label: property.label,
            type: property.type,
            options: property.options,
            isReadOnly: property.isReadOnly,
            isUnique: property.isUnique,
            isCoded: isCoded,
            within: property.within?.property
        )
    }
}
