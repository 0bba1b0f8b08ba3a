package import Records

/// How digits that a side does not keep are rounded away.
package enum Rounding: String, Hashable, Sendable, CaseIterable {
    /// To the nearest, halves away from zero, as accountants and most CRMs do.
    case halfUp = "half_up"
    /// To the nearest, halves to the even digit.
    case halfEven = "half_even"
    /// Away from zero.
    case up
    /// Towards zero: the digits are cut off.
    case down

    /// The number with at most `scale` decimals, 0 to 18; the number itself where the result would have too many digits.
    package func round(_ number: Number, scale: Int) -> Number {
        guard Int(number.scale) > scale else { return number }
        let unit = (0..<(Int(number.scale) - scale)).reduce(Int64(1)) { product, _ in product * 10 }
        let (quotient, remainder) = number.significand.quotientAndRemainder(dividingBy: unit)
        let isAway = self.isAway(rest: remainder.magnitude, of: unit.magnitude, isOdd: quotient % 2 != 0)
        return Number(significand: quotient + (isAway ? number.significand.signum() : 0), scale: scale) ?? number
    }

    private func isAway(rest: UInt64, of unit: UInt64, isOdd: Bool) -> Bool {
        switch self {
        case .halfUp: rest >= unit - rest
        case .halfEven: rest == unit - rest ? isOdd : rest > unit - rest
        case .up: rest > 0
        case .down: false
        }
    }
}
