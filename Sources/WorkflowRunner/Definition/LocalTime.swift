import Foundation
package import Records

/// A time of day in a named zone, with stated rules for the days on which clocks change: a time that the day skips is the
/// first moment after the gap, a time that the day has twice is the first of both.
package struct LocalTime: Hashable, Sendable {
    /// Minutes since midnight, 0 to 1439.
    package let minutes: Int
    /// The name of the zone in the IANA database.
    package let zone: String
    private let data: TimeZone

    /// Creates a time of day; nil for a zone that is not in the database, or minutes outside a day.
    package init?(minutes: Int, zone: String) {
        // Foundation also takes abbreviations and offsets, which say nothing about clock changes.
        let isName = zone == "UTC" || zone.utf8.contains(UInt8(ascii: "/"))
        guard (0..<1440).contains(minutes), isName, let data = TimeZone(identifier: zone) else { return nil }
        self.minutes = minutes
        self.zone = zone
        self.data = data
    }

    /// Reads `HH:MM`; nil for anything else.
    package static func minutes(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":") else { return nil }
        let digits = [0, 1, 3, 4].map { Int(bytes[$0]) - 0x30 }
        guard digits.allSatisfy({ (0...9).contains($0) }) else { return nil }
        let (hour, minute) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3])
        return hour < 24 && minute < 60 ? hour * 60 + minute : nil
    }

    /// The first moment from `earliest` on at which it is this time; with `weekdays`, Monday to Friday only.
    package func next(from earliest: Instant, weekdays: Bool = false) -> Instant {
        var day = self.day(of: earliest)
        while true {
            let moment = self.moment(on: day)
            if moment >= earliest, !weekdays || Self.isWeekday(day) { return moment }
            day = CalendarDate(days: day.days + 1)
        }
    }

    /// This time on a day.
    package func moment(on day: CalendarDate) -> Instant {
        let local = Int64(day.days) * 86_400 + Int64(self.minutes) * 60
        let (before, after) = (self.offset(at: local - 86_400), self.offset(at: local + 86_400))
        for offset in [before, after] where self.offset(at: local - offset) == offset {
            return Instant(microseconds: (local - offset) * 1_000_000)
        }
        // The clock jumps over it: find the jump.
        var (low, high) = (local - max(before, after) - 1, local - min(before, after) + 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if self.offset(at: middle) == before { low = middle } else { high = middle }
        }
        return Instant(microseconds: high * 1_000_000)
    }

    /// The day in the zone.
    package func day(of instant: Instant) -> CalendarDate {
        let seconds = (instant.microseconds - (instant.microseconds < 0 ? 999_999 : 0)) / 1_000_000
        let local = seconds + self.offset(at: seconds)
        return CalendarDate(days: Int32((local - (local < 0 ? 86_399 : 0)) / 86_400))
    }

    /// Minutes since midnight in the zone.
    package func minuteOfDay(of instant: Instant) -> Int {
        let seconds = instant.microseconds / 1_000_000
        let local = seconds + self.offset(at: seconds)
        return Int(((local % 86_400) + 86_400) % 86_400) / 60
    }

    /// Seconds east of Greenwich at a number of seconds since 1970.
    private func offset(at seconds: Int64) -> Int64 {
        Int64(self.data.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
    }

    /// 1970-01-01 was a Thursday.
    private static func isWeekday(_ day: CalendarDate) -> Bool {
        let number = ((Int(day.days) + 3) % 7 + 7) % 7
        return number < 5
    }
}

extension LocalTime: CustomStringConvertible {
    /// `09:00 Europe/Paris`.
    package var description: String {
        let (hour, minute) = (self.minutes / 60, self.minutes % 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute) \(self.zone)"
    }
}

/// Hours in which nobody is written to, such as from 21:00 to 08:00.
package struct QuietHours: Hashable, Sendable {
    /// When they begin.
    package let from: LocalTime
    /// When they end; earlier in the day than `from` if they last over midnight.
    package let to: LocalTime

    /// Creates quiet hours.
    package init(from: LocalTime, to: LocalTime) {
        self.from = from
        self.to = to
    }

    /// When one may write again; nil if one may now.
    package func end(after now: Instant) -> Instant? {
        let minute = self.from.minuteOfDay(of: now)
        let (from, to) = (self.from.minutes, self.to.minutes)
        let isQuiet = from <= to ? (from..<to).contains(minute) : minute >= from || minute < to
        guard isQuiet else { return nil }
        return self.to.next(from: Instant(microseconds: now.microseconds + 1))
    }
}

/// How often one person may be written to, by all workflows together.
package struct FrequencyCap: Hashable, Sendable {
    /// The most mails.
    package let mails: Int
    /// In any span of this length.
    package let span: Duration

    /// Creates a cap.
    package init(mails: Int, span: Duration) {
        self.mails = mails
        self.span = span
    }
}
