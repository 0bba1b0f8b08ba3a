/// An exact decimal number of at most 18 significant digits.
///
/// CRMs send amounts as decimal text; a binary double would change them. The value is `significand × 10^-scale`,
/// kept without trailing zeros, so that equal numbers are equal bits: `1200.50` and `1200.5` are one value.
package struct Number: Hashable, Sendable {
    /// The digits with their sign.
    package let significand: Int64
    /// How many of the digits stand behind the decimal point, 0 to 18.
    package let scale: UInt8

    /// Creates a whole number.
    package init(_ value: Int64) {
        self.significand = value
        self.scale = 0
    }

    /// Creates `significand × 10^-scale` in its shortest form; nil if `scale` is above 18.
    package init?(significand: Int64, scale: Int) {
        var digits = significand
        var places = scale
        while places > 0, digits % 10 == 0 {
            digits /= 10
            places -= 1
        }
        guard (0...18).contains(places) else { return nil }
        self.significand = digits
        self.scale = UInt8(places)
    }

    /// Reads decimal digits with an optional sign, fraction and exponent, and nothing else.
    ///
    /// nil for anything else, and for numbers that need more than 18 digits.
    package init?(parsing bytes: some Collection<UInt8>) {
        var reader = NumberReader()
        for byte in bytes {
            guard reader.take(byte) else { return nil }
        }
        guard let parts = reader.finish() else { return nil }
        self.init(significand: parts.significand, scale: parts.scale)
    }

    /// Reads decimal text; see `init(parsing:)`.
    package init?(_ text: String) {
        self.init(parsing: text.utf8)
    }

    /// The nearest double.
    package var double: Double {
        self.scale == 0 ? Double(self.significand) : Double(self.significand) / Self.powersOfTen[Int(self.scale)]
    }

    /// The value as an integer, if it is whole.
    package var integer: Int64? { self.scale == 0 ? self.significand : nil }

    private static let powersOfTen: [Double] = (0...18).map { exponent in
        (0..<exponent).reduce(1.0) { value, _ in value * 10 }
    }
}

extension Number: CustomStringConvertible {
    package var description: String {
        guard self.scale > 0 else { return String(self.significand) }
        let digits = String(self.significand.magnitude)
        let places = Int(self.scale)
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.utf8.count)) + digits
        let split = padded.utf8.count - places
        let sign = self.significand < 0 ? "-" : ""
        return sign + padded.prefix(split) + "." + padded.suffix(places)
    }
}

extension Number: Comparable {
    package static func < (lhs: Self, rhs: Self) -> Bool {
        if lhs.scale == rhs.scale { return lhs.significand < rhs.significand }
        let (left, right) = (lhs.aligned(to: rhs.scale), rhs.aligned(to: lhs.scale))
        return left < right
    }

    /// The significand at the larger of both scales; 128 bits hold 18 digits shifted by 18.
    private func aligned(to scale: UInt8) -> Int128 {
        var value = Int128(self.significand)
        for _ in 0..<max(0, Int(scale) - Int(self.scale)) { value *= 10 }
        return value
    }
}

/// Collects the digits of a decimal number, byte by byte.
private struct NumberReader {
    private var significand: Int64 = 0
    private var digits = 0
    private var places = 0
    private var isNegative = false
    private var exponent = 0
    private var exponentDigits = 0
    private var exponentIsNegative = false
    private var state = State.start

    private enum State {
        case start
        case whole
        case fraction
        case exponentStart
        case exponent
    }

    /// Takes one byte; false if it cannot stand there.
    mutating func take(_ byte: UInt8) -> Bool {
        switch (byte, self.state) {
        case (0x2D, .start), (0x2B, .start):
            self.isNegative = byte == 0x2D
            self.state = .whole
            return true
        case (0x30...0x39, .start), (0x30...0x39, .whole), (0x30...0x39, .fraction):
            if self.state == .start { self.state = .whole }
            return self.takeDigit(Int64(byte - 0x30))
        case (0x2E, .start), (0x2E, .whole):
            self.state = .fraction
            return true
        case (0x65, .whole), (0x65, .fraction), (0x45, .whole), (0x45, .fraction):
            self.state = .exponentStart
            return self.digits > 0
        case (0x2D, .exponentStart), (0x2B, .exponentStart):
            self.exponentIsNegative = byte == 0x2D
            self.state = .exponent
            return true
        case (0x30...0x39, .exponentStart), (0x30...0x39, .exponent):
            self.state = .exponent
            self.exponentDigits += 1
            self.exponent = self.exponent * 10 + Int(byte - 0x30)
            return self.exponentDigits <= 3
        default:
            return false
        }
    }

    private mutating func takeDigit(_ digit: Int64) -> Bool {
        self.digits += 1
        if self.state == .fraction { self.places += 1 }
        let (product, overflow) = self.significand.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(digit)
        guard !overflow, !carry, sum < 1_000_000_000_000_000_000 else { return false }
        self.significand = sum
        return true
    }

    /// The finished number, if the digits make one.
    func finish() -> (significand: Int64, scale: Int)? {
        guard self.digits > 0, self.state == .whole || self.state == .fraction || self.exponentDigits > 0 else {
            return nil
        }
        var value = self.isNegative ? -self.significand : self.significand
        var scale = self.places - (self.exponentIsNegative ? -self.exponent : self.exponent)
        while scale < 0 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow, product.magnitude < 1_000_000_000_000_000_000 else { return nil }
            value = product
            scale += 1
        }
        return (value, scale)
    }
}
