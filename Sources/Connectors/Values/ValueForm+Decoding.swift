import Records

extension ValueForm {
    /// The value that the API wrote in this form; nil if it is written otherwise.
    func decoded(_ json: JSON, separator: String) -> Value? {
        if json.isNull { return .null }
        guard let names = self.wire.bindings(in: json) else { return nil }
        switch self.kind {
        case .text: return Self.text(names["text"] ?? names["integer"]).map { .text($0) }
        case .number: return Self.text(names["text"] ?? names["number"]).flatMap { Number($0) }.map { .number($0) }
        case .flag: return (names["flag"] ?? names["text"]).flatMap(Self.flag).map { .flag($0) }
        case .date: return Self.date(names).map { .date($0) }
        case .instant: return Self.instant(names).map { .instant($0) }
        case .set: return Self.set(names, separator)
        }
    }

    private static func text(_ json: JSON?) -> String? {
        switch json {
        case .string(let text), .number(let text): text
        default: nil
        }
    }

    private static func flag(_ json: JSON) -> Bool? {
        switch json {
        case .bool(let flag): flag
        case .string("true"), .number("1"): true
        case .string("false"), .number("0"): false
        default: nil
        }
    }

    private static func date(_ names: [String: JSON]) -> CalendarDate? {
        if let iso = names["iso"]?.string { return CalendarDate(iso) }
        guard let year = names["year"]?.int, let month = names["month"]?.int, let day = names["day"]?.int else {
            return nil
        }
        return CalendarDate(year: year, month: month, day: day)
    }

    private static func instant(_ names: [String: JSON]) -> Instant? {
        if let iso = names["iso"]?.string { return Instant(iso) }
        if let count = self.text(names["epoch_ms"]).flatMap({ Int64($0) }), count.magnitude < 1 << 50 {
            return Instant(milliseconds: count)
        }
        if let count = self.text(names["epoch_s"]).flatMap({ Int64($0) }), count.magnitude < 1 << 40 {
            return Instant(milliseconds: count * 1000)
        }
        guard let date = self.date(names) else { return nil }
        var microseconds = Int64(date.days) * 86_400_000_000
        for (name, unit, range) in Self.clock {
            guard let json = names[name] else { continue }
            guard let count = json.int, range.contains(count) else { return nil }
            microseconds += Int64(count) * unit
        }
        return Instant(microseconds: microseconds)
    }

    private static let clock: [(name: String, unit: Int64, range: Range<Int>)] = [
        ("hour", 3_600_000_000, 0..<24), ("minute", 60_000_000, 0..<60), ("second", 1_000_000, 0..<61),
        ("microsecond", 1, 0..<1_000_000),
    ]

    private static func set(_ names: [String: JSON], _ separator: String) -> Value? {
        if let list = names["list"]?.array { return .set(of: list.compactMap { self.text($0).map { Text($0) } }) }
        guard let joined = names["joined"]?.string else { return nil }
        return .set(of: joined.pieces(between: separator).map { Text($0) })
    }
}

extension String {
    /// The parts between separators, by bytes, without empty ones.
    func pieces(between separator: String) -> [String] {
        let (bytes, mark) = (Array(self.utf8), Array(separator.utf8))
        var (pieces, start) = ([String](), 0)
        while let end = bytes.place(of: mark, from: start) {
            pieces.append(String(decoding: bytes[start..<end], as: UTF8.self))
            start = end + mark.count
        }
        pieces.append(String(decoding: bytes[start...], as: UTF8.self))
        return pieces.filter { !$0.utf8.isEmpty }
    }
}

extension ValueRules {
    /// A value of a property without a form of its own: text, numbers and truth values as they are, objects as the form
    /// that they fit, lists of texts as sets; nil if no form fits.
    func decoded(_ json: JSON) -> Value? {
        switch json {
        case .null: return .null
        case .bool(let flag): return .flag(flag)
        case .number(let digits): return Number(digits).map { .number($0) } ?? .text(digits)
        case .string(let text): return .text(text)
        case .array(let elements):
            let texts = elements.compactMap { Template.text($0).map { Text($0) } }
            return texts.count == elements.count ? .set(of: texts) : nil
        case .object:
            for kind in ValueForm.Kind.allCases {
                guard let form = self.write[kind], case .object = form.wire else { continue }
                if let value = form.decoded(json, separator: self.separator) { return value }
            }
            return nil
        }
    }
}
