import Mapping
import Records

/// Reads a manifest and finds what is wrong with it, all at once.
struct ManifestLoader {
    let findings: Findings
    /// Reads templates that may use what every request may use: variables, constants, lookups.
    var reader: TemplateReader
    /// How a request is made from a `call`; nil if the manifest has no requester.
    var requester: YAMLNode?
    /// The names of the lookups that properties may take `codes` from.
    var lookupsWithCodes: [String] = []
    /// The names of the objects, to which records may be converted.
    var objectNames: [String] = []

    /// The top-level keys.
    static let keys = [
        "connector", "label", "base_url", "variables", "credentials", "scopes", "requester", "authenticator",
        "lost_update", "index_lag", "clock_uncertainty", "api_budget", "error_handler", "values", "constants",
        "lookups", "record", "sub_records", "operations", "objects", "associations", "lists", "campaigns", "activities",
        "owners", "account", "pipelines", "webhooks",
    ]

    init(_ findings: Findings) {
        self.findings = findings
        self.reader = TemplateReader(findings: findings)
    }
}

extension ConnectorManifest {
    /// Reads a manifest's bytes; throws a `DiagnosticList` with everything that is wrong.
    ///
    /// Findings name the path `file`.
    package static func load(_ bytes: [UInt8], file: String) throws -> ConnectorManifest {
        let findings = Findings()
        let root = try YAMLDocument.parse(bytes, file: file)
        var loader = ManifestLoader(findings)
        let manifest = loader.manifest(root)
        var seen: Set<Diagnostic> = []
        let diagnostics = findings.diagnostics.filter { seen.insert($0).inserted }
        guard let manifest, !findings.hasErrors else { throw DiagnosticList(diagnostics) }
        return manifest
    }
}

extension ManifestLoader {
    mutating func manifest(_ root: YAMLNode) -> ConnectorManifest? {
        guard let table = YAMLTable(root, "the manifest", keys: Self.keys, self.findings) else { return nil }
        let credentials = table.texts("credentials") ?? []
        self.requester = table["requester"]
        let variables = self.variables(table)
        self.reader = self.reader.allowing(
            (table.table("lookups", keys: nil)?.entries ?? []).map { "lookup.\($0.key)" }
        )
        self.reader = self.reader.defining(self.constants(table))
        let values = self.values(table)
        let lookups = self.lookups(table)
        self.lookupsWithCodes = lookups.filter { $0.codes != nil }.map(\.name)
        self.objectNames = table.table("objects", keys: nil)?.entries.map(\.key) ?? []
        let objects = self.objects(table, values)
        self.checkDetection(table, objects)
        guard let product = table.requiredText("connector"), let authenticator = self.authenticator(table, credentials),
            let account = self.account(table), let errors = self.errors(table)
        else { return nil }
        return ConnectorManifest(
            product: product,
            label: table.text("label") ?? product,
            credentialNames: credentials,
            scopes: table.texts("scopes") ?? [],
            baseURL: table.text("base_url"),
            variables: variables,
            webhooks: self.webhooks(table, credentials),
            lostUpdate: table.choice("lost_update", as: LostUpdateProtection.self) ?? .window,
            indexLag: table.duration("index_lag", self.findings) ?? .zero,
            clockUncertainty: table.duration("clock_uncertainty", self.findings) ?? .seconds(60),
            authenticator: authenticator,
            budget: self.budget(table),
            errors: errors,
            values: values,
            lookups: lookups,
            objects: objects,
            associations: self.associations(table),
            lists: self.lists(table),
            activities: self.activities(table),
            owners: self.owners(table),
            account: account,
            pipelines: self.pipelines(table)
        )
    }

    /// What was overwritten unseen can only be found where histories can be asked for (R2).
    private func checkDetection(_ table: YAMLTable, _ objects: [ObjectRules]) {
        guard let node = table["lost_update"], node.scalar?.text == LostUpdateProtection.detected.rawValue,
            let mute = objects.first(where: { $0.history == nil && $0.update != nil })
        else { return }
        self.findings.error(
            at: node.location,
            "lost updates of \(mute.name) cannot be detected without its history",
            mend: "add an operation history, or write window"
        )
    }

