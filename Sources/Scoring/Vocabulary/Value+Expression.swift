package import CEL
package import Records

extension PropertyType {
    /// The type that a property has in expressions; a stage is its place in the lifecycle, a date its first moment in UTC.
    package var expressionType: CELType {
        switch self {
        case .text, .option, .owner, .reference: .string
        case .number: .double
        case .flag: .bool
        case .date, .instant: .timestamp
        case .set: .list(.string)
        case .stage: .int
        }
    }
}

extension CELValue {
    /// A stored value as expressions read it; absent and null alike are `null`.
    package init(_ value: Value) {
        switch value {
        case .absent, .null: self = .null
        case .text(let text): self = .string(text.string)
        case .number(let number): self = .double(number.double)
        case .flag(let flag): self = .bool(flag)
        case .date(let date):
            self = CELTimestamp(seconds: Int64(date.days) * 86_400).map { .timestamp($0) } ?? .null
        case .instant(let instant): self = CELValue(instant)
        case .set(let elements): self = .list(elements.map { .string($0.string) })
        }
    }

    /// A point in time; null outside the years 1 to 9999.
    package init(_ instant: Instant) {
        let second: Int64 = 1_000_000
        let seconds = (instant.microseconds - (instant.microseconds < 0 ? second - 1 : 0)) / second
        let rest = Int32((instant.microseconds - seconds * second) * 1000)
        self = CELTimestamp(seconds: seconds, nanoseconds: rest).map { .timestamp($0) } ?? .null
    }

    /// The attributes of an event as a map, with its `name` and `id`.
    package init(_ event: PersonEvent) {
        var entries: [CELMap.Entry] = []
        for attribute in event.sortedAttributes where attribute.name != "name" && attribute.name != "id" {
            let value = CELValue(attribute.value)
            if !value.isNull { entries.append(CELMap.Entry(key: .string(attribute.name.string), value: value)) }
        }
        entries.append(CELMap.Entry(key: .string("id"), value: .string(event.id.string)))
        entries.append(CELMap.Entry(key: .string("name"), value: .string(event.name.string)))
        self = .map((try? CELMap(entries)) ?? CELMap())
    }

    /// The map without entries, for places without an event.
    package static let noEvent = CELValue.map(CELMap())
}
