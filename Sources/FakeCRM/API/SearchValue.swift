/// A value as searches order it: numbers and times by size, the rest by text.
enum SearchValue: Comparable {
    case number(Double)
    case time(Int64)
    case text([UInt8])

    /// The operand of a filter; throws 400 when it does not fit the property.
    ///
    /// Times are milliseconds since 1970, as the guide asks; ISO texts are refused.
    init(operand: [UInt8], _ definition: PropertyDefinition) throws {
        switch definition.type {
        case .number:
            guard let number = DecimalText.value(operand) else {
                throw APIError.validation("\(readable(operand)) is not a valid number for \(definition.name)")
            }
            self = .number(number)
        case .datetime, .date:
            guard let time = wholeNumber(operand) else {
                throw APIError.validation("\(readable(operand)) is not a valid timestamp for \(definition.name)")
            }
            self = .time(time)
        case .string, .enumeration, .bool, .phoneNumber: self = .text(operand)
        }
    }

    /// The value of a record's property; nil when it has none.
    init?(of record: Record, _ property: Int, _ definition: PropertyDefinition) {
        switch definition.source {
        case .recordID: self = .number(Double(record.id))
        case .created: self = .time(record.createdAt)
        case .modified: self = .time(record.updatedAt)
        case .stored:
            guard let text = record.values[property], !text.isEmpty else { return nil }
            switch definition.type {
            case .number:
                guard let number = Double(readable(text)) else { return nil }
                self = .number(number)
            case .datetime:
                guard let time = CalendarTime.milliseconds(fromISO: text) else { return nil }
                self = .time(time)
            case .date:
                guard let days = CalendarTime.days(fromDate: text) else { return nil }
                self = .time(days * CalendarTime.day)
            case .string, .phoneNumber: self = .text(lowercased(text))
            case .enumeration, .bool: self = .text(text)
            }
        }
    }

    static func < (left: SearchValue, right: SearchValue) -> Bool {
        switch (left, right) {
        case (.number(let left), .number(let right)): left < right
        case (.time(let left), .time(let right)): left < right
        case (.text(let left), .text(let right)): left.lexicographicallyPrecedes(right)
        default: false
        }
    }
}
