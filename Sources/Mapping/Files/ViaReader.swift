import Records

/// Reads the `via` of a field into transforms, the first nearest to the remote side.
struct ViaReader {
    let findings: Findings
    /// The content of a file of the workspace; nil if there is none.
    var readFile: @Sendable (String) -> [UInt8]? = { _ in nil }

    /// The transforms without an argument.
    static let plain = [
        "email", "trim", "lowercase", "uppercase", "whitespace", "nfc", "owner_by_email", "domain", "money",
    ]
    /// The transforms with one.
    static let withArgument = [
        "e164", "enum", "set", "date", "truncate", "prefix", "suffix", "scale", "words", "reference", "custom",
        "number", "datetime", "epoch", "country", "money", "split", "lookup", "owner_by_email",
    ]

    /// The transforms of a `via` list; those with mistakes are left out, with findings.
    func read(_ node: YAMLNode?) -> [any CheckedLens] {
        guard let node else { return [] }
        // One transform need not stand in a list.
        let elements = node.scalar != nil && !node.isNull ? [node] : node.list("via", self.findings) ?? []
        return elements.flatMap { element -> [any CheckedLens] in
            if element.scalar?.text == "email" { return [NormalLens(.trim), NormalLens(.lowercase)] }
            return self.lens(element).map { [$0] } ?? []
        }
    }

    private func lens(_ node: YAMLNode) -> (any CheckedLens)? {
        if node.scalar != nil { return node.text("a transform", self.findings).flatMap { self.plain($0, node) } }
        guard let entries = node.entries, let entry = entries.first else {
            self.findings.error(
                at: node.location,
                "a transform must be a name or a block of one key",
                mend: "write trim, or { set: \";\" }"
            )
            return nil
        }
        let isEnum = entry.key == "enum"
        for extra in entries.dropFirst() where !(isEnum && extra.key == "else") {
            self.findings.error(
                at: extra.location,
                "\(entry.key) has no key \"\(extra.key)\"",
                mend: isEnum ? "only else may stand beside it" : "write each transform as an element of its own"
            )
        }
        return self.lens(entry, else: isEnum ? node["else"] : nil)
    }

    private func plain(_ name: String, _ node: YAMLNode) -> (any CheckedLens)? {
        if let form = NormalLens.Form(rawValue: name) { return NormalLens(form) }
        switch name {
        case "owner_by_email": return OwnerLens()
        case "domain": return DomainLens()
        case "money": return MoneyLens(currency: nil)
        default:
            if Self.withArgument.contains(name) {
                self.findings.error(at: node.location, "\(name) lacks its argument", mend: "write { \(name): … }")
            } else {
                self.unknown(name, at: node.location)
            }
            return nil
        }
    }

    private func unknown(_ name: String, at location: SourceLocation) {
        if name == "join" {
            self.findings.error(
                at: location,
                "several properties cannot be joined both ways in one field",
                mend: "write { split: { by: \" \", part: 1 } } in a field for each, or a value: one way"
            )
            return
        }
        self.findings.error(
            at: location,
            "there is no transform \"\(name)\"",
            mend: NearestName.mend(name, among: MappingLanguage.transforms)
        )
    }

    private func lens(_ entry: YAMLEntry, else otherwise: YAMLNode?) -> (any CheckedLens)? {
        let value = entry.value
        switch entry.key {
        case "e164": return self.phone(value)
        case "enum": return self.table(value, otherwise)
        case "set": return self.separator(value).map { SetLens(separator: $0) }
        case "date": return self.date(value)
        case "truncate":
            return value.integer("truncate", in: 1...1_000_000, self.findings).map { TruncateLens(length: $0) }
        case "scale": return self.scale(value)
        case "prefix", "suffix":
            let place = entry.key == "prefix" ? AffixLens.Place.prefix : .suffix
            return self.separator(value).map { AffixLens(place, Text($0)) }
        case "words": return self.words(value)
        case "custom": return self.custom(value)
        case "reference": return value.text("reference", self.findings).map { ReferenceLens(remoteObject: $0) }
        default: return self.format(entry)
        }
    }

    private func format(_ entry: YAMLEntry) -> (any CheckedLens)? {
        let value = entry.value
        switch entry.key {
        case "number": return self.number(value)
        case "datetime": return self.datetime(value)
        case "epoch":
            return value.choice("epoch", as: EpochLens.Unit.self, self.findings).map { EpochLens($0) }
        case "country": return self.country(value)
        case "money": return self.money(value)
        case "split": return self.split(value)
        case "lookup": return self.lookup(value)
        case "owner_by_email": return self.owner(value)
        default:
            if Self.plain.contains(entry.key) {
                self.findings.error(
                    at: value.location,
                    "\(entry.key) has no argument",
                    mend: "write \(entry.key) alone"
                )
            } else {
                self.unknown(entry.key, at: entry.location)
            }
            return nil
        }
    }

    func separator(_ node: YAMLNode) -> String? {
        guard let text = node.text("the text", self.findings) else { return nil }
        if !text.isEmpty { return text }
        self.findings.error(at: node.location, "the text is empty", mend: "write at least one character")
        return nil
    }

