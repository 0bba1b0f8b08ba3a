package import CEL
package import Records

/// Values of expressions as JSON with one key that names the type, as the official cases write them.
///
/// `{"null": null}` `{"bool": true}` `{"int": "1"}` `{"uint": "1"}` `{"double": "1.5"}` `{"string": ""}`
/// `{"bytes": base64}` `{"list": [value]}` `{"map": [[key, value]]}` `{"type": "int"}`
/// `{"timestamp": {"seconds": "0", "nanos": 0}}` `{"duration": {"seconds": "0", "nanos": 0}}`.
extension CELValue {
    /// Reads a value; throws a `CaseProblem` for anything else.
    package init(case json: JSON) throws(CaseProblem) {
        guard case .object(let members) = json, members.count == 1, let (key, content) = members.first else {
            throw CaseProblem("a value is an object with one member that names its type, such as {\"int\": \"1\"}")
        }
        if let scalar = Self.scalar(key, content) {
            self = scalar
        } else if let compound = try Self.compound(key, content) {
            self = compound
        } else {
            throw CaseProblem("this is no value of a type \"\(key.prefix(40))\"")
        }
    }

    private static func scalar(_ key: String, _ content: JSON) -> CELValue? {
        switch (key, content) {
        case ("null", .null): .null
        case ("bool", .bool(let flag)): .bool(flag)
        case ("int", .string(let text)), ("int", .number(let text)): Int64(text).map { .int($0) }
        case ("uint", .string(let text)), ("uint", .number(let text)): UInt64(text).map { .uint($0) }
        case ("double", .string(let text)), ("double", .number(let text)): Self.double(text).map { .double($0) }
        case ("string", .string(let text)): .string(text)
        case ("bytes", .string(let text)): Base64.bytes(of: text).map { .bytes($0) }
        case ("type", .string(let name)): .type(name)
        case ("timestamp", .object):
            Self.parts(content).flatMap { CELTimestamp(seconds: $0, nanoseconds: $1) }.map { .timestamp($0) }
        case ("duration", .object):
            Self.parts(content).flatMap { CELDuration(seconds: $0, nanoseconds: Int64($1)) }.map { .duration($0) }
        default: nil
        }
    }

    private static func compound(_ key: String, _ content: JSON) throws(CaseProblem) -> CELValue? {
        switch (key, content) {
        case ("list", .array(let elements)):
            var values: [CELValue] = []
            values.reserveCapacity(elements.count)
            for element in elements { values.append(try CELValue(case: element)) }
            return .list(values)
        case ("map", .array(let pairs)):
            var entries: [CELMap.Entry] = []
            for pair in pairs {
                guard case .array(let both) = pair, both.count == 2 else {
                    throw CaseProblem("an entry of a map is a list of its key and its value")
                }
                entries.append(CELMap.Entry(key: try CELValue(case: both[0]), value: try CELValue(case: both[1])))
            }
            guard let map = try? CELMap(entries) else {
                throw CaseProblem("the keys of a map are texts, numbers or truth values, each once")
            }
            return .map(map)
        default: return nil
        }
    }

    private static func double(_ text: String) -> Double? {
        switch text {
        case "NaN": .nan
        case "Infinity": .infinity
        case "-Infinity": -.infinity
        default: Double(text)
        }
    }

    private static func parts(_ json: JSON) -> (seconds: Int64, nanoseconds: Int32)? {
        func number(_ name: String) -> Int64? {
            switch json[name] {
            case nil: 0
            case .number(let text)?, .string(let text)?: Int64(text)
            default: nil
            }
        }
        guard let seconds = number("seconds"), let nanoseconds = number("nanos").flatMap({ Int32(exactly: $0) }) else {
            return nil
        }
        return (seconds, nanoseconds)
    }

    /// The value as JSON; an optional is written as what it holds, an empty one and a record as null.
    package var caseJSON: JSON {
        switch self {
        case .null, .object, .optional(nil): ["null": .null]
        case .bool(let flag): ["bool": .bool(flag)]
        case .int(let number): ["int": .string(String(number))]
        case .uint(let number): ["uint": .string(String(number))]
        case .double(let number): ["double": .string(Self.text(of: number))]
        case .string(let text): ["string": .string(text)]
        case .bytes(let bytes): ["bytes": .string(Base64.text(of: bytes))]
        case .list(let values): ["list": .array(values.map(\.caseJSON))]
        case .map(let map): ["map": .array(map.entries.map { [$0.key.caseJSON, $0.value.caseJSON] })]
        case .type(let name): ["type": .string(name)]
        case .timestamp(let moment): ["timestamp": Self.parts(moment.seconds, moment.nanoseconds)]
        case .duration(let span): ["duration": Self.parts(span.seconds, span.nanoseconds)]
        case .optional(let wrapped?): wrapped.caseJSON
        }
    }

    private static func text(of number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        return number == 0 && number.sign == .minus ? "-0" : "\(number)"
    }

    private static func parts(_ seconds: Int64, _ nanoseconds: Int32) -> JSON {
        ["seconds": .string(String(seconds)), "nanos": .number(String(nanoseconds))]
    }
}

/// What is wrong with a case, beside its expression.
package struct CaseProblem: Error, Equatable {
    /// What is wrong.
    package let message: String

    init(_ message: String) {
        self.message = message
    }
}
