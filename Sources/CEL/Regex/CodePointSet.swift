/// A set of Unicode code points as sorted ranges that neither overlap nor touch.
struct CodePointSet: Hashable {
    static let lastCodePoint: UInt32 = 0x10FFFF

    private(set) var ranges: [ClosedRange<UInt32>] = []

    init() {}

    init(_ ranges: [ClosedRange<UInt32>]) {
        self.ranges = Self.normalized(ranges)
    }

    init(_ codePoint: UInt32) {
        ranges = [codePoint...codePoint]
    }

    static let everything = CodePointSet([0...lastCodePoint])
    static let newline = CodePointSet(0x0A)
    static let digits = CodePointSet([0x30...0x39])
    static let words = CodePointSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    /// White space as RE2 has it: tab, line feed, form feed, carriage return, blank.
    static let blanks = CodePointSet([0x09...0x0A, 0x0C...0x0D, 0x20...0x20])

    var inverted: CodePointSet {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= Self.lastCodePoint { result.append(next...Self.lastCodePoint) }
        return CodePointSet(result)
    }

    func union(_ other: CodePointSet) -> CodePointSet {
        CodePointSet(ranges + other.ranges)
    }

    func contains(_ codePoint: UInt32) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < codePoint { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].lowerBound <= codePoint
    }

    private static func normalized(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, range.lowerBound <= last.upperBound || range.lowerBound == last.upperBound + 1 {
                result[result.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
    }

    private var count: Int { ranges.reduce(0) { $0 + $1.count } }

    // MARK: Letter case

    /// Up to so many code points are looked up one by one; above, all letters with two cases are gone through.
    private static let foldingLimit = 256

    /// The set with the other case of each letter in it.
    var foldingCase: CodePointSet {
        var added: [ClosedRange<UInt32>] = []
        if count <= Self.foldingLimit {
            for range in ranges {
                for codePoint in range {
                    for variant in Self.variants(of: codePoint) { added.append(variant...variant) }
                }
            }
        } else {
            for (codePoint, variants) in Self.casePairs where contains(codePoint) {
                for variant in variants { added.append(variant...variant) }
            }
        }
        return CodePointSet(ranges + added)
    }

    /// All code points that have another case, with it; found once.
    private static let casePairs: [(codePoint: UInt32, variants: [UInt32])] = (UInt32(0x41)...0x1E943).compactMap {
        guard let scalar = Unicode.Scalar($0), scalar.properties.isCased else { return nil }
        let variants = variants(of: $0)
        return variants.isEmpty ? nil : ($0, variants)
    }

    private static func variants(of codePoint: UInt32) -> [UInt32] {
        guard let scalar = Unicode.Scalar(codePoint) else { return [] }
        switch codePoint {
        case 0x4B, 0x6B, 0x212A: return [0x4B, 0x6B, 0x212A]
        case 0x53, 0x73, 0x17F: return [0x53, 0x73, 0x17F]
        case 0xC5, 0xE5, 0x212B: return [0xC5, 0xE5, 0x212B]
        default: break
        }
        var variants: [UInt32] = []
        for text in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
            let scalars = text.unicodeScalars
            guard scalars.count == 1, let variant = scalars.first, variant != scalar else { continue }
            variants.append(variant.value)
        }
        return variants
    }
}
