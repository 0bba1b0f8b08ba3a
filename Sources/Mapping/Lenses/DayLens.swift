package import Records

/// Ties a remote time to a local day: the day in a stated zone, written as its first moment there (R20).
package struct DayLens: AgreementLens {
    private let clock: ZoneClock

    /// Creates the transform for `UTC` or a zone of the IANA database; nil if there is no such zone.
    package init?(zone: String) {
        guard let clock = ZoneClock(zone: zone) else { return nil }
        self.clock = clock
    }

    /// The zone, as the mapping names it.
    package var zone: String { self.clock.zone }
    package var name: String { "date" }
    package var definition: String { "day(\(self.zone))" }
    package var lensClass: LensClass { .quotient }
    package var domain: String { "first moments of days in \(self.zone)" }
    package var canonicalForm: String { "the first moment of the day in \(self.zone)" }
    package var remoteShape: ValueShape { .instant }
    package var localShape: ValueShape { .date }

    func agrees(_ local: Value, _ remote: Value, in context: any LensContext) -> Bool {
        guard case .instant(let instant) = remote, ZoneClock.years.contains(instant) else { return false }
        return .date(self.clock.wall(instant).date) == local
    }

    func makeLocal(_ remote: Value, previous: Value, in context: any LensContext) -> LensResult {
        guard case .instant(let instant) = remote, ZoneClock.years.contains(instant) else {
            return .unmapped("\(remote.kindName) where a time of the years 1 to 9999 is expected")
        }
        return .value(.date(self.clock.wall(instant).date))
    }

    func makeRemote(_ local: Value, previous: Value, in context: any LensContext) -> LensResult {
        guard case .date(let date) = local, (1...9999).contains(date.parts.year) else {
            return .unmapped("\(local.kindName) where a day of the years 1 to 9999 is expected")
        }
        return .value(.instant(self.clock.start(of: date)))
    }

    package func sampleLocal(_ source: inout SampleSource) -> Value {
        source.oneIn(8) ? source.blank() : .date(CalendarDate(days: Int32(source.below(36_500))))
    }
}
