import Connectors
import Foundation
import Mapping
import Planning
import Records

/// What `Config/relais.yaml` says.
struct WorkspaceConfiguration: Sendable {
    /// The path of the store's file, from the workspace.
    var store = "relais.sqlite"
    /// The connections by name, in the order of the file.
    var connections: [ConnectionConfiguration] = []
    /// How mail leaves; nil if none is configured.
    var mail: MailConfiguration?

    /// The connection of that name.
    func connection(_ name: String) -> ConnectionConfiguration? { self.connections.first { $0.name == name } }
}

/// One configured account of one CRM.
struct ConnectionConfiguration: Sendable {
    /// The name: `hubspot-eu`.
    let name: String
    /// The connector, by the name of its manifest.
    let connector: String
    /// Where the API is; nil for the manifest's own address.
    let baseURL: String?
    /// The credentials, by the names that the manifest gives them.
    let credentials: [String: Secret]
    /// Settings for the manifest's variables.
    let variables: [String: String]
    /// The folder of the mapping files below `Mappings`.
    let mappings: String
    /// The limits beyond which a run stops.
    let breaker: Breaker
    /// The e-mail address of the CRM user under whose name Relais writes: nobody's owner.
    let ownUser: String?
    /// The ISO 4217 code of the amounts that a mapping gives no currency; nil if they need one of their own.
    let currency: String?
    /// How many requests may go out.
    let budget: RequestBudget
    /// Whether the CRM's histories are asked for what a write replaced unseen, where the product keeps any.
    let detectsLostUpdates: Bool
    /// How often everything is read and compared, beside what changed; nil never does by itself.
    let reconcileEvery: Duration?
    /// Where the connection stands in the file.
    let location: SourceLocation
}

extension ConnectionConfiguration {
    /// The keys with which the CRM signs its notifications.
    func webhookSecrets(_ manifest: ConnectorManifest) -> [Secret] {
        guard let key = manifest.webhooks?.key else { return [] }
        return [key, "\(key)_next"].compactMap { self.credentials[$0] }
    }
}

/// How mail leaves.
struct MailConfiguration: Sendable {
    /// `smtp://host:port` or `smtps://host:port`.
    let url: String
    /// The sender of what Relais sends.
    let from: String
    /// User and password, if the server wants them.
    let user: String?
    let password: Secret?
    /// Whether an unencrypted connection is allowed; for a server on this machine only.
    let allowsPlain: Bool
}

/// Reads `Config/relais.yaml`.
struct WorkspaceConfigurationReader {
    /// The environment, for `${env:NAME}`.
    let environment: [String: String]
    /// The workspace's folder, for `${file:path}`.
    let root: URL

    func read(_ bytes: [UInt8], file: String) throws -> WorkspaceConfiguration {
        let findings = Findings()
        let root = try YAMLDocument.parse(bytes, file: file)
        var configuration = WorkspaceConfiguration()
        if let table = YAMLTable(root, "the configuration", keys: ["store", "connections", "mail"], findings) {
            if let node = root["store"] { configuration.store = node.text("the store's path", findings) ?? "" }
            for entry in root["connections"]?.entries ?? [] {
                if let connection = self.connection(entry, findings) { configuration.connections.append(connection) }
            }
            if let node = root["mail"] { configuration.mail = self.mail(node, findings) }
            _ = table
        }
        try findings.throwIfErrors()
        return configuration
    }

    private func connection(_ entry: YAMLEntry, _ findings: Findings) -> ConnectionConfiguration? {
        let keys = [
            "connector", "base_url", "budget", "credentials", "variables", "mappings", "breaker", "own_user",
            "plain", "reconcile_every", "lost_updates", "currency",
        ]
        guard YAMLTable(entry.value, "the connection", keys: keys, findings) != nil else { return nil }
        let node = entry.value
        guard let connector = node["connector"]?.text("the connector", findings) else {
            findings.error(
                at: entry.location,
                "the connection \(entry.key) has no connector",
                mend: "write `connector: hubspot`, or the name of another file in Config/connectors"
            )
            return nil
        }
        let isPlain = node["plain"]?.flag("plain", findings) ?? false
        return ConnectionConfiguration(
            name: entry.key,
            connector: connector,
            baseURL: node["base_url"].flatMap { self.address($0, isPlain: isPlain, findings) },
            credentials: self.texts(node["credentials"], findings).mapValues { Secret($0) },
            variables: self.texts(node["variables"], findings),
            mappings: node["mappings"]?.text("the folder", findings) ?? connector,
            breaker: self.breaker(node["breaker"], findings),
            ownUser: node["own_user"].flatMap { self.text($0, findings) },
            currency: self.currency(node["currency"], findings),
            budget: self.budget(node["budget"], findings),
            detectsLostUpdates: self.detectsLostUpdates(node["lost_updates"], findings),
            reconcileEvery: self.span(node["reconcile_every"], findings) ?? .seconds(7 * 86_400),
            location: entry.location
        )
    }

    private func mail(_ node: YAMLNode, _ findings: Findings) -> MailConfiguration? {
        let keys = ["url", "from", "user", "password", "plain"]
        guard YAMLTable(node, "the mail settings", keys: keys, findings) != nil else { return nil }
        guard let url = node["url"].flatMap({ self.text($0, findings) }),
            let from = node["from"].flatMap({ self.text($0, findings) })
        else {
            findings.error(
                at: node.location,
                "mail needs a url and a sender",
                mend: "write `url: smtp://host:587` and `from: marketing@example.com`"
            )
            return nil
        }
        return MailConfiguration(
            url: url,
            from: from,
            user: node["user"].flatMap { self.text($0, findings) },
            password: node["password"].flatMap { self.text($0, findings) }.map { Secret($0) },
            allowsPlain: node["plain"]?.flag("plain", findings) ?? false
        )
    }

    private func texts(_ node: YAMLNode?, _ findings: Findings) -> [String: String] {
        var result: [String: String] = [:]
        for entry in node?.entries ?? [] { result[entry.key] = self.text(entry.value, findings) }
        return result
    }

    /// A text in which `${env:NAME}` and `${file:path}` stand for what is kept elsewhere, such as secrets.
    func text(_ node: YAMLNode, _ findings: Findings) -> String? {
        guard let text = node.text("the value", findings) else { return nil }
        guard text.hasPrefix("${"), text.hasSuffix("}") else { return text }
        let inner = text.dropFirst(2).dropLast()
        if inner.hasPrefix("env:") {
            // What is not set here may be set where the command runs; only what needs it complains.
            return self.environment[String(inner.dropFirst(4))] ?? ""
        }
        if inner.hasPrefix("file:") {
            let file = self.root.appending(path: String(inner.dropFirst(5)))
            if let content = try? String(contentsOf: file, encoding: .utf8) {
                return content.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            findings.error(
                at: node.location,
                "the file \(inner.dropFirst(5)) cannot be read",
                mend: "make it, or name another"
            )
            return nil
        }
        findings.error(
            at: node.location,
            "\(text) is not a place that Relais knows",
            mend: "write `${env:NAME}` for a variable of the environment, or `${file:path}` for a file"
        )
        return nil
    }
}
