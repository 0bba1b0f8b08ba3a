import ArgumentParser
import Connectors
import Mapping
import Records

struct Check: SetupSubcommand {
    static let configuration = CommandConfiguration(
        abstract: "Check everything under Config and Mappings; each problem with its place and how to mend it."
    )

    @OptionGroup var options: GlobalOptions
    @Option(
        help: "Also ask the CRM of this connection for its properties and some records, and check the mappings on them."
    )
    var live: String?

    func run(to output: Output, environment: [String: String]) async throws -> ExitStatus {
        var check = WorkspaceCheck(root: self.options.root, environment: environment)
        try await check.run()
        if let live, !check.findings.contains(where: { $0.severity == .error }) {
            let context = try self.options.context(output: output, environment: environment)
            let connection = try context.workspace.connection(live)
            let mappings = try context.workspace.mappings(connection)
            let (objects, sampled) = try await context.withAccount(connection) { account in
                let sampler = LiveSampler(account: account)
                let objects = try await sampler.descriptions(of: mappings)
                return (objects, try await sampler.findings(of: mappings, objects))
            }
            let laws = check.laws
            check = WorkspaceCheck(root: self.options.root, environment: environment)
            check.laws = laws
            check.describe = { name, object in name.hasSameBytes(as: connection.name) ? objects[object] : nil }
            try await check.run()
            check.add(sampled)
        }
        return Self.tell(check, to: output)
    }

    private static func count(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }

    private static func tell(_ check: WorkspaceCheck, to output: Output) -> ExitStatus {
        let findings = check.findings
        let errors = findings.count { $0.severity == .error }
        let warnings = findings.count { $0.severity == .warning }
        for finding in findings { output.line(finding.description) }
        let files = Self.count(check.files.count, "file")
        let counts = "\(Self.count(errors, "error")), \(Self.count(warnings, "warning"))"
        let verdict = errors + warnings == 0 ? "no problems" : counts
        output.line("\(files), \(verdict)")
        let status: ExitStatus = errors > 0 ? .data : .done
        output.document([
            "exit": .number(of: Int(status.rawValue)), "files": .array(check.files.sorted().map { .string($0) }),
            "errors": .number(of: errors), "warnings": .number(of: warnings),
            "problems": .array(findings.map(Failure.json)),
        ])
        return status
    }
}

extension RemoteObjectDescription {
    /// What a CRM's schema says of an object.
    init(_ properties: [RemoteProperty]) {
        self.init(
            properties: properties.map { property in
                Property(
                    name: property.name,
                    type: property.type,
                    options: property.options,
                    isReadOnly: property.isReadOnly,
                    isRequired: property.isRequired,
                    within: property.within.map { ($0.property, $0.options) }
                )
            }
        )
    }
}
