/// Times as text: RFC 3339 for timestamps, Go's notation for durations.
extension CELTimestamp {
    /// A moment from RFC 3339 text (`2009-02-13T23:31:30.5Z`, `…+01:00`); nil when it is none, or out of range.
    ///
    /// A leap second counts as the first second of the next minute.
    package init?(_ text: String) {
        var reader = DigitReader(text)
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), reader.take("T") || reader.take("t"), let hour = reader.number(2),
            reader.take(":"),
            let minute = reader.number(2), reader.take(":"), let second = reader.number(2),
            (1...12).contains(month), day >= 1, day <= CivilTime.daysInMonth(month, year),
            hour <= 23, minute <= 59, second <= 60
        else { return nil }
        var nanoseconds: Int32 = 0
        if reader.take(".") {
            guard let fraction = reader.fraction() else { return nil }
            nanoseconds = Int32(fraction)
        }
        guard let offset = reader.offset(), reader.isAtEnd else { return nil }
        let days = CivilTime.days(year: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset
        self.init(seconds: Int64(seconds), nanoseconds: nanoseconds)
    }

    /// The moment in UTC as RFC 3339 text, with as many digits of the second as needed.
    package var text: String {
        let time = CivilTime(seconds: Int(seconds))
        let clock = "\(padded(time.hour, 2)):\(padded(time.minute, 2)):\(padded(time.second, 2))"
        return "\(time.dateText)T\(clock)\(fractionText(Int(nanoseconds)))Z"
    }
}

extension CivilTime {
    /// The day as `2026-03-02`.
    var dateText: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }
}

extension CELDuration {
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000),
        ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]

    /// A span from text such as `90s`, `1h30m`, `-1.5h` or `250ms`; nil when it is none, or longer than 292 years.
    package init?(_ text: String) {
        var reader = DigitReader(text)
        let isNegative = reader.take("-")
        if !isNegative { _ = reader.take("+") }
        if reader.rest == "0" {
            self.init(totalNanoseconds: 0)
            return
        }
        guard !reader.isAtEnd else { return nil }
        var total: Int64 = 0
        while !reader.isAtEnd {
            guard let part = Self.part(&reader) else { return nil }
            let (sum, overflows) =
                isNegative
                ? total.subtractingReportingOverflow(part) : total.addingReportingOverflow(part)
            guard !overflows else { return nil }
            total = sum
        }
        self.init(totalNanoseconds: total)
    }

    /// One number with its unit, in nanoseconds.
    private static func part(_ reader: inout DigitReader) -> Int64? {
        let whole = reader.digits()
        let fraction = reader.take(".") ? reader.digits() : []
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        let letters = reader.letters()
        guard let unit = units.first(where: { Text.equal($0.name, letters) })?.nanoseconds else { return nil }
        var value: Int64 = 0
        for digit in whole {
            let (scaled, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, carries) = scaled.addingReportingOverflow(Int64(digit))
            guard !overflows, !carries else { return nil }
            value = sum
        }
        let (nanoseconds, overflows) = value.multipliedReportingOverflow(by: unit)
        guard !overflows else { return nil }
        var numerator: Int64 = 0
        var denominator: Int64 = 1
        for digit in fraction.prefix(15) {
            numerator = numerator * 10 + Int64(digit)
            denominator *= 10
        }
        let rest = Int64(Int128(numerator) * Int128(unit) / Int128(denominator))
        let (sum, carries) = nanoseconds.addingReportingOverflow(rest)
        return carries ? nil : sum
    }

    /// The span in seconds with a final `s`, as in `90s` and `-1.5s`.
    package var text: String {
        let sign = totalNanoseconds < 0 ? "-" : ""
        return "\(sign)\(seconds.magnitude)\(fractionText(Int(nanoseconds.magnitude)))s"
    }
}

private func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

/// Nanoseconds as a decimal fraction with its point, without zeros at the end; empty for none.
private func fractionText(_ nanoseconds: Int) -> String {
    guard nanoseconds > 0 else { return "" }
    var digits = padded(nanoseconds, 9)
    while digits.hasSuffix("0") { digits.removeLast() }
    return "." + digits
}

/// Reads digits and signs one after another.
struct DigitReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { position == bytes.count }

    var rest: String { String(decoding: bytes[position...], as: UTF8.self) }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, UInt32(bytes[position]) == character.value else { return false }
        position += 1
        return true
    }

    /// A number of exactly so many digits.
    mutating func number(_ count: Int) -> Int? {
        guard position + count <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[position..<(position + count)] {
            guard byte.isDigit else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        position += count
        return value
    }

    /// All digits that follow, as numbers.
    mutating func digits() -> [UInt8] {
        var digits: [UInt8] = []
        while position < bytes.count, bytes[position].isDigit {
            digits.append(bytes[position] - UInt8(ascii: "0"))
            position += 1
        }
        return digits
    }

    /// Everything up to the next digit or point.
    mutating func letters() -> String {
        let start = position
        while position < bytes.count, !bytes[position].isDigit, bytes[position] != UInt8(ascii: ".") { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// The digits of a fraction of a second, as nanoseconds; what is finer is cut off.
    mutating func fraction() -> Int? {
        let digits = digits()
        guard !digits.isEmpty else { return nil }
        var value = 0
        for index in 0..<9 { value = value * 10 + (index < digits.count ? Int(digits[index]) : 0) }
        return value
    }

    /// `Z` or `±HH:MM`, in seconds.
    mutating func offset() -> Int? {
        if take("Z") || take("z") { return 0 }
        let sign: Int
        if take("+") {
            sign = 1
        } else if take("-") {
            sign = -1
        } else {
            return nil
        }
        guard let hours = number(2), take(":"), let minutes = number(2), hours <= 23, minutes <= 59 else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }
}
