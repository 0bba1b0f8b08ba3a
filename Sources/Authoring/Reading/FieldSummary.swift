package import Mapping
package import Records

/// What a field of a mapping says, for people.
package struct FieldSummary: Sendable {
    /// Our side: the property, or what is written where there is none.
    package let local: String
    /// The CRM's side: the property, the associated object, or what is written where there is none.
    package let remote: String
    /// `<->`, `<-` (only from the CRM) or `->` (only to it).
    package let way: String
    /// How much of a value survives the round trip; nil where nothing is translated.
    package let lensClass: LensClass?
    /// The transforms, the first nearest to the CRM.
    package let via: String
    /// Who wins, and what else the field says.
    package let policy: String

    /// Creates the summary of a field; `usual` is the mapping's own `initial`, which is not repeated.
    package init(_ field: MappingField, initial usual: FirstContactPolicy? = nil) {
        self.way =
            switch field.direction {
            case .both: "<->"
            case .pull: "<-"
            case .push: "->"
            }
        self.lensClass = field.kind == .property ? field.lens.lensClass : nil
        self.via = Self.via(field)
        self.policy = Self.policy(field, usual)
        self.local =
            field.local ?? (field.inputs.isEmpty ? "a constant" : "from \(field.inputs.joined(separator: ", "))")
        switch field.kind {
        case .association(let object, let label): self.remote = label.map { "\(object) (\($0))" } ?? object
        case .property, .computed: self.remote = field.remote ?? "an expression"
        }
    }

    /// The transforms by name, with short arguments; what only fits the types together is left out.
    private static func via(_ field: MappingField) -> String {
        switch field.kind {
        case .association: return "association"
        case .computed: return field.inputs.isEmpty && field.local == nil ? "constant" : "value"
        case .property: break
        }
        let chain = (field.part?.before.lenses ?? []) + ((field.lens as? LensChain)?.lenses ?? [])
        let lenses = chain.compactMap { $0 as? any CheckedLens }
        return lenses.filter { !($0 is CoercionLens) && !($0 is OptionLens) }.map { lens in
            if let part = lens as? PartLens { return "part \(part.part + 1) of \(part.form.count)" }
            return lens.definition.utf8.count <= 24 ? lens.definition : lens.name
        }.joined(separator: ", ")
    }

    private static func policy(_ field: MappingField, _ usual: FirstContactPolicy?) -> String {
        var words: [String] = []
        if let authority = field.authority {
            words.append("authority: \(authority.rawValue)\(field.rules.authorityUnlessBlank ? " unless blank" : "")")
        } else if field.direction == .both {
            words.append(field.onConflict.rawValue)
        }
        if field.direction == .both, let initial = field.initial, initial != usual {
            words.append("initial: \(initial.rawValue)")
        }
        if field.onConflict == .furthest || field.onConflict == .mostRestrictive {
            words.append("backward: \(field.rules.backward.rawValue)")
        }
        words += self.rest(field)
        return words.joined(separator: ", ")
    }

    /// What a field says beyond who wins; what every field does is left out.
    private static func rest(_ field: MappingField) -> [String] {
        var words: [String] = []
        let rules = field.rules
        if field.onClear != .propagate { words.append("on_clear: \(field.onClear.rawValue)") }
        if field.direction != .both, rules.drift != .leave { words.append("drift: \(rules.drift.rawValue)") }
        if rules.writeLocal != .always, field.direction != .push {
            words.append("writes here \(rules.writeLocal.rawValue)")
        }
        if rules.writeRemote != .always, field.direction != .pull {
            words.append("writes there \(rules.writeRemote.rawValue)")
        }
        switch rules.pushWhen {
        case .band(let width): words.append("pushed by bands of \(width)")
        case .change(let step): words.append("pushed by steps of \(step)")
        case nil: break
        }
        if rules.pushCondition != nil || rules.pullCondition != nil { words.append("when") }
        if field.newValue != nil { words.append("default") }
        return words
    }
}
