import Foundation
package import Records

/// Ties a remote time to a local day: the day in a stated zone, written as its first moment there (R20).
package struct DayLens: AgreementLens {
    /// The zone, as the mapping names it.
    package let zone: String
    private let timeZone: TimeZone

    /// Creates the transform for `UTC` or a zone of the IANA database; nil if there is no such zone.
    package init?(zone: String) {
        // Foundation also takes abbreviations, which are ambiguous.
        guard zone == "UTC" || zone.utf8.contains(0x2F), zone.utf8.count <= 64,
            let timeZone = TimeZone(identifier: zone)
        else { return nil }
        self.zone = zone
        self.timeZone = timeZone
    }

    package var name: String { "date" }
    package var definition: String { "day(\(self.zone))" }
    package var lensClass: LensClass { .quotient }
    package var domain: String { "first moments of days in \(self.zone)" }
    package var canonicalForm: String { "the first moment of the day in \(self.zone)" }
    package var remoteShape: ValueShape { .instant }
    package var localShape: ValueShape { .date }

    func agrees(_ local: Value, _ remote: Value, in context: any LensContext) -> Bool {
        guard case .instant(let instant) = remote, Self.years.contains(instant) else { return false }
        return .date(self.day(of: instant)) == local
    }

    func makeLocal(_ remote: Value, previous: Value, in context: any LensContext) -> LensResult {
        guard case .instant(let instant) = remote, Self.years.contains(instant) else {
            return .unmapped("\(remote.kindName) where a time of the years 1 to 9999 is expected")
        }
        return .value(.date(self.day(of: instant)))
    }

    func makeRemote(_ local: Value, previous: Value, in context: any LensContext) -> LensResult {
        guard case .date(let date) = local, (1...9999).contains(date.parts.year) else {
            return .unmapped("\(local.kindName) where a day of the years 1 to 9999 is expected")
        }
        return .value(.instant(self.start(of: date)))
    }

    /// Foundation's zones, and sums of microseconds, are sound within these.
    private static let years = Instant(milliseconds: -62_135_596_800_000)..<Instant(milliseconds: 253_402_300_800_000)

    private func day(of instant: Instant) -> CalendarDate {
        Instant(microseconds: instant.microseconds + Int64(self.offset(at: instant)) * 1_000_000).date
    }

    /// The first moment of the day: of the offsets around midnight, the one that gives the earliest moment on that day.
    private func start(of date: CalendarDate) -> Instant {
        let midnight = Instant(microseconds: Int64(date.days) * 86_400_000_000)
        let around = [-86_400, 0, 86_400].map { self.offset(at: midnight.advanced(by: .seconds($0))) }
        let candidates = around.map { Instant(microseconds: midnight.microseconds - Int64($0) * 1_000_000) }
        return candidates.filter { self.day(of: $0) == date }.min() ?? midnight
    }

    private func offset(at instant: Instant) -> Int {
        self.timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant.microseconds / 1_000_000)))
    }

    package func sampleLocal(_ source: inout SampleSource) -> Value {
        source.oneIn(8) ? source.blank() : .date(CalendarDate(days: Int32(source.below(36_500))))
    }
}
