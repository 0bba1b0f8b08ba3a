package import Records

/// For a CRM that writes something before or behind each value, such as `https://`.
///
/// A remote value without it is left as it is.
package struct AffixLens: AgreementLens {
    /// Where the addition stands.
    package enum Place: String, Hashable, Sendable {
        case prefix
        case suffix
    }

    /// Where the addition stands.
    package let place: Place
    /// The addition.
    package let affix: Text

    /// Creates the transform.
    package init(_ place: Place, _ affix: Text) {
        self.place = place
        self.affix = affix
    }

    package var name: String { self.place.rawValue }
    package var definition: String { "\(self.place.rawValue)(\(self.affix.string))" }
    package var lensClass: LensClass { .partial }
    package var domain: String { "remote values with the \(self.place.rawValue)" }
    package var canonicalForm: String { "without the \(self.place.rawValue)" }
    package var remoteShape: ValueShape { .text }
    package var localShape: ValueShape { .text }

    func agrees(_ local: Value, _ remote: Value, in context: any LensContext) -> Bool {
        self.added(to: local) == remote || (self.removed(from: remote) ?? remote) == local
    }

    func makeLocal(_ remote: Value, previous: Value, in context: any LensContext) -> LensResult {
        .value(self.removed(from: remote) ?? remote)
    }

    func makeRemote(_ local: Value, previous: Value, in context: any LensContext) -> LensResult {
        .value(self.added(to: local))
    }

    private func added(to value: Value) -> Value {
        guard case .text(let text) = value else { return value }
        return .text(self.place == .prefix ? self.affix.string + text.string : text.string + self.affix.string)
    }

    /// The value without the addition; nil if it has none, or nothing else.
    private func removed(from value: Value) -> Value? {
        guard case .text(let text) = value else { return nil }
        let (bytes, affix) = (Array(text.string.utf8), Array(self.affix.string.utf8))
        guard bytes.count > affix.count else { return nil }
        switch self.place {
        case .prefix:
            guard bytes.starts(with: affix) else { return nil }
            return String(validating: bytes.dropFirst(affix.count), as: UTF8.self).map { .text($0) }
        case .suffix:
            guard bytes.suffix(affix.count).elementsEqual(affix) else { return nil }
            return String(validating: bytes.dropLast(affix.count), as: UTF8.self).map { .text($0) }
        }
    }

    package func sampleRemote(_ source: inout SampleSource) -> Value {
        let value = source.value(of: .text)
        return source.oneIn(2) ? value : self.added(to: value)
    }
}
