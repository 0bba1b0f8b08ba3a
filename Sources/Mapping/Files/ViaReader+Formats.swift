import Records

extension ViaReader {
    /// Reads `number: { decimal: ",", group: ".", scale: 2, rounding: half_up }`.
    func number(_ node: YAMLNode) -> (any CheckedLens)? {
        let keys = ["decimal", "group", "scale", "rounding"]
        guard let table = YAMLTable(node, "number", keys: keys, self.findings),
            let decimal = table.requiredText("decimal")
        else { return nil }
        let lens = NumberFormatLens(
            decimal: decimal,
            group: table.text("group"),
            scale: table.integer("scale", in: 0...18),
            rounding: table.choice("rounding", as: Rounding.self) ?? .halfUp
        )
        if let lens { return lens }
        self.findings.error(
            at: node.location,
            "decimal and group must be two different separators without digits and signs",
            mend: "write { decimal: \",\", group: \".\" }, say"
        )
        return nil
    }

    /// Reads `scale: 2`, or `scale: { decimals: 2, rounding: half_even }`.
    func scale(_ node: YAMLNode) -> (any CheckedLens)? {
        guard node.entries != nil else {
            return node.integer("scale", in: 0...18, self.findings).map { ScaleLens(scale: $0) }
        }
        guard let table = YAMLTable(node, "scale", keys: ["decimals", "rounding"], self.findings),
            table.required("decimals") != nil, let decimals = table.integer("decimals", in: 0...18)
        else { return nil }
        return ScaleLens(scale: decimals, rounding: table.choice("rounding", as: Rounding.self) ?? .halfUp)
    }

    /// Reads `datetime: { format: "DD/MM/YYYY HH:mm", zone: Europe/Paris }`.
    func datetime(_ node: YAMLNode) -> (any CheckedLens)? {
        guard let table = YAMLTable(node, "datetime", keys: ["format", "zone"], self.findings) else { return nil }
        let (format, zone) = (table.requiredText("format"), table.requiredText("zone"))
        guard let format, let zone else { return nil }
        if let lens = TimeFormatLens(format: format, zone: zone) { return lens }
        let isZone = ZoneClock(zone: zone) != nil
        self.findings.error(
            at: table[isZone ? "format" : "zone"]?.location ?? node.location,
            isZone ? "the datetime format \"\(format)\" cannot be read" : "there is no zone \"\(zone)\"",
            mend: isZone
                ? "use YYYY, MM, DD, HH and mm once each, and ss, as in DD/MM/YYYY HH:mm"
                : "write UTC, or one such as Europe/Paris"
        )
        return nil
    }

    /// Reads `country: french`, or `country: { local: alpha2, remote: english }`.
    func country(_ node: YAMLNode) -> (any CheckedLens)? {
        guard node.entries != nil else {
            return node.choice("country", as: CountryLens.Form.self, self.findings).map { CountryLens(remote: $0) }
        }
        guard let table = YAMLTable(node, "country", keys: ["local", "remote"], self.findings),
            table.required("remote") != nil, let remote = table.choice("remote", as: CountryLens.Form.self)
        else { return nil }
        return CountryLens(local: table.choice("local", as: CountryLens.Form.self) ?? .alpha2, remote: remote)
    }

    /// Reads `money: EUR`.
    func money(_ node: YAMLNode) -> (any CheckedLens)? {
        guard let currency = node.text("money", self.findings) else { return nil }
        if let lens = MoneyLens(currency: currency) { return lens }
        self.findings.error(
            at: node.location,
            "\"\(currency)\" is no currency",
            mend: CurrencyTable.mend(currency, otherwise: ", or money alone with the currency in the field's group")
        )
        return nil
    }

    /// Reads `owner_by_email: { fallback: lea@example.com }`.
    func owner(_ node: YAMLNode) -> (any CheckedLens)? {
        guard let table = YAMLTable(node, "owner_by_email", keys: ["fallback"], self.findings),
            let place = table.required("fallback"), let address = place.text("fallback", self.findings)
        else { return nil }
        let parts = address.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        if parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) { return OwnerLens(fallback: Text(address)) }
        self.findings.error(
            at: place.location,
            "\"\(address)\" is no e-mail address",
            mend: "write that of a user of the CRM, such as lea@example.com"
        )
        return nil
    }

    /// Reads `split: { by: " ", part: 2, of: 2, alone: 2 }`; `of` is 2 unless it says otherwise.
    func split(_ node: YAMLNode) -> (any CheckedLens)? {
        let keys = ["by", "part", "of", "alone"]
        guard let table = YAMLTable(node, "split", keys: keys, self.findings) else { return nil }
        let (place, part) = (table.required("by"), table.required("part"))
        guard let separator = place.flatMap({ self.separator($0) }), part != nil else { return nil }
        let count = table["of"] == nil ? 2 : table.integer("of", in: 2...16)
        guard let count, let number = table.integer("part", in: 1...count) else { return nil }
        let alone = table.integer("alone", in: 1...count)
        guard table["alone"] == nil || alone != nil else { return nil }
        return SplitLens(by: separator, part: number - 1, of: count, alone: alone.map { $0 - 1 })
    }

    /// Reads `lookup: Tables/industries.csv`, or `lookup: { file: …, local: ours, remote: theirs }`.
    func lookup(_ node: YAMLNode) -> (any CheckedLens)? {
        let table = node.entries.flatMap { _ in
            YAMLTable(node, "lookup", keys: ["file", "local", "remote"], self.findings)
        }
        if node.entries != nil, table == nil { return nil }
        guard let place = table.map({ $0.required("file") }) ?? node, let path = place.text("lookup", self.findings)
        else { return nil }
        let steps = path.utf8.split(separator: 0x2F, omittingEmptySubsequences: false)
        guard steps.allSatisfy({ !$0.isEmpty && !$0.elementsEqual("..".utf8) }) else {
            self.findings.error(
                at: place.location,
                "the table \"\(path)\" is outside the workspace",
                mend: "write a path within it, such as Mappings/tables/industries.csv"
            )
            return nil
        }
        guard let bytes = self.readFile(path) else {
            self.findings.error(
                at: place.location,
                "there is no table \"\(path)\"",
                mend: "write its path from the workspace's folder"
            )
            return nil
        }
        let rows = LookupFile(path: path, findings: self.findings)
            .rows(bytes, local: table?.text("local") ?? "local", remote: table?.text("remote") ?? "remote")
        return EnumLens(rows)
    }
}
