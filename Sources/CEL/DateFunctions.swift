/// The functions for days and times that Relais adds to the language.
///
/// | call | gives |
/// |---|---|
/// | `date(text[, zone])` | the first moment of a day written `2026-03-02`, in UTC or in the zone |
/// | `moment.isoDate([zone])` | the day as `2026-03-02`, in UTC or in the zone |
/// | `moment.startOfDay([zone])` | the first moment of the day, in UTC or in the zone |
/// | `moment.addDays(n[, zone])` | the same time of day n days later, in UTC or in the zone |
/// | `moment.addMonths(n[, zone])` | the same day and time n months later, or the month's last day |
/// | `moment.daysUntil(other)` | whole days of 24 hours from one moment to another, negative when it is past |
/// | `daysBetween(moment, other[, zone])` | how often the calendar's page is turned from one moment to another |
///
/// A time of day that a zone's clock leaves out is moved on by what it leaves out.
enum DateFunctions {
    private typealias OfMoment = @Sendable (CELTimestamp, Zone) throws(Failure) -> CELValue
    private typealias OfMomentAndNumber = @Sendable (CELTimestamp, Int64, Zone) throws(Failure) -> CELValue

    static let overloads: [Overload] =
        zoned("isoDate", .string) { (moment, zone) throws(Failure) in .string(local(moment, zone).dateText) }
        + zoned("startOfDay", .timestamp) { (moment, zone) throws(Failure) in
            let time = local(moment, zone)
            return .timestamp(try firstMoment(CivilTime.days(year: time.year, month: time.month, day: time.day), zone))
        }
        + shifting("addDays", addDays) + shifting("addMonths", addMonths) + dates + spans

    // MARK: Declaring

    /// A function of a moment, with and without the name of a zone.
    private static func zoned(_ name: String, _ result: CELType, _ body: @escaping OfMoment) -> [Overload] {
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

    /// A function of a moment and a number that gives a moment, with and without the name of a zone.
    private static func shifting(_ name: String, _ body: @escaping OfMomentAndNumber) -> [Overload] {
        [
            StandardFunctions.member(name, .timestamp, .int, .timestamp) { (value, number, _) throws(Failure) in
                guard case .timestamp(let moment) = value, case .int(let number) = number else {
                    throw .overload(name, value.kind, number.kind)
                }
                return try body(moment, number, .fixed(0))
            },
            StandardFunctions.member(name, [.timestamp, .int, .string], .timestamp) { (values, frame) throws(Failure) in
                guard case .timestamp(let moment) = values[0], case .int(let number) = values[1],
                    case .string(let zone) = values[2]
                else { throw .overload(name, values[0].kind, values[1].kind) }
                return try body(moment, number, try TimeFunctions.zone(zone, &frame))
            },
        ]
    }

    private static let dates: [Overload] = [
        StandardFunctions.global("date", .string, .timestamp) { (text, _) throws(Failure) in
            .timestamp(try firstMoment(try readDay(text), .fixed(0)))
        },
        StandardFunctions.global("date", .string, .string, .timestamp) { (text, zone, frame) throws(Failure) in
            guard case .string(let zone) = zone else { throw .overload("date", text.kind, zone.kind) }
            return .timestamp(try firstMoment(try readDay(text), try TimeFunctions.zone(zone, &frame)))
        },
    ]

    private static let spans: [Overload] = [
        StandardFunctions.member("daysUntil", .timestamp, .timestamp, .int, daysUntil),
        StandardFunctions.global("daysBetween", .timestamp, .timestamp, .int) { (from, until, _) throws(Failure) in
            try daysBetween(from, until, .fixed(0))
        },
        Overload(
            name: "daysBetween",
            isMember: false,
            parameters: [.timestamp, .timestamp, .string],
            result: .int,
            body: .variadic { (values, frame) throws(Failure) in
                guard case .string(let zone) = values[2] else { throw .overload("daysBetween", values[2].kind) }
                return try daysBetween(values[0], values[1], try TimeFunctions.zone(zone, &frame))
            }
        ),
    ]

    // MARK: Days

    /// The days since 1970-01-01 of a day written `2026-03-02`; nil if the calendar has no such day.
    static func day(_ text: String) -> Int? {
        var reader = DigitReader(text)
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), reader.isAtEnd, year >= 1, (1...12).contains(month), day >= 1,
            day <= CivilTime.daysInMonth(month, year)
        else { return nil }
        return CivilTime.days(year: year, month: month, day: day)
    }

