import Foundation

/// The workspace of a company with several CRM accounts and many custom objects: a mapping file for each object and account.
///
/// Files differ as a company's do: all trim names and write owners, each has tables, options, zones, currencies and
/// separators of its own, so that a check cannot answer for one by having looked at another.
struct CheckScene {
    /// How many accounts there are.
    let connections: Int
    /// How many custom objects each account has.
    let objects: Int

    private static let zones = [
        "Europe/Paris", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Sydney", "UTC",
    ]
    private static let currencies = ["EUR", "USD", "GBP", "JPY", "CHF"]
    private static let regions = ["FR", "DE", "US", "GB", "IT"]
    private static let words = ["new", "open", "active", "paused", "won", "lost", "renewed", "closed", "draft", "sent"]

    /// The mapping files that `write` makes, by their path from the workspace.
    var mappingFiles: [String] {
        self.each.map { connection, object in "Mappings/crm-\(connection)/\(Self.name(object)).yaml" }
    }

    private var each: [(connection: Int, object: Int)] {
        (0..<self.connections).flatMap { connection in (0..<self.objects).map { (connection, $0) } }
    }

    /// Makes the workspace; `manifest` is that of HubSpot, which gets the custom objects.
    func write(to root: URL, manifest: String) throws {
        func write(_ text: String, _ path: String) throws {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
        let own = (0..<self.objects).map { object in
            "  \(Self.name(object))s:\n    parameters: { type: \(Self.name(object))s, modified: hs_lastmodifieddate }\n"
        }
        try write(
            manifest.replacing("\nobjects:\n", with: "\nobjects:\n" + own.joined()),
            "Config/connectors/hubspot.yaml"
        )
        try write(self.configuration, "Config/relais.yaml")
        try write(self.schema, "Config/schema.yaml")
        for (path, place) in zip(self.mappingFiles, self.each) {
            try write(Self.mapping(place.connection, place.object), path)
        }
    }

    private static func name(_ object: Int) -> String { "thing\(object + 1)" }

    private var configuration: String {
        let accounts = (0..<self.connections).map { connection in
            "  crm-\(connection):\n    connector: hubspot\n    mappings: crm-\(connection)\n"
                + "    credentials: { token: secret }\n"
        }
        return "connections:\n" + accounts.joined()
    }

    private var schema: String {
        let lines = (0..<self.objects).map { object in
            let texts = (0..<8).map { "    text\($0): { type: text, label: Text \($0) }\n" }.joined()
            let options = (0..<4).map { place in
                "    option\(place): { type: option, options: [\(Self.options(object, place).joined(separator: ", "))], "
                    + "label: Option \(place) }\n"
            }
            return """
                  \(Self.name(object)):
                    name: { type: text, label: Name }
                    email: { type: text, label: E-mail }
                    phone: { type: text, label: Phone }
                    country: { type: text, label: Country }
                    first_name: { type: text, label: First name }
                    last_name: { type: text, label: Last name }
                    amount: { type: number, label: Amount }
                    share: { type: number, label: Share }
                    count: { type: number, label: Count }
                    begins: { type: date, label: Begins }
                    ends: { type: date, label: Ends }
                    met_at: { type: datetime, label: Met }
                    called_at: { type: datetime, label: Called }
                    wanted: { type: flag, label: Wanted }
                    tags: { type: set, label: Tags }
                    owner: { type: owner, label: Owner }

                """ + texts + options.joined()
        }
        return """
            lifecycle:
              stages: [subscriber, lead, mql, sql, opportunity, customer, evangelist]
            objects:

            """ + lines.joined()
    }

    /// The options of a property, which no other property has.
    private static func options(_ object: Int, _ place: Int) -> [String] {
        (0..<(4 + (object + place) % 5)).map { Self.words[($0 + place) % Self.words.count] + "_\(object)_\(place)" }
    }

    private static func mapping(_ connection: Int, _ object: Int) -> String {
        let texts = (0..<8).map { place in
            let via = ["trim", "trim, whitespace", "trim, { truncate: \(20 + object) }", "nfc"][(object + place) % 4]
            return "  - { local: text\(place), remote: text_\(place), via: [\(via)] }\n"
        }
        let options = (0..<4).map { place in
            let rows = Self.options(object, place).map { "\($0): R\(connection)_\($0)" }.joined(separator: ", ")
            return "  - { local: option\(place), remote: option_\(place), via: [ { enum: { \(rows) } } ] }\n"
        }
        let zone = Self.zones[(connection + object) % Self.zones.count]
        return """
            mapping: crm-\(connection)/\(Self.name(object))
            connection: ${connection}
            object: { local: \(Self.name(object)), remote: \(Self.name(object))s }
            match: [ [email] ]
            initial: prefer_remote
            fields:
              - { local: name, remote: name, via: [whitespace] }
              - { local: email, remote: email, via: [trim, lowercase] }
              - { local: phone, remote: phone, via: [trim, { e164: \(Self.regions[connection % 5]) }] }
              - { local: country, remote: country, via: [trim, { country: french }] }
              - { local: first_name, remote: full_name, via: [ { split: { by: " ", part: 1, of: 2 } } ] }
              - { local: last_name, remote: full_name, via: [ { split: { by: " ", part: 2, of: 2 } } ] }
              - { local: amount, remote: amount, via: [ { money: \(Self.currencies[connection % 5]) } ] }
              - { local: share, remote: share, via: [ { scale: \(object % 5) } ] }
              - { local: count, remote: count, via: [ { number: { decimal: ",", group: ".", scale: \(object % 4) } } ] }
              - { local: begins, remote: begins, via: [ { date: DD/MM/YYYY } ] }
              - { local: ends, remote: ends, via: [ { date: { zone: \(zone) } } ] }
              - { local: met_at, remote: met_at, via: [ { datetime: { format: "DD.MM.YYYY HH:mm", zone: \(zone) } } ] }
              - { local: called_at, remote: called_at }
              - { local: wanted, remote: wanted, via: [ { words: { "true": Y\(connection), "false": N\(object) } } ] }
              - { local: tags, remote: tags, via: [ { set: ";" } ], on_conflict: merge }
              - { local: owner, remote: owner, via: [owner_by_email], on_create_default: ignore }

            """ + texts.joined() + options.joined() + """
                examples:
                  - remote: { email: " Ada@Example.com", name: "Ada  Lovelace" }
                    local: { email: ada@example.com, name: Ada Lovelace }

                """
    }
}
