package import Records

/// The kinds of values that stand between two transforms.
package enum ValueShape: String, Hashable, Sendable {
    case text
    case number
    case flag
    case date
    case instant
    case set
    /// Text, or every element of a set.
    case texts
}

/// A transform that can be described, checked and hashed.
///
/// Two are equal only if they do the same with every value: what a law check found of one is told of the other.
package protocol CheckedLens: Lens, Hashable {
    /// The name in a mapping's `via`.
    var name: String { get }
    /// Everything that decides what the transform does, in one canonical line; part of a field's fingerprint.
    var definition: String { get }
    /// The values for which nothing is lost.
    var domain: String { get }
    /// The form that values take on the way; "the same" for an iso.
    var canonicalForm: String { get }
    /// What it reads on its remote side.
    var remoteShape: ValueShape { get }
    /// What it gives on its local side.
    var localShape: ValueShape { get }
    /// Whether the laws are only promised for local values that it gave itself.
    var localIsImage: Bool { get }
    /// A local value for law checks, edge cases included.
    func sampleLocal(_ source: inout SampleSource) -> Value
    /// A remote value for law checks, edge cases included.
    func sampleRemote(_ source: inout SampleSource) -> Value
}

extension CheckedLens {
    package var definition: String { self.name }
    package var domain: String { "every value" }
    package var canonicalForm: String { "the same" }
    package var remoteShape: ValueShape { .texts }
    package var localShape: ValueShape { .texts }
    package var localIsImage: Bool { false }
    package func sampleLocal(_ source: inout SampleSource) -> Value { source.value(of: self.localShape) }
    package func sampleRemote(_ source: inout SampleSource) -> Value { source.value(of: self.remoteShape) }
}

/// A transform that is defined by when two values agree, and by what to write when they do not.
///
/// Both laws then hold by construction, provided that what is written agrees with what it was made from: a side that
/// agrees already keeps its own spelling, and nothing else is asked.
protocol AgreementLens: CheckedLens {
    /// Whether two values that are not blank say the same.
    func agrees(_ local: Value, _ remote: Value, in context: any LensContext) -> Bool
    /// The local value for a remote one that is not blank and does not agree with `previous`.
    func makeLocal(_ remote: Value, previous: Value, in context: any LensContext) -> LensResult
    /// The remote value for a local one that is not blank and does not agree with `previous`.
    func makeRemote(_ local: Value, previous: Value, in context: any LensContext) -> LensResult
    /// What stays of a value that is cleared from the other side: elements of which that side knows nothing.
    func remains(of value: Value, on side: Side, in context: any LensContext) -> Value
}

extension AgreementLens {
    func remains(of value: Value, on side: Side, in context: any LensContext) -> Value { .null }

    package func toLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult {
        self.carryToLocal(remote, previous: local, in: context)
    }

    package func toRemote(_ local: Value, previous remote: Value, in context: any LensContext) -> LensResult {
        self.carryToRemote(local, previous: remote, in: context)
    }

    /// `toLocal` as agreement has it, for transforms that have a shorter way for some values only.
    func carryToLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult {
        if remote.isBlank { return .value(self.clear(local, on: .local, as: remote, in: context)) }
        if !local.isBlank, self.agrees(local, remote, in: context) { return .value(local) }
        return self.makeLocal(remote, previous: local, in: context)
    }

    /// `toRemote` as agreement has it.
    func carryToRemote(_ local: Value, previous remote: Value, in context: any LensContext) -> LensResult {
        if local.isBlank { return .value(self.clear(remote, on: .remote, as: local, in: context)) }
        if !remote.isBlank, self.agrees(local, remote, in: context) { return .value(remote) }
        return self.makeRemote(local, previous: remote, in: context)
    }

    private func clear(_ value: Value, on side: Side, as blank: Value, in context: any LensContext) -> Value {
        if value.isBlank || blank == .absent { return Blank.carried(blank, onto: value) }
        let rest = self.remains(of: value, on: side, in: context)
        return rest.isBlank ? .null : rest
    }
}

/// What a blank on one side becomes on the other.
enum Blank {
    /// A side that is blank already keeps its own kind of blank; otherwise a clear is null, and "nothing said" stays so.
    static func carried(_ blank: Value, onto previous: Value) -> Value {
        if previous.isBlank { return previous }
        return blank == .absent ? .absent : .null
    }
}
