package import Records

/// Reads and writes numbers in a text with separators of its own, such as `1.234,50`.
package struct NumberFormatLens: AgreementLens {
    /// What stands before the decimals.
    package let decimal: String
    /// What stands between groups of three digits; nil for none.
    package let group: String?
    /// How many decimals are written, 0 to 18; nil for as many as the number has.
    package let scale: Int?
    /// How further decimals are rounded away.
    package let rounding: Rounding

    /// Creates the transform; nil if a separator is empty or holds a digit or sign, or both are the same.
    package init?(decimal: String, group: String? = nil, scale: Int? = nil, rounding: Rounding = .halfUp) {
        func isFit(_ mark: String) -> Bool {
            !mark.isEmpty && mark.utf8.count <= 8
                && mark.utf8.allSatisfy { !(0x30...0x39).contains($0) && $0 != 0x2D && $0 != 0x2B }
        }
        guard isFit(decimal), group.map({ isFit($0) && !$0.hasSameBytes(as: decimal) }) ?? true else { return nil }
        self.decimal = decimal
        self.group = group
        self.scale = scale
        self.rounding = rounding
    }

    package var name: String { "number" }
    package var definition: String {
        "number(\(self.decimal)|\(self.group ?? "")|\(self.scale.map(String.init) ?? "")|\(self.rounding.rawValue))"
    }
    package var lensClass: LensClass { .quotient }
    package var domain: String { "numbers of at most 18 digits, such as \(self.written(Self.example))" }
    package var canonicalForm: String { "written as \(self.written(Self.example))" }
    package var remoteShape: ValueShape { .text }
    package var localShape: ValueShape { .number }

    func agrees(_ local: Value, _ remote: Value, in context: any LensContext) -> Bool {
        guard case .number(let left) = local, let right = self.read(remote) else { return false }
        return self.rounded(left) == self.rounded(right)
    }

    func makeLocal(_ remote: Value, previous: Value, in context: any LensContext) -> LensResult {
        self.read(remote).map { .value(.number($0)) }
            ?? .unmapped("no number of the form \(self.written(Self.example))")
    }

    func makeRemote(_ local: Value, previous: Value, in context: any LensContext) -> LensResult {
        guard case .number(let number) = local else {
            return .unmapped("\(local.kindName) where a number is expected")
        }
        return .value(.text(self.written(self.rounded(number))))
    }

    private static let example = Number(significand: 123_450, scale: 2) ?? Number(1234)

    private func rounded(_ number: Number) -> Number {
        self.scale.map { self.rounding.round(number, scale: $0) } ?? number
    }

    private func written(_ number: Number) -> String {
        let digits = String(number.significand.magnitude)
        let places = Int(number.scale)
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.utf8.count)) + digits
        var whole = Array(padded.utf8.dropLast(places))
        let fraction = padded.suffix(places) + String(repeating: "0", count: max(0, (self.scale ?? 0) - places))
        var groups: [String] = []
        while self.group != nil, whole.count > 3 {
            groups.insert(String(decoding: whole.suffix(3), as: UTF8.self), at: 0)
            whole.removeLast(3)
        }
        groups.insert(String(decoding: whole, as: UTF8.self), at: 0)
        let sign = number.significand < 0 ? "-" : ""
        return sign + groups.joined(separator: self.group ?? "") + (fraction.isEmpty ? "" : self.decimal + fraction)
    }

    private func read(_ value: Value) -> Number? {
        guard case .text(let text) = value else { return nil }
        var bytes = Array(TextBytes.trimmed(text).string.utf8)[...]
        let sign = bytes.first.flatMap { $0 == 0x2D || $0 == 0x2B ? bytes.removeFirst() : nil }
        let halves = Self.split(bytes, by: self.decimal)
        guard halves.count <= 2, var whole = halves.first.map({ Array($0) }), !whole.isEmpty else { return nil }
        if let group = self.group {
            let groups = Self.split(whole[...], by: group)
            guard
                groups.count == 1
                    || ((1...3).contains(groups[0].count) && groups.dropFirst().allSatisfy { $0.count == 3 })
            else { return nil }
            whole = groups.flatMap { Array($0) }
        }
        let fraction = halves.count == 2 ? Array(halves[1]) : []
        guard halves.count == 1 || !fraction.isEmpty, (whole + fraction).allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Number(parsing: (sign == 0x2D ? [0x2D] : []) + whole + (fraction.isEmpty ? [] : [0x2E] + fraction))
    }

    private static func split(_ bytes: ArraySlice<UInt8>, by mark: String) -> [ArraySlice<UInt8>] {
        let separator = Array(mark.utf8)
        var (parts, start, index) = ([ArraySlice<UInt8>](), bytes.startIndex, bytes.startIndex)
        while index < bytes.endIndex {
            if bytes[index...].starts(with: separator) {
                parts.append(bytes[start..<index])
                index += separator.count
                start = index
            } else {
                index += 1
            }
        }
        return parts + [bytes[start...]]
    }

    package func sampleRemote(_ source: inout SampleSource) -> Value {
        source.oneIn(6) ? source.value(of: .text) : .text(self.written(source.number()))
    }
}