    private static func readDay(_ text: CELValue) throws(Failure) -> Int {
        guard case .string(let text) = text else { throw .overload("date", text.kind) }
        guard let day = day(text) else { throw Failure(.invalidArgument, "this is no day such as 2026-03-02") }
        return day
    }

    private static func local(_ moment: CELTimestamp, _ zone: Zone) -> CivilTime {
        CivilTime(seconds: Int(moment.seconds) + zone.offset(at: moment))
    }

    /// The first moment of a day given in days since 1970-01-01.
    private static func firstMoment(_ day: Int, _ zone: Zone) throws(Failure) -> CELTimestamp {
        let midnight = day * 86_400
        guard let noon = CELTimestamp(seconds: Int64(midnight + 43_200)),
            // The offset at midnight may differ from the one at noon. In a gap at midnight the day starts after it.
            let guess = CELTimestamp(seconds: Int64(midnight - zone.offset(at: noon))),
            let start = CELTimestamp(seconds: Int64(midnight - zone.offset(at: guess)))
        else { throw Arithmetic.overflow }
        let time = local(start, zone)
        let isThatDay = CivilTime.days(year: time.year, month: time.month, day: time.day) == day
        return isThatDay ? start : max(start, guess)
    }

    /// The moment at which the clock of a zone shows so many seconds since 1970-01-01.
    private static func moment(
        _ seconds: Int,
        near moment: CELTimestamp,
        _ zone: Zone
    ) throws(Failure) -> CELTimestamp {
        guard let guess = CELTimestamp(seconds: Int64(seconds - zone.offset(at: moment))),
            let result = CELTimestamp(
                seconds: Int64(seconds - zone.offset(at: guess)),
                nanoseconds: moment.nanoseconds
            )
        else { throw Arithmetic.overflow }
        return result
    }

    private static let addDays: OfMomentAndNumber = { (start, days, zone) throws(Failure) in
        guard days.magnitude < 4_000_000 else { throw Arithmetic.overflow }
        let seconds = Int(start.seconds) + zone.offset(at: start) + Int(days) * 86_400
        return .timestamp(try moment(seconds, near: start, zone))
    }

    private static let addMonths: OfMomentAndNumber = { (start, months, zone) throws(Failure) in
        guard months.magnitude < 200_000 else { throw Arithmetic.overflow }
        let time = local(start, zone)
        let count = time.year * 12 + time.month - 1 + Int(months)
        guard count >= 12 else { throw Arithmetic.overflow }
        let (year, month) = (count / 12, count % 12 + 1)
        let day = min(time.day, CivilTime.daysInMonth(month, year))
        let clock = time.hour * 3_600 + time.minute * 60 + time.second
        let seconds = CivilTime.days(year: year, month: month, day: day) * 86_400 + clock
        return .timestamp(try moment(seconds, near: start, zone))
    }

    // MARK: Spans

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

    private static func daysBetween(
        _ value: CELValue,
        _ other: CELValue,
        _ zone: Zone
    ) throws(Failure) -> CELValue {
        guard case .timestamp(let from) = value, case .timestamp(let until) = other else {
            throw .overload("daysBetween", value.kind, other.kind)
        }
        let days = [from, until].map { moment in
            let time = local(moment, zone)
            return CivilTime.days(year: time.year, month: time.month, day: time.day)
        }
        return .int(Int64(days[1] - days[0]))
    }
}
