package import Records

/// Phone numbers in the form of E.164 (`+33612345678`), read with a stated home region.
///
/// A number that it cannot read is left as it is, on both sides: an extension, words, a wrong count of digits.
package struct PhoneLens: AgreementLens {
    private let region: PhoneRegion

    /// Creates the transform for the region of an ISO 3166 code; nil for one that is not known.
    package init?(region code: String) {
        guard let region = PhoneRegion.named(code) else { return nil }
        self.region = region
    }

    /// The ISO 3166 codes that are known.
    package static var regions: [String] { PhoneRegion.all.map(\.code) }

    package var name: String { "e164" }
    package var definition: String { "e164(\(self.region.code))" }
    package var lensClass: LensClass { .partial }
    package var domain: String { "phone numbers of \(self.region.code), and international ones" }
    package var canonicalForm: String { "E.164" }
    package var remoteShape: ValueShape { .text }
    package var localShape: ValueShape { .text }

    // Both ways read each number once; what they give is what `agrees` and `make…` would give.
    package func toLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult {
        guard !remote.isBlank, !local.isBlank else { return self.carryToLocal(remote, previous: local, in: context) }
        return .value(self.carry(remote, onto: local))
    }

    package func toRemote(_ local: Value, previous remote: Value, in context: any LensContext) -> LensResult {
        guard !remote.isBlank, !local.isBlank else { return self.carryToRemote(local, previous: remote, in: context) }
        return .value(self.carry(local, onto: remote))
    }

    private func carry(_ value: Value, onto previous: Value) -> Value {
        if value == previous { return previous }
        let canonical = self.canonical(value)
        return canonical == previous || canonical == self.canonical(previous) ? previous : canonical
    }

    func agrees(_ local: Value, _ remote: Value, in context: any LensContext) -> Bool {
        local == remote || self.canonical(local) == self.canonical(remote)
    }

    func makeLocal(_ remote: Value, previous: Value, in context: any LensContext) -> LensResult {
        .value(self.canonical(remote))
    }

    func makeRemote(_ local: Value, previous: Value, in context: any LensContext) -> LensResult {
        .value(self.canonical(local))
    }

    private func canonical(_ value: Value) -> Value {
        guard case .text(let text) = value, let number = self.e164(text) else { return value }
        return number == text ? value : .text(number)
    }

    /// The number in E.164; nil if it cannot be read.
    package func e164(_ text: Text) -> Text? {
        if Self.isCanonical(text) { return text }
        guard let (digits, isInternational) = Self.digits(of: text) else { return nil }
        let number = isInternational ? self.international(digits) : self.national(digits)
        return number.map { Text("+" + String(decoding: $0, as: UTF8.self)) }
    }

    private func national(_ digits: [UInt8]) -> [UInt8]? {
        var rest = digits[...]
        if !self.region.trunk.isEmpty, rest.starts(with: self.region.trunk), rest.count > self.region.lengths.lowerBound
        {
            rest = rest.dropFirst(self.region.trunk.count)
        } else if self.region.trunk == [0x30] {
            return nil
        }
        guard self.region.trunk != [0x30] || rest.first != 0x30 else { return nil }
        return self.region.lengths.contains(rest.count) ? self.region.callingCode + rest : nil
    }

    private func international(_ digits: [UInt8]) -> [UInt8]? {
        guard let region = PhoneRegion.of(international: digits) else {
            // E.164 allows 15 digits; nothing shorter than 8 reaches anybody from abroad.
            return (8...15).contains(digits.count) && digits[0] != 0x30 ? digits : nil
        }
        var rest = digits.dropFirst(region.callingCode.count)
        // "+33 (0)6 …" and "+33 06 …" are one number.
        if region.trunk == [0x30], rest.first == 0x30 { rest = rest.dropFirst() }
        guard region.trunk != [0x30] || rest.first != 0x30 else { return nil }
        return region.lengths.contains(rest.count) ? region.callingCode + rest : nil
    }

    private static func isCanonical(_ text: Text) -> Bool {
        let bytes = text.string.utf8
        guard bytes.first == 0x2B, (9...16).contains(bytes.count),
            bytes.dropFirst().allSatisfy({ (0x30...0x39).contains($0) })
        else { return false }
        let digits = bytes.dropFirst()
        guard let region = PhoneRegion.of(international: digits) else { return digits.first != 0x30 }
        let rest = digits.dropFirst(region.callingCode.count)
        return region.lengths.contains(rest.count) && !(region.trunk == [0x30] && rest.first == 0x30)
    }

    /// The digits, without punctuation and the sign of the international form; nil if there is anything else.
    private static func digits(of text: Text) -> (digits: [UInt8], isInternational: Bool)? {
        var copy = text.string
        return copy.withUTF8 { bytes in
            var digits: [UInt8] = []
            digits.reserveCapacity(bytes.count)
            var isInternational = false
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                switch byte {
                case 0x30...0x39: digits.append(byte)
                case 0x2B where digits.isEmpty && !isInternational: isInternational = true
                // Space, parentheses, hyphen, full stop and slash.
                case 0x20, 0x28, 0x29, 0x2D...0x2F: break
                default:
                    guard let width = Self.punctuation(in: bytes, at: index) else { return nil }
                    index += width - 1
                }
                index += 1
            }
            if !isInternational, digits.starts(with: [0x30, 0x30]) {
                digits.removeFirst(2)
                isInternational = true
            }
            return digits.isEmpty ? nil : (digits, isInternational)
        }
    }

    /// How many bytes of UTF-8 a space or hyphen beyond ASCII has; nil for every other letter.
    private static func punctuation(in bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
        // U+00A0.
        if bytes[index] == 0xC2 { return index + 1 < bytes.count && bytes[index + 1] == 0xA0 ? 2 : nil }
        guard bytes[index] == 0xE2, index + 2 < bytes.count, bytes[index + 1] == 0x80 else { return nil }
        return switch bytes[index + 2] {
        // U+2009, U+202F, and U+2010 to U+2013.
        case 0x89, 0xAF, 0x90...0x93: 3
        default: nil
        }
    }

    package func sampleLocal(_ source: inout SampleSource) -> Value { self.sample(&source) }
    package func sampleRemote(_ source: inout SampleSource) -> Value { self.sample(&source) }

    private func sample(_ source: inout SampleSource) -> Value {
        if source.oneIn(6) { return source.value(of: .text) }
        let prefix = source.pick(["0", "+33 ", "+33 (0)", "0033", "+1-", "+44 0", "(0", "", "+999"]) ?? ""
        var result = prefix
        for _ in 0..<(6 + source.below(6)) {
            result += String(source.below(10)) + (source.pick(["", "", " ", ".", "-", "\u{A0}"]) ?? "")
        }
        return .text(source.oneIn(10) ? result + " ext. 3" : result)
    }
}
