/// Times as the API writes and reads them: milliseconds since 1970, ISO 8601 in UTC, and calendar dates.
enum CalendarTime {
    /// Milliseconds in a day.
    static let day: Int64 = 86_400_000

    /// Appends `2026-03-02T09:00:00.123Z`; like Java's `Instant`, the fraction is left out when it is zero.
    static func appendISO(_ milliseconds: Int64, to output: inout [UInt8]) {
        let days = floorDivide(milliseconds, Self.day)
        var rest = milliseconds - days * Self.day
        self.appendDate(days, to: &output)
        output.append(UInt8(ascii: "T"))
        for (unit, separator) in [(3_600_000, ":"), (60_000, ":"), (1_000, "")] as [(Int64, String)] {
            self.appendPadded(rest / unit, width: 2, to: &output)
            output.append(contentsOf: separator.utf8)
            rest %= unit
        }
        if rest != 0 {
            output.append(UInt8(ascii: "."))
            self.appendPadded(rest, width: 3, to: &output)
        }
        output.append(UInt8(ascii: "Z"))
    }

    /// Appends `2026-03-02` for a count of days since 1970.
    static func appendDate(_ days: Int64, to output: inout [UInt8]) {
        let shifted = days + 719_468
        let era = self.floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        self.appendPadded(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), width: 4, to: &output)
        output.append(UInt8(ascii: "-"))
        self.appendPadded(month, width: 2, to: &output)
        output.append(UInt8(ascii: "-"))
        self.appendPadded(dayOfYear - (153 * monthIndex + 2) / 5 + 1, width: 2, to: &output)
    }

    /// The time as ISO 8601 text.
    static func iso(_ milliseconds: Int64) -> [UInt8] {
        var output: [UInt8] = []
        self.appendISO(milliseconds, to: &output)
        return output
    }

    /// The days since 1970 of `2026-03-02`; nil when the text is no date of the calendar.
    static func days(fromDate text: some Collection<UInt8>) -> Int64? {
        let parts = text.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
            let year = wholeNumber(parts[0]), let month = wholeNumber(parts[1]), let day = wholeNumber(parts[2]),
            year > 0, 1...12 ~= month, day >= 1
        else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = self.floorDivide(shiftedYear, 400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        var check: [UInt8] = []
        self.appendDate(days, to: &check)
        return check.elementsEqual(text) ? days : nil
    }

    /// The milliseconds since 1970 of an ISO 8601 time with a zone; nil when the text is none.
    static func milliseconds(fromISO text: some Collection<UInt8>) -> Int64? {
        let input = Array(text)
        guard input.count >= 17, input[10] == UInt8(ascii: "T"), let days = self.days(fromDate: input[..<10]),
            let zoneStart = input[11...].firstIndex(where: { "Zz+-".utf8.contains($0) }),
            let zone = self.zoneOffset(input[zoneStart...]),
            let clock = self.clockTime(input[11..<zoneStart])
        else { return nil }
        return days * Self.day + clock - zone
    }

    private static func zoneOffset(_ text: ArraySlice<UInt8>) -> Int64? {
        if text.elementsEqual("Z".utf8) || text.elementsEqual("z".utf8) { return 0 }
        let digits = text.dropFirst().filter { $0 != UInt8(ascii: ":") }
        guard digits.count == 4, let number = wholeNumber(digits), number >= 0 else { return nil }
        let offset = (number / 100 * 60 + number % 100) * 60_000
        return text.first == UInt8(ascii: "-") ? -offset : offset
    }

    private static func clockTime(_ text: ArraySlice<UInt8>) -> Int64? {
        let halves = text.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        let parts = halves[0].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard 2...3 ~= parts.count, parts.allSatisfy({ $0.count == 2 }) else { return nil }
        let numbers = parts.compactMap { wholeNumber($0) }
        guard numbers.count == parts.count, 0...23 ~= numbers[0], 0...59 ~= numbers[1] else { return nil }
        let seconds = numbers.count == 3 ? numbers[2] : 0
        guard 0...59 ~= seconds else { return nil }
        var fraction: Int64 = 0
        if halves.count == 2 {
            guard 1...9 ~= halves[1].count, let digits = wholeNumber(halves[1].prefix(3)) else { return nil }
            fraction = digits * [100, 10, 1][min(halves[1].count, 3) - 1]
        }
        return numbers[0] * 3_600_000 + numbers[1] * 60_000 + seconds * 1_000 + fraction
    }

    private static func floorDivide(_ number: Int64, _ divisor: Int64) -> Int64 {
        number >= 0 ? number / divisor : (number - divisor + 1) / divisor
    }

    private static func appendPadded(_ number: Int64, width: Int, to output: inout [UInt8]) {
        let zero = UInt8(ascii: "0")
        let digit = { (value: Int64) in zero + UInt8(truncatingIfNeeded: value % 10) }
        if width == 4 { output.append(digit(number / 1_000)) }
        if width >= 3 { output.append(digit(number / 100)) }
        output.append(digit(number / 10))
        output.append(digit(number))
    }
}
