import CEL
import Records

/// Reads an entry of `rollups`: a property that is counted here over the records that refer to its own, and pushed.
struct RollUpReader {
    static let keys = ["local", "remote", "of", "give", "when", "via", "push_when", "drift", "initial", "write"]
    private static let gifts = ["sum", "max", "min", "latest"]

    let fields: FieldReader
    let schema: Schema

    private var findings: Findings { self.fields.findings }

    /// The field that pushes the result and how that is made; nil, with findings, if there are mistakes.
    func read(_ node: YAMLNode) -> (field: FieldReader.Draft, rollUp: RollUp)? {
        guard let table = YAMLTable(node, "the roll-up", keys: Self.keys, self.findings) else { return nil }
        let of = table.required("of").flatMap { self.children($0) }
        for key in ["local", "remote", "give"] where table[key] == nil { _ = table.required(key) }
        guard let draft = self.fields.rollUp(table), let local = draft.local, let (child, reference) = of,
            let give = table["give"], let gift = self.gift(give, of: child, into: local)
        else { return nil }
        let scope = ExpressionScope(object: child, remoteProperties: [], lifecycle: self.fields.lifecycle)
        let condition = table["when"].map {
            ExpressionReader(findings: self.findings).condition($0, "when", scope.push)
        }
        if case .some(nil) = condition { return nil }
        let rollUp = RollUp(
            local: local.name,
            child: child,
            reference: reference,
            gift: gift,
            condition: condition ?? nil,
            source: table["when"]?.scalar?.text ?? "",
            lifecycle: self.fields.lifecycle,
            location: node.location
        )
        return (draft, rollUp)
    }

    /// `contact.company`: the object of the children and their reference to the mapping's object.
    private func children(_ node: YAMLNode) -> (ObjectSchema, String)? {
        guard let text = node.text("of", self.findings) else { return nil }
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard parts.count == 2 else {
            self.findings.error(
                at: node.location,
                "of must name an object and its reference to \(self.fields.object.name)",
                mend: "write contact.company, say"
            )
            return nil
        }
        guard let child = self.schema.object(parts[0]) else {
            self.findings.error(
                at: node.location,
                "the schema has no object \"\(parts[0])\"",
                mend: NearestName.mend(parts[0], among: self.schema.objects.map(\.name))
            )
            return nil
        }
        let wanted = PropertyType.reference(object: self.fields.object.name)
        let fitting = child.properties.filter { $0.type == wanted }.map(\.name)
        guard let property = child.property(parts[1]), property.type == wanted else {
            let what =
                child.property(parts[1]).map { "\(parts[0]).\(parts[1]) is \($0.type.name)" }
                ?? "\(parts[0]) has no property \"\(parts[1])\""
            self.findings.error(
                at: node.location,
                "\(what), not a reference to \(self.fields.object.name)",
                mend: fitting.isEmpty
                    ? "add a property of type reference to \(parts[0]) in Config/schema.yaml"
                    : "write \(fitting.map { "\(parts[0]).\($0)" }.joined(separator: " or "))"
            )
            return nil
        }
        return (child, property.name)
    }

    /// `count`, or `{ max: score }`, or `{ latest: source, by: last_engaged_at }`.
    private func gift(_ node: YAMLNode, of child: ObjectSchema, into local: PropertySchema) -> RollUp.Gift? {
        guard node.entries != nil else {
            guard let word = node.text("give", self.findings) else { return nil }
            guard word == "count" else {
                self.findings.error(
                    at: node.location,
                    "give cannot be \"\(word)\"",
                    mend: Self.gifts.contains(word)
                        ? "write { \(word): … } with a property of \(child.name)"
                        : "write count, { sum: … }, { max: … }, { min: … } or { latest: …, by: … }"
                )
                return nil
            }
            return self.fits(local, .number, node) ? .count : nil
        }
        guard let table = YAMLTable(node, "give", keys: Self.gifts + ["by"], self.findings) else { return nil }
        let given = Self.gifts.filter { table[$0] != nil }
        guard given.count == 1, let word = given.first, let place = table[word] else {
            self.findings.error(
                at: node.location,
                "give says \(given.isEmpty ? "nothing" : given.joined(separator: " and "))",
                mend: "write one of sum, max, min and latest"
            )
            return nil
        }
        if let by = table["by"], word != "latest" {
            self.findings.error(at: by.location, "by belongs to latest", mend: "remove it")
            return nil
        }
        guard let property = self.property(place, of: child) else { return nil }
        let type = child.properties[property].type
        switch word {
        case "sum":
            guard self.isOrdered(child.properties[property], [.number], "added up", place) else { return nil }
            return self.fits(local, .number, node) ? .sum(property) : nil
        case "latest":
            guard let by = table.required("by"), let order = self.property(by, of: child),
                self.isOrdered(child.properties[order], [.date, .instant, .number], "put in order", by)
            else { return nil }
            return self.fits(local, type.shape, node) ? .latest(property, by: order) : nil
        default:
            guard self.isOrdered(child.properties[property], [.number, .date, .instant], "compared", place),
                self.fits(local, type.shape, node)
            else { return nil }
            return word == "max" ? .max(property) : .min(property)
        }
    }

    private func property(_ node: YAMLNode, of child: ObjectSchema) -> Int? {
        guard let name = node.text("the property", self.findings) else { return nil }
        if let place = child.properties.firstIndex(where: { $0.name.hasSameBytes(as: name) }) { return place }
        self.findings.error(
            at: node.location,
            "\(child.name) has no property \"\(name)\"",
            mend: NearestName.mend(name, among: child.properties.map(\.name))
        )
        return nil
    }

    private func isOrdered(_ property: PropertySchema, _ shapes: [ValueShape], _ what: String, _ node: YAMLNode) -> Bool
    {
        if shapes.contains(property.type.shape) { return true }
        let names = shapes.map(\.rawValue).joined(separator: ", ")
        self.findings.error(
            at: node.location,
            "\(property.name) is \(property.type.name), which cannot be \(what)",
            mend: "name a property of type \(names == "number" ? names : "number, date or datetime")"
        )
        return false
    }

    private func fits(_ local: PropertySchema, _ shape: ValueShape, _ node: YAMLNode) -> Bool {
        if local.type.shape == shape { return true }
        self.findings.error(
            at: node.location,
            "the roll-up gives \(shape.rawValue), but \(local.name) is \(local.type.name)",
            mend: "change the type of \(local.name) in Config/schema.yaml, or roll up into another property"
        )
        return false
    }
}
