package import Records

/// Ties a local property to one part of a remote text whose other parts are fields of their own: see `JointText`.
///
/// Its remote value is the part alone. Every text that cannot be such a part is outside the domain.
package struct PartLens: CheckedLens {
    /// How the whole text is made.
    package let form: TextParts
    /// Which part it is, from 0.
    package let part: Int

    package var name: String { "split" }
    package var definition: String {
        let alone = self.form.alone.map { "|\($0 + 1)" } ?? ""
        return "part(\(self.form.separator)|\(self.part + 1)/\(self.form.count)\(alone))"
    }
    package var lensClass: LensClass { .partial }
    package var domain: String { self.form.domain }
    package var canonicalForm: String { "part \(self.part + 1) of \(self.form.count)" }
    package var remoteShape: ValueShape { .text }
    package var localShape: ValueShape { .text }

    package func toLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult {
        if remote.isBlank { return .value(Blank.carried(remote, onto: local)) }
        guard case .text(let text) = remote, self.form.isPart(text) else { return .unmapped(self.form.complaint) }
        return .value(remote)
    }

    package func toRemote(_ local: Value, previous remote: Value, in context: any LensContext) -> LensResult {
        if case .set = remote {
            return .unmapped("the other parts are unknown, as the CRM holds no text of \(self.form.count) parts")
        }
        if local.isBlank { return .value(Blank.carried(local, onto: remote)) }
        guard case .text(let text) = local else { return .unmapped("\(local.kindName) where text is expected") }
        return self.form.isPart(text)
            ? .value(local) : .unmapped("a part that contains \"\(self.form.separator)\"")
    }

    package func sampleRemote(_ source: inout SampleSource) -> Value {
        source.oneIn(6)
            ? .set([source.text()])
            : source.oneIn(3) ? source.value(of: .text) : source.pick(["Ada", "Hopper"]) ?? .null
    }

    package func sampleLocal(_ source: inout SampleSource) -> Value {
        source.oneIn(3) ? source.value(of: .text) : source.pick(["Ada", "Lovelace", "Hopper"]) ?? .null
    }
}
