/// A plain decimal number as text: digits with at most one point, no thousands separators, no exponent.
struct DecimalText {
    private var isNegative: Bool
    private var whole: [UInt8]
    private var fraction: [UInt8]

    /// Reads a number; nil for anything else.
    init?(_ text: [UInt8]) {
        self.isNegative = text.first == UInt8(ascii: "-")
        let digits = self.isNegative ? text[1...] : text[...]
        let parts = digits.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        let isDigit = { (byte: UInt8) in UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }
        guard !parts[0].isEmpty, parts.allSatisfy({ $0.allSatisfy(isDigit) }), text.count <= 40 else { return nil }
        if parts.count == 2, parts[1].isEmpty { return nil }
        self.whole = Array(parts[0])
        self.fraction = parts.count == 2 ? Array(parts[1]) : []
    }

    /// The number with at most so many decimals, halves away from zero; one that has no more stays as it was written.
    func rounded(to decimals: Int) -> [UInt8] {
        guard self.fraction.count > decimals else { return self.text(self.whole, self.fraction) }
        var digits = self.whole + self.fraction.prefix(decimals)
        if self.fraction[decimals] >= UInt8(ascii: "5") { Self.increment(&digits) }
        var fraction = Array(digits.suffix(decimals))
        while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
        return self.text(Array(digits.dropLast(decimals)), fraction)
    }

    private func text(_ whole: [UInt8], _ fraction: [UInt8]) -> [UInt8] {
        let isZero = (whole + fraction).allSatisfy { $0 == UInt8(ascii: "0") }
        let sign: [UInt8] = self.isNegative && !isZero ? [UInt8(ascii: "-")] : []
        return sign + whole + (fraction.isEmpty ? [] : [UInt8(ascii: ".")] + fraction)
    }

    private static func increment(_ digits: inout [UInt8]) {
        for position in digits.indices.reversed() {
            if digits[position] < UInt8(ascii: "9") {
                digits[position] += 1
                return
            }
            digits[position] = UInt8(ascii: "0")
        }
        digits.insert(UInt8(ascii: "1"), at: 0)
    }

    /// The number as a floating-point value, for comparisons.
    static func value(_ text: some Collection<UInt8>) -> Double? {
        DecimalText(Array(text)) == nil ? nil : Double(String(decoding: text, as: UTF8.self))
    }
}
