package import Records

/// Reads and writes a day in a format such as `DD/MM/YYYY`.
package struct DateFormatLens: AgreementLens {
    /// The format: `YYYY`, `MM` and `DD` once each, and any other ASCII characters between them.
    package let format: String
    private struct Places: Hashable {
        let year: Int
        let month: Int
        let day: Int
    }

    private let pattern: [UInt8]
    private let places: Places

    /// Creates the transform; nil if the format lacks a part or has one twice.
    package init?(format: String) {
        let pattern = Array(format.utf8)
        func place(_ part: String) -> Int? {
            let letters = Array(part.utf8)
            let places = pattern.indices.filter { pattern[$0...].starts(with: letters) }
            return places.count == 1 && pattern.count(where: { $0 == letters[0] }) == letters.count ? places[0] : nil
        }
        guard pattern.count <= 32, pattern.allSatisfy({ $0 < 0x80 }), let year = place("YYYY"), let month = place("MM"),
            let day = place("DD")
        else { return nil }
        self.format = format
        self.pattern = pattern
        self.places = Places(year: year, month: month, day: day)
    }

    package var name: String { "date" }
    package var definition: String { "date(\(self.format))" }
    package var lensClass: LensClass { .iso }
    package var domain: String { "texts of the form \(self.format)" }
    package var canonicalForm: String { "YYYY-MM-DD" }
    package var remoteShape: ValueShape { .text }
    package var localShape: ValueShape { .date }

    func agrees(_ local: Value, _ remote: Value, in context: any LensContext) -> Bool {
        self.read(remote).map { .date($0) } == local
    }

    func makeLocal(_ remote: Value, previous: Value, in context: any LensContext) -> LensResult {
        self.read(remote).map { .value(.date($0)) } ?? .unmapped("no day of the form \(self.format)")
    }

    func makeRemote(_ local: Value, previous: Value, in context: any LensContext) -> LensResult {
        guard case .date(let date) = local, (1...9999).contains(date.parts.year) else {
            return .unmapped("\(local.kindName) where a day of the years 1 to 9999 is expected")
        }
        var result = self.pattern
        let (year, month, day) = date.parts
        Self.write(year, 4, at: self.places.year, to: &result)
        Self.write(month, 2, at: self.places.month, to: &result)
        Self.write(day, 2, at: self.places.day, to: &result)
        return .value(.text(String(decoding: result, as: UTF8.self)))
    }

    private func read(_ value: Value) -> CalendarDate? {
        guard case .text(let text) = value, text.string.utf8.count == self.pattern.count else { return nil }
        var copy = text.string
        return copy.withUTF8 { bytes in
            let (yearStart, monthStart, dayStart) = (self.places.year, self.places.month, self.places.day)
            var (year, month, day) = (0, 0, 0)
            for index in bytes.indices {
                let digit = Int(bytes[index]) - 0x30
                if index >= yearStart, index < yearStart + 4 {
                    year = year * 10 + digit
                } else if index >= monthStart, index < monthStart + 2 {
                    month = month * 10 + digit
                } else if index >= dayStart, index < dayStart + 2 {
                    day = day * 10 + digit
                } else {
                    guard bytes[index] == self.pattern[index] else { return nil }
                    continue
                }
                guard (0...9).contains(digit) else { return nil }
            }
            return CalendarDate(year: year, month: month, day: day)
        }
    }

    private static func write(_ number: Int, _ width: Int, at place: Int, to bytes: inout [UInt8]) {
        var rest = number
        for index in (place..<(place + width)).reversed() {
            bytes[index] = 0x30 + UInt8(rest % 10)
            rest /= 10
        }
    }

    package func sampleRemote(_ source: inout SampleSource) -> Value {
        if source.oneIn(6) { return source.value(of: .text) }
        let made = self.makeRemote(.date(source.date()), previous: .absent, in: EmptyLensContext())
        return if case .value(let value) = made { value } else { .null }
    }
}
