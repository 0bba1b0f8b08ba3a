package import Records

/// Ties the set of a record's associated remote records to a reference, or to a set of references (R16).
///
/// Elements without a link pass through: they stay where they are and appear nowhere else. A single reference reads the
/// record that it names already if that is among several, else the first by id; it writes a set of one.
package struct AssociationLens: AgreementLens {
    private let reference: ReferenceLens
    /// Whether the local side holds one reference instead of a set.
    package let isSingle: Bool
    /// The API's label of the associations, such as `primary`; at most one record can have that label.
    package let label: String?

    /// Creates the transform.
    package init(remoteObject: String, isSingle: Bool, label: String? = nil) {
        self.reference = ReferenceLens(remoteObject: remoteObject)
        self.isSingle = isSingle
        self.label = label
    }

    package var name: String { "association" }
    package var definition: String {
        "association(\(self.reference.remoteObject),\(self.isSingle ? "one" : "many"),\(self.label ?? ""))"
    }
    package var lensClass: LensClass { .partial }
    package var domain: String { "records that are linked in the connection" }
    package var remoteShape: ValueShape { .set }
    package var localShape: ValueShape { self.isSingle ? .text : .set }

    func agrees(_ local: Value, _ remote: Value, in context: any LensContext) -> Bool {
        self.makeLocal(remote, previous: local, in: context) == .value(local)
    }

    func makeLocal(_ remote: Value, previous: Value, in context: any LensContext) -> LensResult {
        let ids = remote.elements
        let linked = ids.compactMap { self.reference.record(for: $0, in: context) }
        guard self.isSingle else {
            let unlinked = previous.elements.filter { self.reference.remoteID(of: $0, in: context) == nil }
            let result = Value.set(of: linked + unlinked)
            return result.isBlank && !ids.isEmpty ? .unlinked : .value(result)
        }
        if case .text(let current) = previous, linked.contains(current) { return .value(previous) }
        return linked.first.map { .value(.text($0)) } ?? .unlinked
    }

    func makeRemote(_ local: Value, previous: Value, in context: any LensContext) -> LensResult {
        let wanted = local.text.map { [$0] } ?? local.elements
        let ids = wanted.compactMap { self.reference.remoteID(of: $0, in: context) }
        if self.isSingle {
            guard !ids.isEmpty else { return .unlinked }
            return .value(.set(of: ids + (self.label == nil ? self.unlinked(in: previous, context) : [])))
        }
        let result = Value.set(of: ids + self.unlinked(in: previous, context))
        return result.isBlank ? .unlinked : .value(result)
    }

    func remains(of value: Value, on side: Side, in context: any LensContext) -> Value {
        guard side == .local else { return .set(self.unlinked(in: value, context)) }
        return .set(value.elements.filter { self.reference.remoteID(of: $0, in: context) == nil })
    }

    private func unlinked(in remote: Value, _ context: any LensContext) -> [Text] {
        if Breakage.removeAssociationWithoutLink.isOn { return [] }
        return remote.elements.filter { self.reference.record(for: $0, in: context) == nil }
    }

    package func sampleLocal(_ source: inout SampleSource) -> Value {
        if self.isSingle { return self.reference.sampleLocal(&source) }
        return .set(of: (0..<source.below(4)).compactMap { _ in self.reference.sampleLocal(&source).text })
    }

    package func sampleRemote(_ source: inout SampleSource) -> Value {
        if source.oneIn(8) { return source.pick([.absent, .null, .set([])]) ?? .null }
        return .set(of: (0..<source.below(4)).compactMap { _ in self.reference.sampleRemote(&source).text })
    }
}
