package import Records

/// Ties the form in which an API spells a value to the type that the next transform, or the property, works with.
///
/// HubSpot sends every value as text (`"1200.50"`, `"true"`, epoch milliseconds), Tryton sends typed values. A side that
/// already says the same keeps its spelling; otherwise the value is written as that side spelt it before, and typed
/// where nothing is known: the connector turns typed values into its wire form.
package struct CoercionLens: AgreementLens {
    /// The type on the local side.
    package let shape: ValueShape

    /// Creates the transform to a type; `.texts` leaves both text and sets as they are.
    package init(_ shape: ValueShape) {
        self.shape = shape
    }

    package var name: String { "as_\(self.shape.rawValue)" }
    package var remoteShape: ValueShape { self.shape }
    package var localShape: ValueShape { self.shape }

    package var lensClass: LensClass {
        switch self.shape {
        case .text, .set, .texts: .iso
        case .number, .flag, .date, .instant: .quotient
        }
    }

    package var domain: String {
        switch self.shape {
        case .text: "text, and what has one spelling as text"
        case .number: "decimal numbers of at most 18 digits"
        case .flag: "true and false, in any case, and 1 and 0 as numbers"
        case .date: "YYYY-MM-DD, and midnight UTC in epoch milliseconds"
        case .instant: "RFC 3339, and epoch milliseconds"
        case .set, .texts: "text and sets of texts"
        }
    }

    package var canonicalForm: String {
        switch self.shape {
        case .number: "without trailing zeros"
        case .instant: "UTC; milliseconds where the other side counts in them"
        default: "the same"
        }
    }

    package func sampleRemote(_ source: inout SampleSource) -> Value { source.wireValue(of: self.shape) }

    // What the other side says is read once; the outcome is that of `agrees` and `makeLocal`.
    package func toLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult {
        guard !remote.isBlank, !local.isBlank, let read = Self.read(remote, as: self.shape) else {
            return self.carryToLocal(remote, previous: local, in: context)
        }
        return .value(local == remote || self.isSame(local, read, of: remote) ? local : read)
    }

    func agrees(_ local: Value, _ remote: Value, in context: any LensContext) -> Bool {
        if local == remote { return true }
        guard let read = Self.read(remote, as: self.shape) else { return false }
        return self.isSame(local, read, of: remote)
    }

    /// Whether a local value is what was read, up to what the other side cannot say.
    private func isSame(_ local: Value, _ read: Value, of remote: Value) -> Bool {
        if read == local { return true }
        guard case .instant(let left) = local, case .instant(let right) = read, Self.countsMilliseconds(remote)
        else { return false }
        return left.milliseconds == right.milliseconds
    }

    func makeLocal(_ remote: Value, previous: Value, in context: any LensContext) -> LensResult {
        Self.read(remote, as: self.shape).map { .value($0) } ?? .unmapped(self.complaint(about: remote))
    }

    func makeRemote(_ local: Value, previous: Value, in context: any LensContext) -> LensResult {
        switch self.shape {
        case .text: .value(Self.write(local, like: previous))
        case .number, .flag, .date, .instant:
            if Self.read(local, as: self.shape) == local {
                .value(Self.write(local, like: previous))
            } else {
                .unmapped(self.complaint(about: local))
            }
        case .set, .texts: .value(local)
        }
    }

    private func complaint(about value: Value) -> String {
        if self.shape == .date, case .instant = value { return "a time is no day without a zone" }
        if self.shape == .instant, case .date = value { return "a day is no time without a zone" }
        return "\(value.kindName) that cannot be read as \(Self.name(of: self.shape))"
    }

    private static func name(of shape: ValueShape) -> String {
        switch shape {
        case .text, .texts: "text"
        case .number: "a number"
        case .flag: "true or false"
        case .date: "a date"
        case .instant: "a date and time"
        case .set: "a set"
        }
    }

    /// What a wire value says, as the wanted type; nil if it says nothing of that type.
    private static func read(_ value: Value, as shape: ValueShape) -> Value? {
        switch (shape, value) {
        case (.text, .text), (.texts, .text), (.texts, .set), (.set, .set), (.number, .number), (.flag, .flag),
            (.date, .date), (.instant, .instant):
            value
        case (.text, .number), (.text, .flag), (.text, .date), (.text, .instant), (.texts, .number), (.texts, .flag):
            .text(value.description)
        case (.set, .text(let text)): .set([text])
        case (.number, .text(let text)): Number(text.string).map { .number($0) }
        case (.flag, .number(let number)): self.flag(number.integer)
        case (.flag, .text(let text)): self.flag(text)
        case (.date, .text(let text)): self.date(text)
        case (.date, .number(let number)): self.date(milliseconds: number.integer)
        case (.instant, .text(let text)): self.instant(text)
        case (.instant, .number(let number)): number.integer.flatMap { self.instant(milliseconds: $0) }
        default: nil
        }
    }

    /// A value in the spelling that the other side used before, if the value survives in it.
    private static func write(_ value: Value, like previous: Value) -> Value {
        switch (value, previous) {
        case (.text(let text), .number):
            if let number = Number(text.string), number.description.hasSameBytes(as: text.string) {
                .number(number)
            } else {
                value
            }
        case (.number, .text): .text(value.description)
        case (.flag, .text): .text(value.description)
        case (.flag(let flag), .number): .number(flag ? 1 : 0)
        case (.date(let date), .number): .number(Int64(date.days) * 86_400_000)
        case (.date(let date), .text(let text)):
            self.isDigits(text) ? .text(String(Int64(date.days) * 86_400_000)) : .text(date.description)
        case (.instant(let instant), .number): .number(instant.milliseconds)
        case (.instant(let instant), .text(let text)):
            self.isDigits(text) ? .text(String(instant.milliseconds)) : .text(instant.description)
        default: value
        }
    }

    private static func countsMilliseconds(_ remote: Value) -> Bool {
        if case .text(let text) = remote { return self.isDigits(text) }
        if case .number = remote { return true }
        return false
    }

    private static func flag(_ integer: Int64?) -> Value? {
        switch integer {
        case 0: .flag(false)
        case 1: .flag(true)
        default: nil
        }
    }

    private static func flag(_ text: Text) -> Value? {
        switch text.string.utf8.count {
        case 4 where TextBytes.lowercased(text) == "true": .flag(true)
        case 5 where TextBytes.lowercased(text) == "false": .flag(false)
        default: nil
        }
    }

    private static func date(_ text: Text) -> Value? {
        if let date = CalendarDate(text.string) { return .date(date) }
        return self.isDigits(text) ? self.date(milliseconds: Int64(text.string)) : nil
    }

    private static func date(milliseconds: Int64?) -> Value? {
        guard let milliseconds, milliseconds % 86_400_000 == 0, Self.years.contains(milliseconds) else { return nil }
        return Int32(exactly: milliseconds / 86_400_000).map { .date(CalendarDate(days: $0)) }
    }

    private static func instant(_ text: Text) -> Value? {
        if self.isDigits(text) { return Int64(text.string).flatMap { self.instant(milliseconds: $0) } }
        return Instant(text.string).map { .instant($0) }
    }

    private static func instant(milliseconds: Int64) -> Value? {
        Self.years.contains(milliseconds) ? .instant(Instant(milliseconds: milliseconds)) : nil
    }

    /// The years 1 to 9999 in epoch milliseconds, so that no later sum can overflow.
    private static let years: Range<Int64> = -62_135_596_800_000..<253_402_300_800_000

    private static func isDigits(_ text: Text) -> Bool {
        let digits = text.string.utf8.first == 0x2D ? text.string.utf8.dropFirst() : text.string.utf8[...]
        return !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
    }
}
