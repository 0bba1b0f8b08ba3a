package import Records

/// Reads and writes a time as a zone's wall clock shows it, in a format such as `DD/MM/YYYY HH:mm`.
package struct TimeFormatLens: AgreementLens {
    /// The format: `YYYY`, `MM`, `DD`, `HH` and `mm` once each, `ss` at most once, and other ASCII characters.
    package let format: String
    private struct Place: Hashable {
        let start: Int
        let width: Int
    }

    private let clock: ZoneClock
    private let pattern: [UInt8]
    /// Where year, month, day, hour, minute and, if it is there, second stand.
    private let places: [Place]

    /// Creates the transform; nil if there is no such zone, or the format lacks a part or has one twice.
    package init?(format: String, zone: String) {
        let pattern = Array(format.utf8)
        func place(_ part: String) -> Place? {
            let letters = Array(part.utf8)
            let starts = pattern.indices.filter { pattern[$0...].starts(with: letters) }
            guard starts.count == 1, pattern.count(where: { $0 == letters[0] }) == letters.count else { return nil }
            return Place(start: starts[0], width: letters.count)
        }
        let places = ["YYYY", "MM", "DD", "HH", "mm"].compactMap { place($0) }
        guard pattern.count <= 40, pattern.allSatisfy({ $0 < 0x80 }), places.count == 5,
            place("ss") != nil || !pattern.contains(0x73), let clock = ZoneClock(zone: zone)
        else { return nil }
        self.format = format
        self.clock = clock
        self.pattern = pattern
        self.places = places + [place("ss")].compactMap { $0 }
    }

    package var name: String { "datetime" }
    package var definition: String { "datetime(\(self.format)|\(self.clock.zone))" }
    package var lensClass: LensClass { .quotient }
    package var domain: String { "times of the form \(self.format) that clocks in \(self.clock.zone) show" }
    package var canonicalForm: String { "\(self.format) in \(self.clock.zone), cut off" }
    package var remoteShape: ValueShape { .text }
    package var localShape: ValueShape { .instant }

    func agrees(_ local: Value, _ remote: Value, in context: any LensContext) -> Bool {
        self.written(local).map { .text($0) } == remote
    }

    func makeLocal(_ remote: Value, previous: Value, in context: any LensContext) -> LensResult {
        // Clocks that are put back show an hour twice: the earlier is read, and a side that holds the later keeps it.
        guard case .text(let text) = remote, let wall = self.read(text), let instant = self.clock.instant(showing: wall)
        else { return .unmapped("no time of the form \(self.format) in \(self.clock.zone)") }
        return .value(.instant(instant))
    }

    func makeRemote(_ local: Value, previous: Value, in context: any LensContext) -> LensResult {
        self.written(local).map { .value(.text($0)) }
            ?? .unmapped("\(local.kindName) where a time of the years 1 to 9999 is expected")
    }

    private func written(_ value: Value) -> Text? {
        guard case .instant(let instant) = value, ZoneClock.years.contains(instant) else { return nil }
        let wall = self.clock.wall(instant)
        let (date, parts) = (wall.date, wall.date.parts)
        guard (1...9999).contains(parts.year) else { return nil }
        let seconds = Int((wall.microseconds - Int64(date.days) * 86_400_000_000) / 1_000_000)
        let numbers = [parts.year, parts.month, parts.day, seconds / 3600, seconds / 60 % 60, seconds % 60]
        var result = self.pattern
        for (place, number) in zip(self.places, numbers) {
            var rest = number
            for index in (place.start..<(place.start + place.width)).reversed() {
                result[index] = 0x30 + UInt8(rest % 10)
                rest /= 10
            }
        }
        return Text(String(decoding: result, as: UTF8.self))
    }

    /// What the clock shows, as if it were UTC.
    private func read(_ text: Text) -> Instant? {
        var bytes = Array(text.string.utf8)
        guard bytes.count == self.pattern.count else { return nil }
        var numbers: [Int] = []
        for place in self.places {
            var number = 0
            for index in place.start..<(place.start + place.width) {
                guard (0x30...0x39).contains(bytes[index]) else { return nil }
                number = number * 10 + Int(bytes[index] - 0x30)
                bytes[index] = self.pattern[index]
            }
            numbers.append(number)
        }
        let second = numbers.count > 5 ? numbers[5] : 0
        guard bytes == self.pattern, numbers[3] < 24, numbers[4] < 60, second < 60,
            let date = CalendarDate(year: numbers[0], month: numbers[1], day: numbers[2])
        else { return nil }
        let seconds = Int64(date.days) * 86_400 + Int64(numbers[3] * 3600 + numbers[4] * 60 + second)
        return Instant(microseconds: seconds * 1_000_000)
    }

    package func sampleRemote(_ source: inout SampleSource) -> Value {
        if source.oneIn(6) { return source.value(of: .text) }
        return self.written(.instant(source.instant())).map { .text($0) } ?? .null
    }
}
