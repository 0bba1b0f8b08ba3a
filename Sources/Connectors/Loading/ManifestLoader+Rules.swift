import Mapping
import Records

/// The parts that concern the account as a whole.
extension ManifestLoader {
    /// The kinds of authenticators; the words are Airbyte's.
    private enum AuthenticatorKind: String, CaseIterable {
        case bearer = "BearerAuthenticator"
        case apiKey = "ApiKeyAuthenticator"
        case basic = "BasicHttpAuthenticator"
        case session = "SessionTokenAuthenticator"
    }

    func authenticator(_ table: YAMLTable, _ credentials: [String]) -> Authenticator? {
        let keys = ["type", "api_token", "username", "password", "login_requester", "header"]
        guard let node = table.required("authenticator"),
            let block = YAMLTable(node, "the authenticator", keys: keys, self.findings), block.required("type") != nil,
            let kind = block.choice("type", as: AuthenticatorKind.self)
        else { return nil }
        let reader = self.reader.allowing(credentials.map { "credentials.\($0)" })
        switch kind {
        case .bearer:
            guard let token = block.required("api_token") else { return nil }
            return Self.plain("Authorization", "Bearer ", reader.template(token))
        case .basic:
            guard let user = block.required("username"), let password = block.required("password") else { return nil }
            let parts = [reader.template(user), .constant(":"), reader.template(password)].flatMap(\.textParts)
            return Authenticator(
                login: nil,
                header: "Authorization",
                prefix: "Basic ",
                value: .text(parts),
                isBase64: true
            )
        case .apiKey: return self.header(block, reader, login: nil)
        case .session:
            guard let requester = block.required("login_requester") else { return nil }
            let login = self.request(requester, "login", reader)
            return self.header(block, reader.allowing(["login"]), login: login)
        }
    }

    private static func plain(_ header: String, _ prefix: String, _ value: Template) -> Authenticator {
        Authenticator(login: nil, header: header, prefix: prefix, value: value, isBase64: false)
    }

    private func header(_ block: YAMLTable, _ reader: TemplateReader, login: RequestRule?) -> Authenticator? {
        let keys = ["name", "prefix", "value", "base64"]
        guard let node = block.required("header"),
            let header = YAMLTable(node, "the header", keys: keys, self.findings),
            let name = header.requiredText("name"), let value = header["base64"] ?? header.required("value")
        else { return nil }
        return Authenticator(
            login: login,
            header: name,
            prefix: header.text("prefix") ?? "",
            value: reader.template(value),
            isBase64: header["base64"] != nil
        )
    }

    func budget(_ table: YAMLTable) -> BudgetRules {
        guard let block = table.table("api_budget", keys: ["policies", "daily", "headers"]) else { return .none }
        let headers = block.table("headers", keys: ["remaining", "interval_milliseconds", "daily_remaining"])
        let daily = block.table("daily", keys: ["limit", "reserve_percent"])
        return BudgetRules(
            policies: (block.list("policies") ?? []).compactMap(self.policy),
            remainingHeader: headers?.text("remaining"),
            intervalHeader: headers?.text("interval_milliseconds"),
            dailyLimit: daily?.integer("limit", in: 1...1_000_000_000),
            dailyReserve: daily?.integer("reserve_percent", in: 0...40) ?? 10,
            dailyRemainingHeader: headers?.text("daily_remaining")
        )
    }

    private func policy(_ node: YAMLNode) -> BudgetRules.Policy? {
        guard let block = YAMLTable(node, "the policy", keys: ["name", "matches", "rates"], self.findings),
            let name = block.requiredText("name"), block.required("rates") != nil, let rates = block.list("rates")
        else { return nil }
        let matches = block.table("matches", keys: ["path_ends", "method"])
        return BudgetRules.Policy(
            name: name,
            pathEnd: matches?.text("path_ends"),
            method: matches?.text("method"),
            rates: rates.compactMap { node in
                guard let rate = YAMLTable(node, "the rate", keys: ["limit", "interval"], self.findings),
                    rate.required("limit") != nil, rate.required("interval") != nil,
                    let limit = rate.integer("limit", in: 1...100_000),
                    let interval = rate.duration("interval", self.findings)
                else { return nil }
                return BudgetRules.Rate(limit: limit, interval: interval)
            }
        )
    }

    func account(_ table: YAMLTable) -> AccountRules? {
        guard let node = table.required("account"),
            let block = YAMLTable(node, "the account", keys: ["request", "id"], self.findings),
            let request = block.required("request").flatMap({ self.request($0, "account", self.reader) }),
            let id = block.required("id")
        else { return nil }
        return AccountRules(request: request, id: self.reader.allowing(["answer"]).template(id))
    }

    func owners(_ table: YAMLTable) -> OwnerRules? {
        let keys = ["passes", "request", "records", "page_size", "paginator", "owner"]
        let reader = self.reader.allowing(["page_size", "page_token", "last_key"])
        guard let block = table.table("owners", keys: keys),
            let request = block.required("request").flatMap({ self.request($0, "owners", reader) }),
            let records = block.requiredPath("records", self.findings), let node = block.required("owner"),
            let owner = YAMLTable(node, "the owner", keys: ["id", "email", "name", "active"], self.findings),
            let id = owner.requiredPath("id", self.findings), let email = owner.requiredPath("email", self.findings)
        else { return nil }
        let passes = (block.list("passes") ?? []).compactMap { node in
            YAMLTable(node, "the pass", keys: ["active", "query"], self.findings).map {
                OwnerRules.Pass(isActive: $0.flag("active"), query: $0.templates("query", reader))
            }
        }
        return OwnerRules(
            request: request,
            passes: passes.isEmpty ? [OwnerRules.Pass(isActive: nil, query: [])] : passes,
            records: records,
            pageSize: block.integer("page_size", in: 1...10_000) ?? 100,
            paginator: self.paginator(block),
            id: id,
            email: email,
            name: owner.paths("name", self.findings),
            active: owner.path("active", self.findings)
        )
    }

    func pipelines(_ table: YAMLTable) -> [PipelineRules] {
        (table.list("pipelines") ?? []).compactMap { node in
            let keys = ["object", "property", "request", "options", "within"]
            guard let block = YAMLTable(node, "the pipeline", keys: keys, self.findings),
                let object = block.requiredText("object"), let property = block.requiredText("property"),
                let request = block.required("request").flatMap({ self.request($0, "pipelines", self.reader) }),
                let options = self.options(block)
            else { return nil }
            return PipelineRules(
                object: object,
                property: property,
                request: request,
                options: options,
                within: self.within(block)
            )
        }
    }

    private func within(_ block: YAMLTable) -> WithinRules? {
        guard let within = block.table("within", keys: ["property", "path", "value", "options"]),
            let property = within.requiredText("property"), let path = within.requiredPath("path", self.findings),
            let value = within.requiredPath("value", self.findings),
            let options = within.requiredPath("options", self.findings)
        else { return nil }
        return WithinRules(property: property, path: path, value: value, options: options)
    }

    func options(_ block: YAMLTable) -> OptionRules? {
        guard let options = block.table("options", keys: ["path", "value"]),
            let path = options.requiredPath("path", self.findings),
            let value = options.requiredPath("value", self.findings)
        else { return nil }
        return OptionRules(path: path, value: value)
    }
}

extension Template {
    /// The parts of a text, to be joined to others; none for what is no text.
    fileprivate var textParts: [TemplatePart] {
        switch self {
        case .constant(let value): [.literal(Template.text(value) ?? "")]
        case .reference(let name): [.reference(name)]
        case .text(let parts): parts
        case .object, .array, .each: []
        }
    }
}
