/// `int(x)`, `string(x)` and their relatives (cel-spec, langdef, "List of Standard Definitions").
enum Conversions {
    static let overloads: [Overload] =
        identities + numbers
        + [
            StandardFunctions.global("bool", .string, .bool, bool),
            StandardFunctions.global("bytes", .string, .bytes, bytes),
            StandardFunctions.global("string", .bool, .string, string),
            StandardFunctions.global("string", .int, .string, string),
            StandardFunctions.global("string", .uint, .string, string),
            StandardFunctions.global("string", .double, .string, string),
            StandardFunctions.global("string", .bytes, .string, string),
            StandardFunctions.global("string", .timestamp, .string, string),
            StandardFunctions.global("string", .duration, .string, string),
            StandardFunctions.global("timestamp", .string, .timestamp, timestamp),
            StandardFunctions.global("timestamp", .int, .timestamp, timestamp),
            StandardFunctions.global("duration", .string, .duration, duration),
        ]

    private static let identities: [Overload] = [
        ("bool", .bool), ("int", .int), ("uint", .uint), ("double", .double), ("string", .string), ("bytes", .bytes),
        ("timestamp", .timestamp), ("duration", .duration),
    ].map { (name: String, type: CELType) in
        StandardFunctions.global(name, type, type) { value, _ in value }
    }

    private static let numbers: [Overload] = [
        StandardFunctions.global("int", .uint, .int, int), StandardFunctions.global("int", .double, .int, int),
        StandardFunctions.global("int", .string, .int, int), StandardFunctions.global("int", .timestamp, .int, int),
        StandardFunctions.global("uint", .int, .uint, uint), StandardFunctions.global("uint", .double, .uint, uint),
        StandardFunctions.global("uint", .string, .uint, uint),
        StandardFunctions.global("double", .int, .double, double),
        StandardFunctions.global("double", .uint, .double, double),
        StandardFunctions.global("double", .string, .double, double),
    ]

    private static func unreadable(_ type: String) -> Failure {
        Failure(.invalidArgument, "the text is no \(type)")
    }

    private static func outOfRange(_ type: String) -> Failure {
        Failure(.overflow, "the value is out of the range of \(type)")
    }

    private static func int(_ value: CELValue, _ frame: inout Frame) throws(Failure) -> CELValue {
        switch value {
        case .uint(let value):
            guard let int = Int64(exactly: value) else { throw outOfRange("int") }
            return .int(int)
        case .double(let value):
            // As in cel-go, the least int is out of range too: a double near it may stand for a lesser number.
            guard value > -0x1p63, value < 0x1p63 else { throw outOfRange("int") }
            return .int(Int64(value))
        case .string(let text):
            guard let int = Int64(text) else { throw unreadable("int") }
            return .int(int)
        case .timestamp(let moment): return .int(moment.seconds)
        default: throw .overload("int", value.kind)
        }
    }

    private static func uint(_ value: CELValue, _ frame: inout Frame) throws(Failure) -> CELValue {
        switch value {
        case .int(let value):
            guard let uint = UInt64(exactly: value) else { throw outOfRange("uint") }
            return .uint(uint)
        case .double(let value):
            guard value >= 0, value < 0x1p64 else { throw outOfRange("uint") }
            return .uint(UInt64(value))
        case .string(let text):
            guard text.utf8.first?.isDigit == true, let uint = UInt64(text) else { throw unreadable("uint") }
            return .uint(uint)
        default: throw .overload("uint", value.kind)
        }
    }

    private static func double(_ value: CELValue, _ frame: inout Frame) throws(Failure) -> CELValue {
        switch value {
        case .int(let value): return .double(Double(value))
        case .uint(let value): return .double(Double(value))
        case .string(let text):
            guard let double = Double(text) else { throw unreadable("double") }
            return .double(double)
        default: throw .overload("double", value.kind)
        }
    }

    private static func bool(_ value: CELValue, _ frame: inout Frame) throws(Failure) -> CELValue {
        guard case .string(let text) = value else { throw .overload("bool", value.kind) }
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": return .bool(true)
        case "0", "f", "F", "false", "FALSE", "False": return .bool(false)
        default: throw unreadable("bool")
        }
    }

    private static func bytes(_ value: CELValue, _ frame: inout Frame) throws(Failure) -> CELValue {
        guard case .string(let text) = value else { throw .overload("bytes", value.kind) }
        try frame.spend(bytes: text.utf8.count)
        return .bytes(Array(text.utf8))
    }

    private static func string(_ value: CELValue, _ frame: inout Frame) throws(Failure) -> CELValue {
        switch value {
        case .bool(let value): return .string(value ? "true" : "false")
        case .int(let value): return .string(String(value))
        case .uint(let value): return .string(String(value))
        case .double(let value): return .string(DecimalText.shortest(value))
        case .bytes(let bytes):
            try frame.spend(bytes: bytes.count)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Failure(.invalidArgument, "the bytes are no UTF-8")
            }
            return .string(text)
        case .timestamp(let moment): return .string(moment.text)
        case .duration(let span): return .string(span.text)
        default: throw .overload("string", value.kind)
        }
    }

    private static func timestamp(_ value: CELValue, _ frame: inout Frame) throws(Failure) -> CELValue {
        switch value {
        case .int(let seconds):
            guard let moment = CELTimestamp(seconds: seconds) else { throw outOfRange("timestamp") }
            return .timestamp(moment)
        case .string(let text):
            guard let moment = CELTimestamp(text) else {
                throw Failure(.invalidArgument, "the text is no RFC 3339 time of the years 1 to 9999")
            }
            return .timestamp(moment)
        default: throw .overload("timestamp", value.kind)
        }
    }

    private static func duration(_ value: CELValue, _ frame: inout Frame) throws(Failure) -> CELValue {
        guard case .string(let text) = value else { throw .overload("duration", value.kind) }
        guard let span = CELDuration(text) else {
            throw Failure(.invalidArgument, "the text is no duration, such as 90s or 1h30m, of at most 292 years")
        }
        return .duration(span)
    }
}
