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
        var digits: [UInt8] = []
        var isInternational = false
        for scalar in text.string.unicodeScalars {
            switch scalar {
            case "0"..."9": digits.append(UInt8(scalar.value))
            case "+" where digits.isEmpty && !isInternational: isInternational = true
            case " ", "-", ".", "(", ")", "/", "\u{A0}", "\u{2009}", "\u{202F}", "\u{2010}"..."\u{2013}": continue
            default: return nil
            }
        }
        if !isInternational, digits.starts(with: [0x30, 0x30]) {
            digits.removeFirst(2)
            isInternational = true
        }
        return digits.isEmpty ? nil : (digits, isInternational)
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
