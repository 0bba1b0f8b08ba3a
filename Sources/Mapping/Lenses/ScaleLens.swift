import Records

/// For a CRM that keeps only so many decimals: what it rounds away stays with us (R19).
///
/// Halves are rounded away from zero, as accountants and most CRMs do.
package struct ScaleLens: AgreementLens {
    /// How many decimals the CRM keeps, 0 to 18.
    package let scale: Int

    /// Creates the transform.
    package init(scale: Int) {
        self.scale = scale
    }

    package var name: String { "scale" }
    package var definition: String { "scale(\(self.scale))" }
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
        guard case .number(let number) = value, Int(number.scale) > self.scale else { return value }
        let unit = (0..<(Int(number.scale) - self.scale)).reduce(Int64(1)) { product, _ in product * 10 }
        let (quotient, remainder) = number.significand.quotientAndRemainder(dividingBy: unit)
        let isUp = remainder.magnitude >= unit.magnitude - remainder.magnitude
        let rounded = quotient + (isUp ? number.significand.signum() : 0)
        return Number(significand: rounded, scale: self.scale).map { .number($0) } ?? value
    }
}