    private func phone(_ node: YAMLNode) -> (any CheckedLens)? {
        guard let region = node.text("e164", self.findings) else { return nil }
        if let lens = PhoneLens(region: region) { return lens }
        self.findings.error(
            at: node.location,
            "e164 does not know the region \"\(region)\"",
            mend: "write one of \(PhoneLens.regions.joined(separator: ", "))"
        )
        return nil
    }

    private func date(_ node: YAMLNode) -> (any CheckedLens)? {
        if let table = node.entries.flatMap({ _ in YAMLTable(node, "date", keys: ["zone"], self.findings) }) {
            guard let place = table.required("zone"), let zone = place.text("zone", self.findings) else { return nil }
            if let lens = DayLens(zone: zone) { return lens }
            self.findings.error(
                at: place.location,
                "there is no zone \"\(zone)\"",
                mend: "write UTC, or one such as Europe/Paris"
            )
            return nil
        }
        guard let format = node.text("date", self.findings) else { return nil }
        if let lens = DateFormatLens(format: format) { return lens }
        self.findings.error(
            at: node.location,
            "the date format \"\(format)\" cannot be read",
            mend: "use YYYY, MM and DD once each, as in DD/MM/YYYY"
        )
        return nil
    }

    private func custom(_ node: YAMLNode) -> (any CheckedLens)? {
        guard let table = YAMLTable(node, "custom", keys: ["toLocal", "toRemote"], self.findings),
            let toLocal = table.required("toLocal"), let toRemote = table.required("toRemote")
        else { return nil }
        let reader = ExpressionReader(findings: self.findings)
        let environment = CustomLens.environment
        let (reading, writing) = (
            reader.text(toLocal, "toLocal", environment), reader.text(toRemote, "toRemote", environment)
        )
        guard let reading, let writing else { return nil }
        return CustomLens(
            toLocal: reading,
            toRemote: writing,
            sources: (toLocal.scalar?.text ?? "", toRemote.scalar?.text ?? "")
        )
    }

    private func words(_ node: YAMLNode) -> (any CheckedLens)? {
        guard let table = YAMLTable(node, "words", keys: ["true", "false"], self.findings),
            let yes = table.requiredText("true"), let no = table.requiredText("false")
        else { return nil }
        if !yes.isEmpty, !no.isEmpty, !yes.hasSameBytes(as: no) { return WordsLens(yes: Text(yes), no: Text(no)) }
        self.findings.error(at: node.location, "the words for true and false must differ", mend: "change one of them")
        return nil
    }

    private func table(_ node: YAMLNode, _ otherwise: YAMLNode?) -> (any CheckedLens)? {
        guard let table = YAMLTable(node, "enum", keys: nil, self.findings) else { return nil }
        var rows: [(local: Text, remote: Text)] = []
        for entry in table.entries {
            let what = "the remote value of \(entry.key)"
            // The first of several is written; all are read.
            let values = entry.value.elements ?? [entry.value]
            rows += values.compactMap { $0.text(what, self.findings) }.map { (Text(entry.key), Text($0)) }
        }
        if table.entries.isEmpty {
            self.findings.error(at: node.location, "the table is empty", mend: "add a row: local: remote")
        }
        let rest = self.otherwise(otherwise)
        if otherwise?.scalar?.text != "first" { self.checkAmbiguity(table, rest) }
        return EnumLens(rows, otherwise: rest)
    }

    private func otherwise(_ node: YAMLNode?) -> EnumLens.Otherwise {
        guard let node else { return .unmapped }
        if node.scalar != nil {
            switch node.text("else", self.findings) {
            case "pass": return .pass
            case "first", nil: return .unmapped
            default:
                self.findings.error(
                    at: node.location,
                    "else must be pass, first or a block of keys",
                    mend: "write pass, first, or { local: …, remote: … }"
                )
                return .unmapped
            }
        }
        guard let table = YAMLTable(node, "else", keys: ["local", "remote"], self.findings) else { return .unmapped }
        return .fallback(local: table.text("local").map { Text($0) }, remote: table.text("remote").map { Text($0) })
    }

    /// Two local values with one remote value: which of them a pull gives must be said.
    private func checkAmbiguity(_ table: YAMLTable, _ otherwise: EnumLens.Otherwise) {
        var first: [Text: YAMLEntry] = [:]
        for entry in table.entries {
            self.checkAmbiguity(entry, &first, otherwise)
        }
    }

    private func checkAmbiguity(
        _ entry: YAMLEntry,
        _ first: inout [Text: YAMLEntry],
        _ otherwise: EnumLens.Otherwise
    ) {
        for value in entry.value.elements ?? [entry.value] {
            guard let remote = value.scalar.map({ Text($0.text) }) else { continue }
            guard let other = first[remote] else {
                first[remote] = entry
                continue
            }
            if case .fallback(let local?, _) = otherwise, local == Text(other.key) || local == Text(entry.key) {
                continue
            }
            self.findings.error(
                at: entry.location,
                "\(other.key) and \(entry.key) both become \(remote.string): reading \(remote.string) cannot tell which",
                mend: "give one of them another value, or add else: first beside enum to read \(other.key)"
            )
        }
    }
}
