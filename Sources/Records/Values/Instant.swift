/// A point in time, in microseconds since 1970-01-01T00:00:00Z.
///
/// Microseconds, because some CRMs (Tryton) stamp records with them and compare by them.
package struct Instant: Hashable, Comparable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    package let microseconds: Int64

    /// Creates an instant from microseconds since 1970.
    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Creates an instant from milliseconds since 1970.
    package init(milliseconds: Int64) {
        self.microseconds = milliseconds * 1000
    }

    /// Milliseconds since 1970, rounded down.
    package var milliseconds: Int64 {
        self.microseconds >= 0 ? self.microseconds / 1000 : (self.microseconds - 999) / 1000
    }

    /// Reads RFC 3339: `2026-11-22T09:30:00Z`, with 0 to 9 decimals of a second and `Z` or `±hh:mm`.
    ///
    /// Decimals beyond the sixth are cut. nil for anything else; a time without a zone is not an instant.
    package init?(parsing bytes: some RandomAccessCollection<UInt8>) {
        let text = Array(bytes)
        guard text.count >= 20, let date = CalendarDate(parsing: text[0..<10]), text[10] == 0x54 || text[10] == 0x20,
            let hour = Self.number(text, 11), text[13] == 0x3A, let minute = Self.number(text, 14), text[16] == 0x3A,
            let second = Self.number(text, 17), hour < 24, minute < 60, second < 61
        else { return nil }
        var index = 19
        guard let fraction = Self.fraction(text, &index), let offset = Self.offset(text, index) else { return nil }
        let seconds = Int64(date.days) * 86_400 + Int64(hour * 3600 + minute * 60 + second) - Int64(offset) * 60
        self.microseconds = seconds * 1_000_000 + fraction
    }

    /// Reads RFC 3339; see `init(parsing:)`.
    package init?(_ text: String) {
        self.init(parsing: Array(text.utf8))
    }

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.microseconds < rhs.microseconds }

    /// The instant `duration` later.
    package func advanced(by duration: Duration) -> Instant {
        let (seconds, attoseconds) = duration.components
        return Instant(microseconds: self.microseconds + seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }

    /// The day in UTC.
    package var date: CalendarDate {
        let seconds = self.microseconds >= 0 ? self.microseconds : self.microseconds - 86_399_999_999
        return CalendarDate(days: Int32(seconds / 86_400_000_000))
    }

    private static func number(_ text: [UInt8], _ index: Int) -> Int? {
        guard index + 1 < text.count, (0x30...0x39).contains(text[index]), (0x30...0x39).contains(text[index + 1])
        else { return nil }
        return Int(text[index] - 0x30) * 10 + Int(text[index + 1] - 0x30)
    }

    /// Microseconds of the decimals at `index`, which moves behind them; nil if a point has no digit behind it.
    private static func fraction(_ text: [UInt8], _ index: inout Int) -> Int64? {
        guard index < text.count, text[index] == 0x2E else { return 0 }
        index += 1
        var value: Int64 = 0
        var digits = 0
        while index < text.count, (0x30...0x39).contains(text[index]), digits < 9 {
            if digits < 6 { value = value * 10 + Int64(text[index] - 0x30) }
            digits += 1
            index += 1
        }
        guard digits > 0 else { return nil }
        for _ in 0..<max(0, 6 - digits) { value *= 10 }
        return value
    }

    /// Minutes east of UTC of the zone that ends the text.
    private static func offset(_ text: [UInt8], _ index: Int) -> Int? {
        guard index < text.count else { return nil }
        if text[index] == 0x5A || text[index] == 0x7A { return index + 1 == text.count ? 0 : nil }
        guard text[index] == 0x2B || text[index] == 0x2D, let hours = Self.number(text, index + 1) else { return nil }
        let hasColon = index + 3 < text.count && text[index + 3] == 0x3A
        let minuteIndex = index + (hasColon ? 4 : 3)
        guard let minutes = Self.number(text, minuteIndex), minuteIndex + 2 == text.count, hours < 24, minutes < 60
        else { return nil }
        return (text[index] == 0x2D ? -1 : 1) * (hours * 60 + minutes)
    }
}

extension Instant: CustomStringConvertible {
    /// RFC 3339 in UTC with milliseconds, or microseconds where they are needed.
    package var description: String {
        let date = self.date
        let rest = self.microseconds - Int64(date.days) * 86_400_000_000
        let (seconds, micros) = (Int(rest / 1_000_000), Int(rest % 1_000_000))
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { CalendarDate.padded($0, 2) }
        let fraction =
            micros % 1000 == 0 ? CalendarDate.padded(micros / 1000, 3) : CalendarDate.padded(micros, 6)
        return "\(date)T\(clock.joined(separator: ":")).\(fraction)Z"
    }
}
