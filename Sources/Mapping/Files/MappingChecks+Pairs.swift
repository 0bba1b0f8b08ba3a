import Records

/// Values that mean something only beside another property's, as a stage does in its pipeline.
extension MappingChecks {
    /// A value that can be written must go with a value of the other property that can be written.
    func checkPairs(_ remote: RemoteObjectDescription) {
        for field in self.mapping.fields where field.direction != .pull {
            guard let name = field.remote, let property = remote.property(name), let within = property.within,
                let deciding = self.writer(of: within.property)
            else { continue }
            let known = self.values(of: deciding).filter { within.options[$0.text] != nil }
            // What is typed freely may become any of them.
            let deciders = known.isEmpty ? within.options.keys.sorted() : known.map(\.text)
            let allowed = Set(deciders.flatMap { within.options[$0] ?? [] })
            for value in self.values(of: field) where property.options.contains(value.text) {
                guard !allowed.contains(value.text) else { continue }
                let named = deciders.map { "\"\($0)\"" }.joined(separator: " or ")
                self.findings.error(
                    at: value.place,
                    "the CRM has no \(name) \"\(value.text)\" where \(within.property) is \(named)",
                    mend: NearestName.mend(value.text.string, among: allowed.map(\.string).sorted())
                )
            }
        }
    }

    private func writer(of remote: String) -> MappingField? {
        self.mapping.fields.first { field in
            if case .association = field.kind { return false }
            return field.direction != .pull && field.remote?.hasSameBytes(as: remote) ?? false
        }
    }

    /// What a field may write, with the places; none if that is not limited.
    private func values(of field: MappingField) -> [(text: Text, place: SourceLocation)] {
        let entry = self.entry(of: field)
        if let constant = entry?["constant"], let text = constant.scalar?.text {
            return [(Text(text), constant.location)]
        }
        let steps = entry?["via"]?.elements ?? []
        let written = steps.flatMap { $0["enum"]?.entries ?? [] }.compactMap { $0.value.elements?.first ?? $0.value }
        let others = steps.compactMap { $0["else"]?["remote"] }
        let values = (written + others).compactMap { node in
            node.scalar.map { (text: Text($0.text), place: node.location) }
        }
        if !values.isEmpty || field.kind != .property { return values }
        let tables = ((field.lens as? LensChain)?.lenses ?? []).compactMap { $0 as? EnumLens }
        if !tables.isEmpty { return tables.flatMap(\.rows).map { ($0.remote, field.location) } }
        return self.ownOptions(of: field).map { ($0, field.location) }
    }
}
