package import Mapping
package import Records

/// Where a mapping and what a CRM says about its object do not fit, beyond what `check` finds.
package struct SchemaDrift: Hashable, Sendable {
    /// The kinds.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The CRM's type cannot hold what the field brings, or the other way round.
        case type
        /// The CRM has options that no row of the field's table reads.
        case unreadOptions = "unread_options"
        /// Ours has options that no row of the field's table writes.
        case unwrittenOptions = "unwritten_options"
    }

    /// The field, as messages call it.
    package let field: String
    /// The kind.
    package let kind: Kind
    /// What does not fit, in words.
    package let text: String
    /// Where the field stands.
    package let location: SourceLocation

    /// All that is found, in the order of the fields.
    package static func find(_ mapping: CompiledMapping, _ remote: [RemoteField]) -> [SchemaDrift] {
        mapping.fields.flatMap { field -> [SchemaDrift] in
            guard field.kind == .property, let name = field.remote,
                let property = remote.first(where: { $0.name.hasSameBytes(as: name) })
            else { return [] }
            return self.type(field, property) + self.options(field, property, mapping.lifecycle)
        }
    }

    private static func type(_ field: MappingField, _ property: RemoteField) -> [SchemaDrift] {
        let lenses = (field.lens as? LensChain)?.lenses ?? []
        // Other transforms are there because the types differ.
        let isPlain = lenses.allSatisfy { lens in
            lens is CoercionLens || lens is NormalLens || lens is OptionLens || lens is PhoneLens || lens is ScaleLens
        }
        let schema = PropertySchema(name: field.name, type: field.type, label: "")
        guard isPlain, TypeFit.of(schema, nil, property, tellsLongText: false) == 0 else { return [] }
        let text = "\(property.name) is \(property.type) in the CRM, and \(field.name) is \(field.type.name)"
        return [SchemaDrift(field: field.name, kind: .type, text: text, location: field.location)]
    }

    private static func options(
        _ field: MappingField,
        _ property: RemoteField,
        _ lifecycle: Lifecycle
    ) -> [SchemaDrift] {
        let lenses = (field.lens as? LensChain)?.lenses ?? []
        guard let table = lenses.compactMap({ $0 as? EnumLens }).first, table.otherwise == .unmapped else { return [] }
        var found: [SchemaDrift] = []
        func add(_ kind: Kind, _ names: [Text], _ text: String) {
            guard !names.isEmpty else { return }
            let list = names.prefix(8).map(\.string).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
            found.append(SchemaDrift(field: field.name, kind: kind, text: "\(text): \(list)", location: field.location))
        }
        let (read, written) = (Set(table.rows.map(\.remote)), Set(table.rows.map(\.local)))
        let ours: [Text] =
            switch field.type {
            case .option(let options), .set(let options): options
            case .stage: lifecycle.stages + lifecycle.sideStages
            default: []
            }
        if field.direction != .push {
            add(.unreadOptions, property.options.filter { !read.contains($0) }, "no row reads these options of the CRM")
        }
        if field.direction != .pull {
            add(.unwrittenOptions, ours.filter { !written.contains($0) }, "no row writes these of ours")
        }
        return found
    }
}
