package import Records

/// Reads `Config/schema.yaml`: the objects of the store with their properties, and the lifecycle.
///
/// ```yaml
/// lifecycle: { stages: [lead, customer], side_stages: { disqualified: -1 } }
/// objects:
///   contact:
///     email: { type: text, label: E-mail }
///     company: { type: reference, object: company, label: Company }
///     score: number
/// ```
package enum SchemaFile {
    /// Reads a schema file's bytes; throws a `DiagnosticList` with all that is wrong with it.
    package static func parse(_ bytes: [UInt8], file: String) throws -> Schema {
        try self.read(YAMLDocument.parse(bytes, file: file))
    }

    /// Reads a parsed schema file; throws a `DiagnosticList` with all that is wrong with it.
    package static func read(_ root: YAMLNode) throws -> Schema {
        let findings = Findings()
        guard let table = YAMLTable(root, "the schema", keys: ["objects", "lifecycle"], findings) else {
            throw DiagnosticList(findings.diagnostics)
        }
        let lifecycle = table["lifecycle"].flatMap { Self.lifecycle($0, findings) } ?? .standard
        var objects: [ObjectSchema] = []
        if let node = table.required("objects"), let list = YAMLTable(node, "objects", keys: nil, findings) {
            objects = list.entries.compactMap { Self.object($0, list.entries.map(\.key), findings) }
            if list.entries.isEmpty {
                findings.error(at: node.location, "there is no object", mend: "add contact, with its properties")
            }
        }
        try findings.throwIfErrors()
        return Schema(objects: objects, lifecycle: lifecycle)
    }

    private static func object(_ entry: YAMLEntry, _ objects: [String], _ findings: Findings) -> ObjectSchema? {
        Self.checkName(entry.key, "an object", at: entry.location, findings)
        guard let table = YAMLTable(entry.value, entry.key, keys: nil, findings) else { return nil }
        let properties = table.entries.compactMap { Self.property($0, objects, findings) }
        return ObjectSchema(name: entry.key, properties: properties)
    }

    private static func property(_ entry: YAMLEntry, _ objects: [String], _ findings: Findings) -> PropertySchema? {
        Self.checkName(entry.key, "a property", at: entry.location, findings)
        if entry.value.scalar != nil {
            guard let name = entry.value.text("the type of \(entry.key)", findings) else { return nil }
            guard let type = Self.type(name, entry.value, nil, objects, findings) else { return nil }
            return PropertySchema(name: entry.key, type: type, label: Self.label(for: entry.key))
        }
        guard let table = YAMLTable(entry.value, entry.key, keys: ["type", "label", "options", "object"], findings),
            let name = table.requiredText("type"), let place = table["type"],
            let type = Self.type(name, place, table, objects, findings)
        else { return nil }
        return PropertySchema(name: entry.key, type: type, label: table.text("label") ?? Self.label(for: entry.key))
    }

    private static func type(
        _ name: String,
        _ node: YAMLNode,
        _ table: YAMLTable?,
        _ objects: [String],
        _ findings: Findings
    ) -> PropertyType? {
        for key in ["options", "object"] where table?[key] != nil {
            let isKnown = key == "object" ? name == "reference" : name == "option" || name == "set"
            if !isKnown, let value = table?[key] {
                findings.error(at: value.location, "a property of type \(name) has no \(key)", mend: "remove it")
            }
        }
        switch name {
        case "text": return .text
        case "number": return .number
        case "flag": return .flag
        case "date": return .date
        case "datetime": return .instant
        case "stage": return .stage
        case "owner": return .owner
        case "set": return .set(Self.options(table, findings))
        case "option": return Self.option(node, table, findings)
        case "reference": return Self.reference(node, table, objects, findings)
        default:
            let types = ["text", "number", "flag", "date", "datetime", "option", "set", "stage", "owner", "reference"]
            findings.error(
                at: node.location,
                "there is no type \"\(name)\"",
                mend: NearestName.mend(name, among: types)
            )
            return nil
        }
    }

    private static func option(_ node: YAMLNode, _ table: YAMLTable?, _ findings: Findings) -> PropertyType? {
        let options = Self.options(table, findings)
        guard options.isEmpty else { return .option(options) }
        findings.error(at: node.location, "an option property lacks its options", mend: "add options: [ … ]")
        return nil
    }

    private static func reference(
        _ node: YAMLNode,
        _ table: YAMLTable?,
        _ objects: [String],
        _ findings: Findings
    ) -> PropertyType? {
        guard let place = table?["object"], let object = place.text("object", findings) else {
            findings.error(at: node.location, "a reference lacks its object", mend: "add object: company, say")
            return nil
        }
        guard objects.contains(object) else {
            findings.error(
                at: place.location,
                "there is no object \"\(object)\"",
                mend: NearestName.mend(object, among: objects)
            )
            return nil
        }
        return .reference(object: object)
    }

    private static func options(_ table: YAMLTable?, _ findings: Findings) -> [Text] {
        var options: [Text] = []
        for node in table?.list("options") ?? [] {
            guard let text = node.text("an option", findings) else { continue }
            if options.contains(Text(text)) {
                findings.error(at: node.location, "the option \"\(text)\" stands twice", mend: "keep one of them")
            }
            options.append(Text(text))
        }
        return options
    }

    private static func lifecycle(_ node: YAMLNode, _ findings: Findings) -> Lifecycle? {
        guard let table = YAMLTable(node, "lifecycle", keys: ["stages", "side_stages"], findings),
            let stages = table.required("stages")?.texts("stages", findings)
        else { return nil }
        var sides: [(name: String, rank: Int?)] = []
        if let node = table["side_stages"], let entries = node.entries {
            sides = entries.map { ($0.key, $0.value.integer("the rank", in: -100...100, findings)) }
        } else if let node = table["side_stages"] {
            sides = (node.texts("side_stages", findings) ?? []).map { ($0, nil) }
        }
        let names = stages + sides.map(\.name)
        for (index, name) in names.enumerated() {
            let elements = table["stages"]?.elements ?? []
            let place = index < elements.count ? elements[index].location : node.location
            Self.checkName(name, "a stage", at: place, findings)
            if names[..<index].contains(where: { $0.hasSameBytes(as: name) }) {
                findings.error(at: place, "the stage \(name) stands twice", mend: "keep one of them")
            }
        }
        return Lifecycle(
            stages: stages.map { Text($0) },
            sideStages: sides.map { Text($0.name) },
            sideRanks: sides.enumerated().map { $0.element.rank ?? -1 - $0.offset }
        )
    }

    /// Names are used bare in expressions, columns and file names.
    private static func checkName(_ name: String, _ what: String, at location: SourceLocation, _ findings: Findings) {
        let isFine = name.utf8.enumerated().allSatisfy { offset, byte in
            switch byte {
            case 0x61...0x7A: true
            case 0x30...0x39, 0x5F: offset > 0
            default: false
            }
        }
        guard !isFine || name.isEmpty || name.utf8.count > 64 else { return }
        findings.error(
            at: location,
            "\(what) cannot be called \"\(name)\"",
            mend: "begin with a small letter; go on with small letters, digits and _, 64 at most"
        )
    }

    /// `first_name` becomes `First name`.
    private static func label(for name: String) -> String {
        let words = name.split(separator: "_").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}
