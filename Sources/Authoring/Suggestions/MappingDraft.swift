package import Records

/// A first mapping file, made of proposals: it passes `relais check` as it is, and says of every line why it stands there.
package struct MappingDraft: Sendable {
    /// The name in the file: `hubspot/contact`.
    package let name: String
    /// What the file calls its connection: `${hubspot}`.
    package let connection: String
    /// The connection's name, for what to do next.
    package let connectionName: String
    /// The object of ours.
    package let object: ObjectSchema
    /// The CRM's object.
    package let remoteObject: String
    /// The proposals as the file has them; those that could not run beside each other have become guesses.
    package let fields: [SuggestedField]

    private let realm: Realm
    private let uniqueNames: Set<String>
    /// The CRM's properties that mean something only beside another one, that one first.
    private let pairedNames: [[String]]

    /// Creates a draft; `remote` are the CRM's properties.
    package init(
        name: String,
        connection: String,
        connectionName: String,
        object: ObjectSchema,
        remoteObject: String,
        remote: [RemoteField],
        fields: [SuggestedField]
    ) {
        self.name = name
        self.connection = connection
        self.connectionName = connectionName
        self.object = object
        self.remoteObject = remoteObject
        self.realm = Realm(object: object.name)
        self.uniqueNames = Set(remote.filter(\.isUnique).map(\.name))
        self.pairedNames = remote.compactMap { field in field.within.map { [$0, field.name] } }
        self.fields = Self.withCurrency(fields, of: object)
    }

    /// Properties of ours without a partner.
    package var unpaired: [String] {
        self.object.properties.map(\.name).filter { name in
            !self.fields.contains { $0.section != .lists && $0.local.hasSameBytes(as: name) }
        }
    }

    /// An amount and its currency go together, or the amount waits for somebody who knows it (R15).
    private static func withCurrency(_ fields: [SuggestedField], of object: ObjectSchema) -> [SuggestedField] {
        guard object.property("currency") != nil else { return fields }
        let currency = fields.first { $0.local == "currency" && $0.confidence > .guess }
        return fields.map { field in
            guard field.local == "amount", field.confidence > .guess else { return field }
            guard let currency else {
                let remark = "no currency beside it: write via: [{ money: EUR }] with the account's"
                return field.with(confidence: .guess, remark: remark)
            }
            guard currency.direction == .pull, field.direction == .both else { return field }
            let keys = [SuggestedField.Key("direction", "pull")] + field.keys
            return field.with(direction: .pull, keys: keys, remark: "its currency is only read")
        }
    }

    // MARK: The file

    /// The file's text, in canonical form.
    package var text: String {
        var lines = [
            "# Proposed from the CRM's schema. Every line says how sure it is and why; guesses stand as comments.",
            "# Look at them, then `relais check --live \(self.connectionName)` and `relais plan \(self.connectionName)`.",
            "mapping: \(YAMLWord.plain(self.name))",
            "connection: \(self.connection)",
            "object: { local: \(self.object.name), remote: \(YAMLWord.plain(self.remoteObject)) }",
            "",
        ]
        if self.match == "[]" { lines.append("# By the id that is kept there: nothing tells two of them apart.") }
        lines += ["match: \(self.match)", "create: { pull: true, push: true }"]
        lines += ["initial: prefer_remote", "on_conflict: manual", ""]
        lines += self.section(.fields)
        if !self.groups.isEmpty {
            lines += ["", "groups:"] + self.groups.map { "  - { fields: [\($0.joined(separator: ", "))] }" }
        }
        for section in [SuggestedField.Section.consent, .associations, .rollups, .lists] where self.has(section) {
            lines += [""] + self.section(section)
        }
        if !self.unpaired.isEmpty {
            lines += [""] + Self.wrapped("Nothing there is like: \(self.unpaired.joined(separator: ", ")).")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func has(_ section: SuggestedField.Section) -> Bool { self.fields.contains { $0.section == section } }

    private func section(_ section: SuggestedField.Section) -> [String] {
        let fields = self.fields.filter { $0.section == section }
        let runs = fields.contains { $0.confidence > .guess }
        // A section of nothing but comments would be empty, and no list; whoever takes one in takes its head in too.
        let head = runs ? "\(section.rawValue):" : section == .fields ? "fields: []" : "# \(section.rawValue):"
        return [head] + fields.flatMap { self.lines($0) }
    }

    private func lines(_ field: SuggestedField) -> [String] {
        let first = field.section.head
        let head = "\(first): \(YAMLWord.plain(field.local)), remote: \(YAMLWord.plain(field.remote))"
        let rest = field.keys.map { ", \($0.name): \($0.value)" }.joined()
        let line = "- { \(head)\(rest) }"
        let remark = "# \(field.confidence.rawValue): \(field.reason)"
        let prefix = field.confidence == .guess ? "  # " : "  "
        if prefix.count + line.count + 1 + remark.count <= 120 { return ["\(prefix)\(line) \(remark)"] }
        let above = Self.wrapped(String(remark.dropFirst(2))).map { "  \($0)" }
        if prefix.count + line.count <= 120 || field.confidence == .guess { return above + [prefix + line] }
        let block = ["\(first): \(field.local)", "remote: \(YAMLWord.plain(field.remote))"]
        return above + Self.block(block + field.keys.flatMap { Self.lines(of: $0) })
    }

    /// A key of a line that is too long for one: the rows of its table one below the other.
    private static func lines(of key: SuggestedField.Key) -> [String] {
        guard key.steps.contains(where: { if case .table = $0 { true } else { false } }) else {
            return ["\(key.name): \(key.value)"]
        }
        return ["\(key.name):"]
            + key.steps.flatMap { step -> [String] in
                guard case .table(let rows) = step else { return ["  - \(step.text)"] }
                return ["  - enum:"] + rows.map { "      \($0.text)" }
            }
    }

    private static func block(_ lines: [String]) -> [String] {
        lines.enumerated().map { ($0.offset == 0 ? "  - " : "    ") + $0.element }
    }

    private static func wrapped(_ text: String) -> [String] {
        var lines: [String] = []
        var line = "#"
        for word in text.split(separator: " ") {
            if line.count + 1 + word.count > 116, line != "#" {
                lines.append(line)
                line = "#"
            }
            line += " \(word)"
        }
        return lines + [line]
    }

    // MARK: What belongs together

    /// Fields that run, by what they are about.
    private func name(_ concept: String) -> String? {
        self.fields.first { $0.concept == concept && $0.confidence > .guess && $0.section == .fields }?.local
    }

    private var match: String {
        let candidates: [[String]] =
            switch self.realm {
            case .person: [["email"], ["phone", "first_name", "last_name"], ["phone", "full_name"]]
            case .organisation: [["domain"], ["vat_number"], ["name", "city"]]
            case .deal, .task, .other: []
            }
        var keys = candidates.compactMap { key in
            let names = key.compactMap { self.name($0) }
            return names.count == key.count ? names : nil
        }
        if self.realm == .person, keys.count == 3 { keys.removeLast() }
        if self.realm == .organisation, !keys.contains(where: { $0.count > 1 }), let name = self.name("name") {
            keys.append([name])
        }
        let unique = self.fields.filter { $0.confidence > .guess && self.uniqueNames.contains($0.remote) }
        for field in unique where self.realm == .other { keys.append([field.local]) }
        return "[" + keys.map { "[\($0.joined(separator: ", "))]" }.joined(separator: ", ") + "]"
    }

    private var groups: [[String]] {
        let parts = ["street", "city", "postal_code", "region", "country"]
        let address = self.fields.filter { field in
            parts.contains(field.concept ?? "") && field.confidence > .guess && field.direction == .both
        }
        let money = ["amount", "currency"].filter { name in
            self.fields.contains { $0.local == name && $0.confidence > .guess }
        }
        return ([address.map(\.local), money] + self.pairs).filter { $0.count > 1 }
    }

    /// What means something only together, such as a pipeline and a stage in it.
    private var pairs: [[String]] {
        self.pairedNames.map { names in
            names.compactMap { name in
                self.fields.first { $0.remote == name && $0.confidence > .guess && $0.direction == .both }?.local
            }
        }
    }
}
