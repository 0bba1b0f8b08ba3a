/// The functions for contact data that Relais adds to the language.
///
/// | call | gives |
/// |---|---|
/// | `email.domain()` | what follows the last `@`, in lower case; empty when there is none |
/// | `text.titleCase()` | each word with a capital: `jean-luc o'neill` → `Jean-Luc O'Neill` |
/// | `name.normalizeName()` | blanks tidied; a name all in capitals or all in small letters in title case, particles small |
/// | `text.slug()` | small ASCII letters and digits joined by `-`: `Crème Brûlée!` → `creme-brulee` |
/// | `moment.isoDate([zone])` | the day as `2026-03-02`, in UTC or in the zone |
/// | `moment.startOfDay([zone])` | the first moment of the day, in UTC or in the zone |
/// | `moment.addMonths(n)` | the same day and time n months later in UTC, or the month's last day |
/// | `moment.daysUntil(other)` | whole days of 24 hours from one moment to another, negative when it is past |
///
/// `phone.e164(country)` and others are added from outside with `CELEnvironment.declare(function:)`.
enum FieldFunctions {
    static let overloads: [Overload] =
        [
            text("domain", domain), text("titleCase", NameText.titleCase), text("normalizeName", NameText.normalize),
            text("slug", NameText.slug),
            StandardFunctions.member("addMonths", .timestamp, .int, .timestamp, addMonths),
            StandardFunctions.member("daysUntil", .timestamp, .timestamp, .int, daysUntil),
        ] + zoned("isoDate", .string, isoDate) + zoned("startOfDay", .timestamp, startOfDay)

    private static func text(_ name: String, _ change: @escaping @Sendable (String) -> String) -> Overload {
        StandardFunctions.member(name, .string, .string) { (value, frame) throws(Failure) in
            let text = try StringFunctions.text(name, value, &frame)
            // Looking up letters costs more than copying them.
            try frame.spend(text.utf8.count >> 2)
            return .string(change(text))
        }
    }

    private static func domain(_ email: String) -> String {
        guard let mark = email.utf8.lastIndex(of: UInt8(ascii: "@")) else { return "" }
        return Letters.lowerASCII(Letters.trim(String(email[email.index(after: mark)...])))
    }

    // MARK: Times

    /// A function of a moment and its zone's offset, with and without the name of a zone.
    private static func zoned(
        _ name: String,
        _ result: CELType,
        _ body: @escaping @Sendable (CELTimestamp, Zone) throws(Failure) -> CELValue
    ) -> [Overload] {
        [
            StandardFunctions.member(name, .timestamp, result) { (value, _) throws(Failure) in
                guard case .timestamp(let moment) = value else { throw .overload(name, value.kind) }
                return try body(moment, .fixed(0))
            },
            StandardFunctions.member(name, .timestamp, .string, result) { (value, zone, frame) throws(Failure) in
                guard case .timestamp(let moment) = value, case .string(let zone) = zone else {
                    throw .overload(name, value.kind, zone.kind)
                }
                return try body(moment, try TimeFunctions.zone(zone, &frame))
            },
        ]
    }

    private static func isoDate(_ moment: CELTimestamp, _ zone: Zone) throws(Failure) -> CELValue {
        .string(CivilTime(seconds: Int(moment.seconds) + zone.offset(at: moment)).dateText)
    }

    private static func startOfDay(_ moment: CELTimestamp, _ zone: Zone) throws(Failure) -> CELValue {
        let local = Int(moment.seconds) + zone.offset(at: moment)
        let time = CivilTime(seconds: local)
        let midnight = local - (time.hour * 3_600 + time.minute * 60 + time.second)
        // The offset at midnight may differ from the one now. In a gap at midnight the day starts after it.
        guard let guess = CELTimestamp(seconds: Int64(midnight - zone.offset(at: moment))),
            let start = CELTimestamp(seconds: Int64(midnight - zone.offset(at: guess)))
        else { throw Arithmetic.overflow }
        let isThatDay = CivilTime(seconds: Int(start.seconds) + zone.offset(at: start)).day == time.day
        return .timestamp(isThatDay ? start : max(start, guess))
    }

    private static func addMonths(
        _ value: CELValue,
        _ months: CELValue,
        _ frame: inout Frame
    ) throws(Failure) -> CELValue {
        guard case .timestamp(let moment) = value, case .int(let months) = months else {
            throw .overload("addMonths", value.kind, months.kind)
        }
        guard abs(months.clamped(to: -200_000...200_000)) < 200_000 else { throw Arithmetic.overflow }
        let time = CivilTime(seconds: Int(moment.seconds))
        let count = time.year * 12 + time.month - 1 + Int(months)
        guard count >= 12 else { throw Arithmetic.overflow }
        let (year, month) = (count / 12, count % 12 + 1)
        let day = min(time.day, CivilTime.daysInMonth(month, year))
        let clock = time.hour * 3_600 + time.minute * 60 + time.second
        let seconds = CivilTime.days(year: year, month: month, day: day) * 86_400 + clock
        guard let result = CELTimestamp(seconds: Int64(seconds), nanoseconds: moment.nanoseconds) else {
            throw Arithmetic.overflow
        }
        return .timestamp(result)
    }

    private static func daysUntil(
        _ value: CELValue,
        _ other: CELValue,
        _ frame: inout Frame
    ) throws(Failure) -> CELValue {
        guard case .timestamp(let from) = value, case .timestamp(let until) = other else {
            throw .overload("daysUntil", value.kind, other.kind)
        }
        // Whole days towards zero; a started second counts only when the nanoseconds are complete too.
        var seconds = until.seconds - from.seconds
        if seconds > 0, until.nanoseconds < from.nanoseconds { seconds -= 1 }
        if seconds < 0, until.nanoseconds > from.nanoseconds { seconds += 1 }
        return .int(seconds / 86_400)
    }
}

extension Int64 {
    fileprivate func clamped(to range: ClosedRange<Int64>) -> Int64 {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
