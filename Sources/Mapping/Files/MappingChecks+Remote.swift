import Records

/// What only the CRM's own description of an object can show to be wrong.
extension MappingChecks {
    func check(against remote: RemoteObjectDescription) {
        for field in self.mapping.fields {
            if case .association = field.kind { continue }
            if let name = field.remote { self.check(field, name, against: remote) }
        }
        self.checkPairs(remote)
        if self.mapping.create.push { self.checkRequired(remote) }
    }

    private func check(_ field: MappingField, _ name: String, against remote: RemoteObjectDescription) {
        let entry = self.entry(of: field)
        guard let property = remote.property(name) else {
            self.findings.error(
                at: entry?["remote"]?.location ?? field.location,
                "\(self.mapping.remoteObject) has no property \"\(name)\"",
                mend: NearestName.mend(name, among: remote.properties.map(\.name), verb: "map")
            )
            return
        }
        if field.direction != .pull, property.isReadOnly {
            self.findings.error(
                at: field.location,
                "the CRM refuses writes to \(name)",
                mend: "add direction: pull"
            )
        }
        if !property.options.isEmpty { self.checkOptions(field, property, entry) }
        self.checkTimes(field, property)
    }

    /// The entry of the file that a field was read from.
    func entry(of field: MappingField) -> YAMLNode? {
        let lists = ["fields", "consent", "rollups", "lists"].compactMap { self.source[$0]?.elements }
        return lists.joined().first { $0.location == field.location }
    }

    // MARK: Options

    /// What a field would write, or waits for, that is none of the CRM's options.
    private func checkOptions(
        _ field: MappingField,
        _ property: RemoteObjectDescription.Property,
        _ entry: YAMLNode?
    ) {
        let steps = entry?["via"]?.elements ?? []
        let rows = steps.flatMap { $0["enum"]?.entries ?? [] }.flatMap { $0.value.elements ?? [$0.value] }
        let others = steps.compactMap { $0["else"]?["remote"] } + ["constant", "in", "out"].compactMap { entry?[$0] }
        var values = (rows + others).compactMap { node in
            (node.scalar?.text).flatMap { $0.isEmpty ? nil : (text: Text($0), place: node.location) }
        }
        let tables = ((field.lens as? LensChain)?.lenses ?? []).compactMap { $0 as? EnumLens }
        if let via = entry?["via"], let step = steps.first(where: { $0["lookup"] != nil }) {
            let known = Set(values.map(\.text))
            let looked = tables.flatMap(\.rows).map(\.remote).filter { !known.contains($0) }
            values += looked.map { ($0, step["lookup"]?.location ?? via.location) }
        }
        let options = Set(property.options)
        for value in values where !options.contains(value.text) {
            self.refuse(value.text.string, property, at: value.place)
        }
        guard tables.isEmpty, field.direction != .pull, field.kind == .property else { return }
        for option in self.ownOptions(of: field) where !options.contains(option) {
            let mend = "add via: [ { enum: { … } } ] with the CRM's values"
            self.findings.error(at: field.location, Self.lacks(property, option.string), mend: mend)
        }
    }

    /// The values that a property of ours is limited to, as they are written without a table.
    func ownOptions(of field: MappingField) -> [Text] {
        switch field.type {
        case .option(let options), .set(let options): options
        case .stage: self.mapping.lifecycle.stages
        default: []
        }
    }

    private func refuse(_ text: String, _ property: RemoteObjectDescription.Property, at location: SourceLocation) {
        let mend = NearestName.mend(text, among: property.options.map(\.string))
        self.findings.error(at: location, Self.lacks(property, text), mend: mend)
    }

    private static func lacks(_ property: RemoteObjectDescription.Property, _ option: String) -> String {
        "\(property.name) has no option \"\(option)\" in the CRM"
    }

    // MARK: Times

    /// R20: a time becomes a day, or the other way round, only in a stated zone.
    private func checkTimes(_ field: MappingField, _ property: RemoteObjectDescription.Property) {
        guard let holdsTimes = property.holdsTimes, let chain = field.lens as? LensChain,
            !chain.lenses.contains(where: { $0 is DayLens || $0 is DateFormatLens })
        else { return }
        if holdsTimes, field.type == .date {
            self.findings.error(
                at: field.location,
                "\(property.name) is a time, but \(field.name) is a day",
                mend: "add { date: { zone: Europe/Paris } } to via, with the zone that decides which day it is"
            )
        } else if !holdsTimes, field.type == .instant {
            self.findings.error(
                at: field.location,
                "\(property.name) is a day, but \(field.name) is a time",
                mend: "map it to a property of type date"
            )
        }
    }

    private func checkRequired(_ remote: RemoteObjectDescription) {
        let written = self.mapping.fields.filter { $0.direction != .pull }.compactMap(\.remote)
        for property in remote.properties where property.isRequired && !property.isReadOnly {
            guard !written.contains(where: { $0.hasSameBytes(as: property.name) }) else { continue }
            self.findings.warning(
                at: SourceLocation(file: self.mapping.file, line: 1, column: 1),
                "the CRM requires \(property.name) of a new record, but no field writes it",
                mend: "map it, or set create: { push: false }"
            )
        }
    }
}
