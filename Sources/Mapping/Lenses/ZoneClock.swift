import Foundation
import Records

/// The wall clock of a time zone.
struct ZoneClock: Hashable, Sendable {
    /// The zone, as the mapping names it.
    let zone: String
    private let timeZone: TimeZone

    /// Creates the clock of `UTC` or a zone of the IANA database; nil if there is no such zone.
    init?(zone: String) {
        // Foundation also takes abbreviations, which are ambiguous.
        guard zone == "UTC" || zone.utf8.contains(0x2F), zone.utf8.count <= 64,
            let timeZone = TimeZone(identifier: zone)
        else { return nil }
        self.zone = zone
        self.timeZone = timeZone
    }

    /// Foundation's zones, and sums of microseconds, are sound within these.
    static let years = Instant(milliseconds: -62_135_596_800_000)..<Instant(milliseconds: 253_402_300_800_000)

    /// What the clock shows, as if it were UTC.
    func wall(_ instant: Instant) -> Instant {
        Instant(microseconds: instant.microseconds + Int64(self.offset(at: instant)) * 1_000_000)
    }

    /// The earliest moment at which the clock shows that; nil where it never does, as when clocks are put forward.
    func instant(showing wall: Instant) -> Instant? {
        self.candidates(near: wall).filter { self.wall($0) == wall }.min()
    }

    /// The first moment of the day, which need not be midnight.
    func start(of date: CalendarDate) -> Instant {
        let midnight = Instant(microseconds: Int64(date.days) * 86_400_000_000)
        return self.candidates(near: midnight).filter { self.wall($0).date == date }.min() ?? midnight
    }

    /// The moments that the offsets around a wall time give.
    private func candidates(near wall: Instant) -> [Instant] {
        [-86_400, 0, 86_400].map { self.offset(at: wall.advanced(by: .seconds($0))) }
            .map { Instant(microseconds: wall.microseconds - Int64($0) * 1_000_000) }
    }

    private func offset(at instant: Instant) -> Int {
        self.timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant.microseconds / 1_000_000)))
    }
}
