import Records

/// Checks that need the whole mapping, and what the CRM says about its object.
struct MappingChecks {
    let mapping: CompiledMapping
    let remote: RemoteObjectDescription?
    let findings: Findings
    /// The file, with all that it includes.
    let source: YAMLNode
    /// The currency of the connection's amounts; nil if it states none.
    var currency: String?

    func run() {
        self.checkTargets()
        self.checkRollUps()
        self.checkCurrencies()
        if let remote = self.remote { self.check(against: remote) }
    }

    /// Two fields must not write one property.
    private func checkTargets() {
        for (index, field) in self.mapping.fields.enumerated() {
            for earlier in self.mapping.fields[..<index] {
                if field.direction != .push, earlier.direction != .push, let local = field.local,
                    earlier.local?.hasSameBytes(as: local) ?? false
                {
                    self.complain(field, earlier, "the local property \(local)")
                }
                if field.direction != .pull, earlier.direction != .pull, let remote = field.remote,
                    earlier.remote?.hasSameBytes(as: remote) ?? false, Self.sameTarget(field.kind, earlier.kind)
                {
                    if Self.arePartsOfOne(field, earlier) { continue }
                    self.complain(field, earlier, "the remote property \(remote)")
                }
            }
        }
    }

    /// What is counted here has no other source.
    private func checkRollUps() {
        for (index, rollUp) in self.mapping.rollUps.enumerated() {
            let others = self.mapping.fields.filter { $0.direction != .push && $0.location != rollUp.location }
            if let other = others.first(where: { $0.local?.hasSameBytes(as: rollUp.local) ?? false }) {
                self.findings.error(
                    at: other.location,
                    "\(rollUp.local) is counted by the roll-up in \(Self.place(of: rollUp.location, from: other.location)), and would "
                        + "be pulled as well",
                    mend: "add direction: push, or remove one of them"
                )
            }
            let earlier = self.mapping.rollUps[..<index].first { $0.local.hasSameBytes(as: rollUp.local) }
            if let earlier {
                self.findings.error(
                    at: rollUp.location,
                    "\(rollUp.local) is also counted by the roll-up in \(Self.place(of: earlier.location, from: rollUp.location))",
                    mend: "count into another property"
                )
            }
        }
    }

    /// An amount means nothing without its currency: one is stated, or moves in the same group (R15).
    private func checkCurrencies() {
        // A group with a mistake of its own may be the one that has the currency.
        guard !self.findings.hasErrors, self.currency == nil else { return }
        for (index, field) in self.mapping.fields.enumerated() where self.lacksCurrency(field) {
            let group = self.mapping.groups.first { $0.contains(index) } ?? []
            let names = group.compactMap { self.mapping.fields[$0].local }
            if names.contains(where: Self.isCurrency) { continue }
            self.findings.error(
                at: field.location,
                "\(field.name) is an amount without its currency",
                mend:
                    "write { money: EUR }, or put it and its currency into one of groups, or give the connection a currency"
            )
        }
    }

    /// Whether a local property holds currencies, by its name.
    static func isCurrency(_ name: String) -> Bool { name.utf8.suffix(8).elementsEqual("currency".utf8) }

    /// Whether a field is an amount, by its `money` or by the object's having a currency, and states none.
    private func lacksCurrency(_ field: MappingField) -> Bool {
        let lenses = (field.lens as? LensChain)?.lenses ?? []
        if let money = lenses.lazy.compactMap({ $0 as? MoneyLens }).first { return money.currency == nil }
        return field.type == .number && field.local?.hasSameBytes(as: "amount") ?? false
            && self.mapping.localSchema.property("currency") != nil
    }

    private func complain(_ field: MappingField, _ earlier: MappingField, _ target: String) {
        self.findings.error(
            at: field.location,
            "\(target) is also written by the field in \(Self.place(of: earlier.location, from: field.location))",
            mend: "remove one of them, or give one a direction"
        )
    }

    /// Where something stands, as a finding elsewhere says it: its line, and its file if that is another.
    private static func place(of location: SourceLocation, from other: SourceLocation) -> String {
        let file = location.file.hasSameBytes(as: other.file) ? "" : " of \(location.file)"
        return "line \(location.line)\(file)"
    }

    /// Whether both write parts of one text, which is told of where they are joined; the same part twice is not.
    private static func arePartsOfOne(_ field: MappingField, _ earlier: MappingField) -> Bool {
        if let one = field.part, let other = earlier.part { return one.index != other.index }
        func part(_ field: MappingField) -> Int? {
            (field.lens as? LensChain)?.lenses.lazy.compactMap { ($0 as? SplitLens)?.part }.first
        }
        return PartReader.writesPart(field) && PartReader.writesPart(earlier) && part(field) != part(earlier)
    }

    private static func sameTarget(_ left: MappingField.Kind, _ right: MappingField.Kind) -> Bool {
        switch (left, right) {
        case (.association, .association): left == right
        case (.association, _), (_, .association): false
        default: true
        }
    }
}
