import Records

/// For a CRM that keeps only so many decimals: what it rounds away stays with us (R19).
package struct ScaleLens: AgreementLens {
    /// How many decimals the CRM keeps, 0 to 18.
    package let scale: Int
    /// How the others are rounded away.
    package let rounding: Rounding

    /// Creates the transform.
    package init(scale: Int, rounding: Rounding = .halfUp) {
        self.scale = scale
        self.rounding = rounding
    }

    package var name: String { "scale" }
    package var definition: String {
        self.rounding == .halfUp ? "scale(\(self.scale))" : "scale(\(self.scale),\(self.rounding.rawValue))"
    }
    package var lensClass: LensClass { .quotient }
    package var domain: String { "numbers with at most \(self.scale) decimals" }
    package var canonicalForm: String { "rounded to \(self.scale) decimals" }
    package var remoteShape: ValueShape { .number }
    package var localShape: ValueShape { .number }

    func agrees(_ local: Value, _ remote: Value, in context: any LensContext) -> Bool {
        self.rounded(local) == self.rounded(remote)
    }

    func makeLocal(_ remote: Value, previous: Value, in context: any LensContext) -> LensResult { .value(remote) }

    func makeRemote(_ local: Value, previous: Value, in context: any LensContext) -> LensResult {
        .value(self.rounded(local))
    }

    private func rounded(_ value: Value) -> Value {
        guard case .number(let number) = value else { return value }
        return .number(self.rounding.round(number, scale: self.scale))
    }
}
