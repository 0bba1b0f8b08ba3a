package import Records

/// Ties a country in one spelling to the same country in another: ISO codes, English and French names.
///
/// Every spelling is read on both sides, and a side that names the same country keeps its own.
package struct CountryLens: AgreementLens {
    /// The spellings that are written.
    package enum Form: String, Hashable, Sendable, CaseIterable {
        /// Two letters of ISO 3166-1: `FR`.
        case alpha2
        /// Three letters of ISO 3166-1: `FRA`.
        case alpha3
        /// The English name.
        case english
        /// The French name.
        case french
    }

    /// What is written to our side.
    package let local: Form
    /// What is written to the CRM.
    package let remote: Form

    /// Creates the transform.
    package init(local: Form = .alpha2, remote: Form) {
        self.local = local
        self.remote = remote
    }

    package var name: String { "country" }
    package var definition: String { "country(\(self.local.rawValue),\(self.remote.rawValue))" }
    package var lensClass: LensClass { .quotient }
    package var domain: String { "\(CountryTable.all.count) countries, by ISO code, English or French name" }
    package var canonicalForm: String { "\(self.local.rawValue) here, \(self.remote.rawValue) in the CRM" }
    package var remoteShape: ValueShape { .text }
    package var localShape: ValueShape { .text }

    func agrees(_ local: Value, _ remote: Value, in context: any LensContext) -> Bool {
        guard let left = Self.country(local), let right = Self.country(remote) else { return false }
        return left.alpha2 == right.alpha2
    }

    func makeLocal(_ remote: Value, previous: Value, in context: any LensContext) -> LensResult {
        Self.written(remote, as: self.local)
    }

    func makeRemote(_ local: Value, previous: Value, in context: any LensContext) -> LensResult {
        Self.written(local, as: self.remote)
    }

    private static func country(_ value: Value) -> CountryTable.Country? {
        value.text.flatMap { CountryTable.country($0) }
    }

    private static func written(_ value: Value, as form: Form) -> LensResult {
        guard let country = Self.country(value) else { return .unmapped("no country of the table") }
        return .value(.text(Self.spelling(of: country, form)))
    }

    private static func spelling(of country: CountryTable.Country, _ form: Form) -> Text {
        switch form {
        case .alpha2: country.alpha2
        case .alpha3: country.alpha3
        case .english: country.english
        case .french: country.french
        }
    }

    package func sampleLocal(_ source: inout SampleSource) -> Value { self.sampleRemote(&source) }

    package func sampleRemote(_ source: inout SampleSource) -> Value {
        if source.oneIn(6) { return source.value(of: .text) }
        guard let country = source.pick(CountryTable.all), let form = source.pick(Form.allCases) else { return .null }
        let text = Self.spelling(of: country, form)
        return .text(source.oneIn(4) ? TextBytes.lowercased(text) : text)
    }
}