    /// Variables may refer to those above them.
    private mutating func variables(_ table: YAMLTable) -> [ManifestVariable] {
        var variables: [ManifestVariable] = []
        for entry in table.table("variables", keys: nil)?.entries ?? [] {
            variables.append(ManifestVariable(name: entry.key, value: self.reader.template(entry.value)))
            self.reader = self.reader.allowing([entry.key])
        }
        return variables
    }

    /// Constants may use whatever requests may use; where they do stands in the request.
    private func constants(_ table: YAMLTable) -> [String: Template] {
        var reader = self.reader.allowing(Self.runtimeNames)
        for entry in table.table("constants", keys: nil)?.entries ?? [] {
            reader = reader.defining(["constant.\(entry.key)": reader.template(entry.value)])
        }
        return reader.macros
    }

    /// Everything that some request fills in.
    static let runtimeNames = [
        "page_size", "page_token", "last_key", "properties", "since", "keys", "key_property", "inputs", "tokens",
        "action",
    ]

    private func lookups(_ table: YAMLTable) -> [LookupRule] {
        (table.table("lookups", keys: nil)?.entries ?? []).compactMap { entry in
            let keys = ["request", "value", "values", "codes", "make", "made"]
            guard let lookup = YAMLTable(entry.value, "the lookup", keys: keys, self.findings),
                let request = lookup.required("request").flatMap({
                    self.request($0, "lookup \(entry.key)", self.reader)
                })
            else { return nil }
            let answers = self.reader.allowing(["answer"])
            return LookupRule(
                name: entry.key,
                request: request,
                value: lookup["value"].map(answers.template),
                values: lookup.path("values", self.findings),
                codes: self.codes(lookup),
                make: lookup["make"].flatMap { self.request($0, "make \(entry.key)", self.reader) },
                made: lookup["made"].map(answers.template)
            )
        }
    }

    private func codes(_ lookup: YAMLTable) -> (records: AnswerPath, code: AnswerPath, id: AnswerPath)? {
        guard let block = lookup.table("codes", keys: ["records", "code", "id"]),
            let records = block.requiredPath("records", self.findings),
            let code = block.requiredPath("code", self.findings), let id = block.requiredPath("id", self.findings)
        else { return nil }
        return (records, code, id)
    }

    /// One request; with `call` it is the requester with its places filled in.
    func request(_ node: YAMLNode, _ label: String, _ reader: TemplateReader) -> RequestRule? {
        let keys = ["method", "path", "query", "headers", "body", "call"]
        guard let table = YAMLTable(node, "the request", keys: keys, self.findings) else { return nil }
        guard let call = table.table("call", keys: nil) else { return self.request(table, label, reader) }
        guard let requester = self.requester,
            let base = YAMLTable(requester, "the requester", keys: keys.dropLast(), self.findings)
        else {
            self.findings.error(at: call.location, "there is no requester to call", mend: "add a requester: block")
            return nil
        }
        let arguments = call.entries.map { ("call.\($0.key)", reader.template($0.value)) }
        return self.request(base, label, reader.defining(Dictionary(arguments) { first, _ in first }))
    }

    private func request(_ table: YAMLTable, _ label: String, _ reader: TemplateReader) -> RequestRule? {
        guard let path = table.required("path") else { return nil }
        let method = table.choice("method", as: HTTPMethodName.self) ?? .get
        return RequestRule(
            label: label,
            method: method.rawValue,
            path: reader.template(path),
            query: table.templates("query", reader),
            headers: table.templates("headers", reader),
            body: table["body"].map(reader.template)
        )
    }
}

/// The methods that a manifest may use.
private enum HTTPMethodName: String, CaseIterable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
}
