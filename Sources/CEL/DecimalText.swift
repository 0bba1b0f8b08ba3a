/// Doubles as decimal text.
enum DecimalText {
    /// What is no finite number, as the language spells it; nil for numbers.
    static func special(_ value: Double) -> String? {
        if value.isNaN { return "NaN" }
        guard value.isInfinite else { return nil }
        return value < 0 ? "-Infinity" : "Infinity"
    }

    /// The shortest digits that read back as the same double, as `string(double)` gives them: `0.0045`, `6.02214e+23`.
    static func shortest(_ value: Double) -> String {
        if let special = special(value) { return special }
        let (digits, point) = shortestDigits(value)
        let sign = value.sign == .minus ? "-" : ""
        // The limits of C's %g, which the other implementations use: 123456 but 1.234567e+06.
        guard point < -3 || point > 6 else { return sign + positional(digits, point) }
        return sign + scientific(digits, exponent: point - 1)
    }

    /// The shortest digits without an exponent, as `%s` and `%d` give them.
    static func plain(_ value: Double) -> String {
        if let special = special(value) { return special }
        let (digits, point) = shortestDigits(value)
        return (value.sign == .minus ? "-" : "") + positional(digits, point)
    }

    /// As `%.Nf`: so many digits after the point, ties to even.
    static func fixed(_ value: Double, precision: Int) -> String {
        if let special = special(value) { return special }
        var (digits, point) = ExactDecimal.digits(value.magnitude)
        round(&digits, &point, keeping: point + precision)
        let sign = value.sign == .minus ? "-" : ""
        var whole = point > 0 ? text(digits.prefix(point)) : ""
        if point > digits.count { whole += String(repeating: "0", count: point - digits.count) }
        if whole.isEmpty { whole = "0" }
        guard precision > 0 else { return sign + whole }
        var fraction = String(repeating: "0", count: min(precision, max(0, -point)))
        fraction += text(digits.dropFirst(max(0, point)).prefix(precision - fraction.utf8.count))
        fraction += String(repeating: "0", count: precision - fraction.utf8.count)
        return "\(sign)\(whole).\(fraction)"
    }

    /// As `%.Ne`: one digit, the point, so many digits, and the exponent.
    static func scientific(_ value: Double, precision: Int) -> String {
        if let special = special(value) { return special }
        var (digits, point) = ExactDecimal.digits(value.magnitude)
        round(&digits, &point, keeping: precision + 1)
        // Rounding up 9.99 makes one digit more.
        if digits.count > precision + 1 { digits.removeLast() }
        digits += [UInt8](repeating: 0, count: max(0, precision + 1 - digits.count))
        return (value.sign == .minus ? "-" : "") + scientific(digits, exponent: value == 0 ? 0 : point - 1)
    }

    // MARK: Digits

    /// The digits, and how many of them stand before the point (which may be negative, or more than there are).
    private static func shortestDigits(_ value: Double) -> (digits: [UInt8], point: Int) {
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        for byte in value.magnitude.description.utf8 {
            if byte.isDigit {
                digits.append(byte - UInt8(ascii: "0"))
            } else if byte == UInt8(ascii: ".") {
                point = digits.count
            } else {
                break
            }
        }
        if let mark = value.magnitude.description.firstIndex(of: "e") {
            exponent = Int(value.magnitude.description[mark...].dropFirst()) ?? 0
        }
        var position = (point ?? digits.count) + exponent
        while digits.count > 1, digits.last == 0 { digits.removeLast() }
        while digits.count > 1, digits.first == 0 {
            digits.removeFirst()
            position -= 1
        }
        return (digits, position)
    }

    private static func text(_ digits: some Collection<UInt8>) -> String {
        String(decoding: digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
    }

    private static func positional(_ digits: [UInt8], _ point: Int) -> String {
        if digits == [0] { return "0" }
        guard point > 0 else { return "0." + String(repeating: "0", count: -point) + text(digits) }
        guard point < digits.count else {
            return text(digits) + String(repeating: "0", count: point - digits.count)
        }
        return text(digits[..<point]) + "." + text(digits[point...])
    }

    private static func scientific(_ digits: [UInt8], exponent: Int) -> String {
        let fraction = digits.count > 1 ? "." + text(digits.dropFirst()) : ""
        let magnitude = String(exponent.magnitude)
        let padding = magnitude.utf8.count < 2 ? "0" : ""
        return "\(text(digits.prefix(1)))\(fraction)e\(exponent < 0 ? "-" : "+")\(padding)\(magnitude)"
    }

    /// Cuts to so many digits; ties go to the even digit, as the digits are exact.
    private static func round(_ digits: inout [UInt8], _ point: inout Int, keeping count: Int) {
        guard count < digits.count else { return }
        guard count >= 0 else {
            digits = []
            return
        }
        let rest = digits[count...]
        let isAbove = rest.first ?? 0 > 5 || (rest.first == 5 && rest.dropFirst().contains { $0 != 0 })
        let isTie = rest.first == 5 && !isAbove
        let isOdd = count > 0 && digits[count - 1] % 2 == 1
        digits = Array(digits[..<count])
        guard isAbove || (isTie && isOdd) else { return }
        var index = count - 1
        while index >= 0, digits[index] == 9 {
            digits[index] = 0
            index -= 1
        }
        if index >= 0 {
            digits[index] += 1
        } else {
            digits.insert(1, at: 0)
            point += 1
        }
    }
}

/// The exact decimal digits of a double, which has at most 767 of them.
enum ExactDecimal {
    private static let base: UInt64 = 1_000_000_000

    /// All digits of a finite number that is not negative, and how many of them stand before the point.
    static func digits(_ value: Double) -> (digits: [UInt8], point: Int) {
        guard value > 0 else { return ([0], 1) }
        // value = significand · 2^exponent, with an integer significand.
        let significand = value.significandBitPattern | (value.isNormal ? 1 << 52 : 0)
        let exponent = (value.isNormal ? Int(value.exponentBitPattern) : 1) - 1_075
        // Little-endian limbs in base 10^9. A negative power of two is a power of five with the point moved:
        // s · 2^-k = s · 5^k · 10^-k.
        var limbs = [significand % base, significand / base]
        if exponent >= 0 {
            multiply(&limbs, by: 2, times: exponent, chunk: 29)
        } else {
            multiply(&limbs, by: 5, times: -exponent, chunk: 12)
        }
        var digits = decimal(limbs)
        let point = digits.count + min(0, exponent)
        while digits.count > 1, digits.last == 0 { digits.removeLast() }
        return (digits, point)
    }

    private static func multiply(_ limbs: inout [UInt64], by factor: UInt64, times: Int, chunk: Int) {
        var left = times
        while left > 0 {
            let step = min(left, chunk)
            var power: UInt64 = 1
            for _ in 0..<step { power *= factor }
            var carry: UInt64 = 0
            for index in limbs.indices {
                let product = limbs[index] * power + carry
                limbs[index] = product % base
                carry = product / base
            }
            if carry > 0 { limbs.append(carry) }
            left -= step
        }
    }

    private static func decimal(_ limbs: [UInt64]) -> [UInt8] {
        var digits: [UInt8] = []
        digits.reserveCapacity(limbs.count * 9)
        for limb in limbs {
            var rest = limb
            for _ in 0..<9 {
                digits.append(UInt8(rest % 10))
                rest /= 10
            }
        }
        while digits.count > 1, digits.last == 0 { digits.removeLast() }
        return digits.reversed()
    }
}
