import Records

/// For a CRM that keeps only the first so many code points: what it cannot hold stays with us (R19).
package struct TruncateLens: AgreementLens {
    /// How many code points the CRM keeps.
    package let length: Int

    /// Creates the transform.
    package init(length: Int) {
        self.length = length
    }

    package var name: String { "truncate" }
    package var definition: String { "truncate(\(self.length))" }
    package var lensClass: LensClass { .quotient }
    package var domain: String { "texts of at most \(self.length) code points" }
    package var canonicalForm: String { "the first \(self.length) code points" }
    package var remoteShape: ValueShape { .text }
    package var localShape: ValueShape { .text }

    func agrees(_ local: Value, _ remote: Value, in context: any LensContext) -> Bool {
        self.cut(local) == self.cut(remote)
    }

    func makeLocal(_ remote: Value, previous: Value, in context: any LensContext) -> LensResult { .value(remote) }

    func makeRemote(_ local: Value, previous: Value, in context: any LensContext) -> LensResult {
        .value(self.cut(local))
    }

    private func cut(_ value: Value) -> Value {
        guard case .text(let text) = value, text.string.utf8.count > self.length else { return value }
        let scalars = text.string.unicodeScalars
        guard let end = scalars.index(scalars.startIndex, offsetBy: self.length, limitedBy: scalars.endIndex) else {
            return value
        }
        return .text(String(scalars[..<end]))
    }
}
