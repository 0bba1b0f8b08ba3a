import Records

/// An amount of money, in the currency that is stated or that moves with it (R15).
///
/// With a stated currency amounts are rounded to its decimals (ISO 4217's minor unit); else nothing is rounded.
package struct MoneyLens: AgreementLens {
    /// The ISO 4217 code; nil if the currency is a field of the amount's group.
    package let currency: String?

    /// Creates the transform; nil if ISO 4217 has no such currency.
    package init?(currency: String?) {
        let decimals = currency.flatMap { CurrencyTable.decimals(of: $0) }
        guard currency == nil || decimals != nil else { return nil }
        self.currency = currency
        self.decimals = decimals
    }

    /// The transform with a currency, where it has none of its own.
    func filled(_ currency: String) -> MoneyLens? { self.currency == nil ? MoneyLens(currency: currency) : self }

    /// How many decimals the currency has; nil without a stated one.
    package let decimals: Int?

    package var name: String { "money" }
    package var definition: String { "money(\(self.currency ?? ""))" }
    package var lensClass: LensClass { self.currency == nil ? .iso : .quotient }
    package var domain: String { self.decimals.map { "amounts with at most \($0) decimals" } ?? "every amount" }
    package var canonicalForm: String { self.decimals.map { "rounded to \($0) decimals" } ?? "the same" }
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
        guard case .number(let number) = value, let decimals = self.decimals else { return value }
        return .number(Rounding.halfUp.round(number, scale: decimals))
    }
}
