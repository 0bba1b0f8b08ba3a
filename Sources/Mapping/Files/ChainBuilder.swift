import Records

/// Puts a field's transforms between its wire form and its local type, with the coercions that they need.
struct ChainBuilder {
    let findings: Findings
    let lifecycle: Lifecycle

    /// The chain of a property field; nil with a finding if the pieces do not fit.
    func chain(_ via: [any CheckedLens], to property: PropertySchema, at location: SourceLocation) -> LensChain? {
        let wanted = property.type.shape
        var lenses: [any CheckedLens] = []
        var current: ValueShape?
        for lens in via {
            guard let needed = self.needed(by: lens, current: current, of: wanted, in: via) else { continue }
            if let current, current != needed, !Self.canCoerce(current, needed) {
                self.findings.error(
                    at: location,
                    "\(lens.name) cannot follow: it takes \(needed.rawValue), but gets \(current.rawValue)",
                    mend: "change the order of via, or remove \(lens.name)"
                )
                return nil
            }
            if current != needed { lenses.append(CoercionLens(needed)) }
            lenses.append(lens)
            current = lens.localShape == .texts ? needed : lens.localShape
        }
        if let current, current != wanted, !Self.canCoerce(current, wanted) {
            self.findings.error(
                at: location,
                "via gives \(current.rawValue), but \(property.name) is \(property.type.name)",
                mend: Self.mend(current, wanted)
            )
            return nil
        }
        if current != wanted { lenses.append(CoercionLens(wanted)) }
        return LensChain(lenses + self.guards(property.type))
    }

    /// What a transform reads: for those that take text and sets alike, what comes in, or what the property holds.
    private func needed(
        by lens: any CheckedLens,
        current: ValueShape?,
        of wanted: ValueShape,
        in via: [any CheckedLens]
    ) -> ValueShape? {
        guard lens.remoteShape == .texts else { return lens.remoteShape }
        if let current, current == .text || current == .set { return current }
        return wanted == .set && !via.contains { $0 is SetLens } ? .set : .text
    }

    private func guards(_ type: PropertyType) -> [any CheckedLens] {
        switch type {
        case .option(let options): [OptionLens(options, isSet: false)]
        case .set(let options) where !options.isEmpty: [OptionLens(options, isSet: true)]
        case .stage: [OptionLens(self.lifecycle.stages + self.lifecycle.sideStages, isSet: false)]
        case .set, .text, .number, .flag, .date, .instant, .owner, .reference: []
        }
    }

    /// Text can be read as anything but a set of several; the others only as text.
    private static func canCoerce(_ from: ValueShape, _ to: ValueShape) -> Bool {
        switch (from, to) {
        case (.text, .number), (.text, .flag), (.text, .date), (.text, .instant): true
        case (.number, .text), (.flag, .text), (.date, .text), (.instant, .text): true
        default: false
        }
    }

    private static func mend(_ current: ValueShape, _ wanted: ValueShape) -> String {
        switch (current, wanted) {
        case (.instant, .date): "add { date: { zone: Europe/Paris } }, with the zone that decides which day it is"
        case (.date, .instant):
            "write { datetime: { format: …, zone: Europe/Paris } } with the zone, or map a property of type date"
        case (.text, .set): "add { set: \";\" } with what separates the elements"
        case (.set, .text): "remove set, or map a property of type set"
        default: "change via, or the type in the schema"
        }
    }
}

extension PropertyType {
    /// What stands at the local end of a field's transforms.
    var shape: ValueShape {
        switch self {
        case .text, .option, .stage, .owner, .reference: .text
        case .number: .number
        case .flag: .flag
        case .date: .date
        case .instant: .instant
        case .set: .set
        }
    }
}
