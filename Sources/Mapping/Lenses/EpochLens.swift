package import Records

/// Ties a time to the seconds or milliseconds since 1970 in which a CRM counts.
package struct EpochLens: AgreementLens {
    /// What the CRM counts in.
    package enum Unit: String, Hashable, Sendable, CaseIterable {
        case seconds
        case milliseconds

        /// How many microseconds one is.
        var microseconds: Int64 { self == .seconds ? 1_000_000 : 1000 }
    }

    /// What the CRM counts in.
    package let unit: Unit

    /// Creates the transform.
    package init(_ unit: Unit) {
        self.unit = unit
    }

    package var name: String { "epoch" }
    package var definition: String { "epoch(\(self.unit.rawValue))" }
    package var lensClass: LensClass { .quotient }
    package var domain: String { "whole \(self.unit.rawValue) of the years 1 to 9999" }
    package var canonicalForm: String { "\(self.unit.rawValue) since 1970 in UTC, cut off" }
    package var remoteShape: ValueShape { .number }
    package var localShape: ValueShape { .instant }

    func agrees(_ local: Value, _ remote: Value, in context: any LensContext) -> Bool {
        guard let count = self.count(of: local) else { return false }
        return .number(count) == remote
    }

    func makeLocal(_ remote: Value, previous: Value, in context: any LensContext) -> LensResult {
        guard case .number(let number) = remote, let count = number.integer,
            case let (microseconds, isTooLarge) = count.multipliedReportingOverflow(by: self.unit.microseconds),
            !isTooLarge, ZoneClock.years.contains(Instant(microseconds: microseconds))
        else { return .unmapped("no whole \(self.unit.rawValue) of the years 1 to 9999") }
        return .value(.instant(Instant(microseconds: microseconds)))
    }

    func makeRemote(_ local: Value, previous: Value, in context: any LensContext) -> LensResult {
        self.count(of: local).map { .value(.number($0)) }
            ?? .unmapped("\(local.kindName) where a time of the years 1 to 9999 is expected")
    }

    private func count(of value: Value) -> Int64? {
        guard case .instant(let instant) = value, ZoneClock.years.contains(instant) else { return nil }
        let (quotient, rest) = instant.microseconds.quotientAndRemainder(dividingBy: self.unit.microseconds)
        return rest < 0 ? quotient - 1 : quotient
    }

    package func sampleRemote(_ source: inout SampleSource) -> Value {
        if source.oneIn(6) { return source.value(of: .number) }
        return self.count(of: .instant(source.instant())).map { .number($0) } ?? .null
    }
}
