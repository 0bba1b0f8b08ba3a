package import Records

/// Makes values for law checks: the same seed gives the same values, on every machine.
package struct SampleSource: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Creates a source from a seed.
    package init(seed: UInt64) {
        self.state = seed
    }

    /// The next 64 bits of SplitMix64 (Steele, Lea, Flood 2014).
    package mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which must be above 0.
    package mutating func below(_ bound: Int) -> Int { Int(self.next() % UInt64(bound)) }

    /// True once in `count` times.
    package mutating func oneIn(_ count: Int) -> Bool { self.below(count) == 0 }

    /// One of the elements; nil if there is none.
    package mutating func pick<Element>(_ elements: [Element]) -> Element? {
        elements.isEmpty ? nil : elements[self.below(elements.count)]
    }

    /// One of the kinds of blank.
    package mutating func blank() -> Value { self.pick([.absent, .null, .text("")]) ?? .null }

    /// A text as people leave them in a CRM: spaces, accents in both forms, mixed case, emoji, other scripts.
    package mutating func text() -> Text {
        let pieces = [
            "Ada", "LOVELACE", "é", "e\u{301}", "ß", "İ", "ﬁ", " ", "  ", "\t", "\u{A0}", "\r\n", "-", "@", ".", "a",
            "Z",
            "0", "42", "+33", "日本", "👩‍👩‍👧", ";", ",", "\"", "'", "<b>", "O'Neil", "Ω", "ǅ", "\u{200B}",
        ]
        var result = ""
        for _ in 0..<self.below(6) { result += self.pick(pieces) ?? "" }
        return Text(result)
    }

    /// A decimal number, often with few digits.
    package mutating func number() -> Number {
        let digits =
            self.oneIn(8) ? Int64(truncatingIfNeeded: self.next()) / 1000 : Int64(self.below(200_000)) - 100_000
        return Number(significand: digits, scale: self.below(5)) ?? Number(digits)
    }

    /// A day between 1900 and 2100.
    package mutating func date() -> CalendarDate { CalendarDate(days: Int32(self.below(73_000)) - 25_567) }

    /// A time between 1970 and 2065, often on a full second or millisecond.
    package mutating func instant() -> Instant {
        let seconds = Int64(self.below(3_000_000_000)) * 1_000_000
        return Instant(microseconds: seconds + (self.pick([0, 0, 250_000, 123_456, 999_999]) ?? 0))
    }

    /// A value of a shape; one in eight is blank.
    package mutating func value(of shape: ValueShape) -> Value {
        if self.oneIn(8) { return self.blank() }
        switch shape {
        case .text: return .text(self.text())
        case .number: return .number(self.number())
        case .flag: return .flag(self.oneIn(2))
        case .date: return .date(self.date())
        case .instant: return .instant(self.instant())
        case .set: return .set(of: (0..<self.below(4)).map { _ in self.text() })
        case .texts: return self.value(of: self.oneIn(5) ? .set : .text)
        }
    }

    /// A value of a shape as an API may spell it: typed, as text, or as a number.
    package mutating func wireValue(of shape: ValueShape) -> Value {
        let value = self.value(of: shape)
        guard !self.oneIn(3) else { return value }
        switch value {
        case .number(let number): return .text(self.oneIn(3) ? "\(number)0" : "\(number)")
        case .flag(let flag): return self.oneIn(2) ? .text(flag ? "true" : "false") : .number(flag ? 1 : 0)
        case .date(let date): return self.spelling(of: Int64(date.days) * 86_400_000, or: date.description)
        case .instant(let instant): return self.spelling(of: instant.milliseconds, or: instant.description)
        default: return value
        }
    }

    private mutating func spelling(of milliseconds: Int64, or text: String) -> Value {
        switch self.below(3) {
        case 0: .number(milliseconds)
        case 1: .text(String(milliseconds))
        default: .text(text)
        }
    }
}
