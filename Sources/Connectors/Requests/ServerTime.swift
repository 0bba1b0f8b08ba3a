import Records

/// Reads what servers say about time in header fields.
enum ServerTime {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// An HTTP date as servers must write it: `Sun, 22 Nov 2026 00:18:32 GMT` (RFC 9110 5.6.7); nil for anything else.
    static func date(_ text: String) -> Instant? {
        let parts = text.split { $0 == " " || $0 == "," || $0 == ":" }.map(String.init)
        guard parts.count == 8, parts[7] == "GMT", let day = Int(parts[1]),
            let month = Self.months.firstIndex(of: parts[2]), let year = Int(parts[3]), let hour = Int(parts[4]),
            let minute = Int(parts[5]), let second = Int(parts[6]), (0..<24).contains(hour), (0..<60).contains(minute),
            (0..<61).contains(second), let date = CalendarDate(year: year, month: month + 1, day: day)
        else { return nil }
        let seconds = Int64(date.days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        return Instant(microseconds: seconds * 1_000_000)
    }

    /// How long a server asks to wait, in seconds or until a date; nil if it does not say or makes no sense.
    ///
    /// Negative waits are none at all; longer ones than the manifest believes are cut.
    static func retryAfter(_ text: String?, _ rule: ErrorRules.RetryAfter, now: Instant) -> Duration? {
        guard let text else { return nil }
        let wait: Duration
        if let number = Double(text), number.isFinite {
            let bounded = max(0, min(number, 1e12))
            let isMilliseconds = rule.millisecondsAbove.map { bounded > Double($0) } ?? false
            wait = .milliseconds(Int64(isMilliseconds ? bounded : bounded * 1000))
        } else if let date = Self.date(text) {
            wait = .microseconds(max(0, date.microseconds - now.microseconds))
        } else {
            return nil
        }
        return min(wait, rule.limit)
    }
}
