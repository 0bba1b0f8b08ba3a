import Records

/// Why a cell cannot be taken.
struct ImportProblem: Error {
    let message: String
}

/// Reads cells as values of properties.
struct ImportValues {
    let lifecycle: Lifecycle

    /// The value of a cell for a property; throws `ImportProblem`.
    func value(_ cell: ImportCell, for property: PropertySchema) throws(ImportProblem) -> Value {
        switch cell {
        case .text(let text): return try self.value(text, for: property)
        case .json(.null): return .null
        case .json(.bool(let flag)) where property.type == .flag: return .flag(flag)
        case .json(.number(let digits)): return try self.value(digits, for: property)
        case .json(.array(let elements)):
            guard case .set(let options) = property.type else { break }
            let texts = elements.compactMap { $0.string.map { Text($0) } }
            guard texts.count == elements.count else { break }
            return .set(of: try texts.map { text throws(ImportProblem) in try self.option(text, options, property) })
        case .json: break
        }
        throw ImportProblem(message: "\(property.name) cannot be this kind of JSON value")
    }

    private func value(_ text: String, for property: PropertySchema) throws(ImportProblem) -> Value {
        guard !text.utf8.isEmpty else { return .absent }
        guard !text.utf8.contains(0) else { throw ImportProblem(message: "\(property.name) holds a zero byte") }
        switch property.type {
        case .text: return property.name == "email" ? try self.email(text, property) : .text(text)
        case .owner: return try self.email(text, property)
        case .number: return try self.parsed(Number(text).map { .number($0) }, property, "a number such as 12.5")
        case .flag: return try self.parsed(Self.flag(text), property, "true or false")
        case .date: return try self.parsed(CalendarDate(text).map { .date($0) }, property, "a date such as 2026-03-02")
        case .instant: return try self.parsed(Self.instant(text), property, "a time such as 2026-03-02T09:00:00Z")
        case .option(let options): return .text(try self.option(Text(text), options, property))
        case .stage:
            return .text(try self.option(Text(text), self.lifecycle.stages + self.lifecycle.sideStages, property))
        case .set(let options):
            var texts: [Text] = []
            for part in text.split(separator: ";") {
                let trimmed = ImportNames.trimmed(String(part))
                if !trimmed.isEmpty { texts.append(try self.option(Text(trimmed), options, property)) }
            }
            return .set(of: texts)
        case .reference: throw ImportProblem(message: "\(property.name) is a reference, which an import cannot set")
        }
    }

    /// An address in the form in which the mappings keep it: trimmed, in small letters.
    private func email(_ text: String, _ property: PropertySchema) throws(ImportProblem) -> Value {
        let bytes = text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        let parts = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        let isAddress =
            parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && !bytes.contains { $0 <= 0x20 || $0 == 0x7F }
        guard isAddress, bytes.count <= 254 else {
            throw ImportProblem(message: "\(property.name) is no e-mail address")
        }
        return .text(String(decoding: bytes, as: UTF8.self))
    }

    private func option(
        _ text: Text,
        _ options: [Text],
        _ property: PropertySchema
    ) throws(ImportProblem) -> Text {
        if options.isEmpty || options.contains(text) { return text }
        let plain = Text(ImportNames.plain(text.string))
        if options.contains(plain) { return plain }
        let names = options.map(\.string).joined(separator: ", ")
        throw ImportProblem(message: "\(property.name) must be one of \(names)")
    }

    private func parsed(_ value: Value?, _ property: PropertySchema, _ wanted: String) throws(ImportProblem) -> Value {
        if let value { return value }
        throw ImportProblem(message: "\(property.name) must be \(wanted)")
    }

    private static func flag(_ text: String) -> Value? {
        switch text.lowercased() {
        case "true", "yes", "1": .flag(true)
        case "false", "no", "0": .flag(false)
        default: nil
        }
    }

    /// RFC 3339, or a day alone, which is its first moment in UTC.
    static func instant(_ text: String) -> Value? {
        if let instant = Instant(text) { return .instant(instant) }
        return CalendarDate(text).map { .instant(Instant(microseconds: Int64($0.days) * 86_400_000_000)) }
    }
}
