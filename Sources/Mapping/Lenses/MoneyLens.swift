import Records

/// An amount of money, in the currency that is stated or that moves with it (R15).
///
/// With a stated currency amounts are rounded to its decimals (ISO 4217's minor unit); else nothing is rounded.
package struct MoneyLens: AgreementLens {
    /// The ISO 4217 code; nil if the currency is a field of the amount's group.
    package let currency: String?

    /// Creates the transform; nil if the currency is not three capital letters.
    package init?(currency: String?) {
        if let currency {
            guard currency.utf8.count == 3, currency.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else { return nil }
        }
        self.currency = currency
    }

    /// The transform with a currency, where it has none of its own.
    func filled(_ currency: String) -> MoneyLens? { self.currency == nil ? MoneyLens(currency: currency) : self }

    /// How many decimals the currency has; nil without a stated one.
    package var decimals: Int? {
        guard let currency = self.currency else { return nil }
        if Self.withoutDecimals.contains(currency) { return 0 }
        return Self.withThree.contains(currency) ? 3 : 2
    }

    /// ISO 4217's currencies with a minor unit of 0.
    private static let withoutDecimals: Set<String> = [
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF",
        "XPF",
    ]
    /// ISO 4217's currencies with a minor unit of 3.
    private static let withThree: Set<String> = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]

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
