package import Records

/// Lets only the options of the local property in; the outermost transform of option, stage and limited set fields.
///
/// What we hold is never held back. In a set, remote elements that are no option stay with the CRM; one that we hold
/// all the same, because it was an option once, is there as long as the CRM has it too: kept here alone it would be
/// written back to a CRM that took it out.
package struct OptionLens: AgreementLens {
    /// The options.
    package let options: [Text]
    private let known: TextTable
    private let isSet: Bool

    /// Creates the transform; `isSet` for properties that hold any number of options.
    package init(_ options: [Text], isSet: Bool) {
        self.options = options
        self.known = TextTable(Dictionary(options.map { ($0, $0) }) { first, _ in first })
        self.isSet = isSet
    }

    package var name: String { "options" }
    // Which options a property has does not decide what a shadow means.
    package var definition: String { "options" }
    package var lensClass: LensClass { self.isSet ? .partial : .iso }
    package var domain: String { "the \(self.options.count) options of the local property" }
    package var remoteShape: ValueShape { self.isSet ? .set : .text }
    package var localShape: ValueShape { self.isSet ? .set : .text }

    private func isKnown(_ option: Text) -> Bool { self.known[option] != nil }

    func agrees(_ local: Value, _ remote: Value, in context: any LensContext) -> Bool {
        local == remote || (self.isSet && self.makeLocal(remote, previous: local, in: context) == .value(local))
    }

    func makeLocal(_ remote: Value, previous: Value, in context: any LensContext) -> LensResult {
        switch remote {
        case .text(let text) where self.isKnown(text): return .value(remote)
        case .set(let elements):
            let kept = previous.elements.filter { !self.isKnown($0) && elements.contains($0) }
            let result = Value.set(of: elements.filter { self.isKnown($0) } + kept)
            return result.isBlank ? .unmapped("no option of the local property") : .value(result)
        default: return .unmapped("no option of the local property")
        }
    }

    func makeRemote(_ local: Value, previous: Value, in context: any LensContext) -> LensResult {
        guard self.isSet, case .set(let elements) = local else { return .value(local) }
        return .value(.set(of: elements + previous.elements.filter { !self.isKnown($0) }))
    }

    func remains(of value: Value, on side: Side, in context: any LensContext) -> Value {
        side == .local ? .null : .set(value.elements.filter { !self.isKnown($0) })
    }

    package func sampleLocal(_ source: inout SampleSource) -> Value { self.sample(&source, unknownOneIn: 5) }
    package func sampleRemote(_ source: inout SampleSource) -> Value { self.sample(&source, unknownOneIn: 5) }

    private func sample(_ source: inout SampleSource, unknownOneIn rarity: Int) -> Value {
        if source.oneIn(8) { return source.blank() }
        func one(_ source: inout SampleSource) -> Text {
            source.oneIn(rarity) ? source.text() : source.pick(self.options) ?? ""
        }
        return self.isSet ? .set(of: (0..<source.below(4)).map { _ in one(&source) }) : .text(one(&source))
    }
}
