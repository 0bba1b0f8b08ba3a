/// The kind of a value, without its content; one byte, so that a failure can carry two of them without allocating.
package enum ValueKind: UInt8, Sendable, Hashable {
    case null
    case bool
    case int
    case uint
    case double
    case string
    case bytes
    case list
    case map
    case type
    case timestamp
    case duration
    case optional
    case object
    /// No operand at all.
    case none

    /// The name of the type as the language spells it.
    package var name: String {
        switch self {
        case .null: "null_type"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .list: "list"
        case .map: "map"
        case .type: "type"
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        case .optional: "optional_type"
        case .object: "object"
        case .none: "nothing"
        }
    }

    /// The name as messages for people spell it.
    var plainName: String {
        switch self {
        case .null: "null"
        case .timestamp: "timestamp"
        case .duration: "duration"
        case .optional: "optional"
        default: name
        }
    }
}

extension CELValue {
    /// The kind of this value.
    package var kind: ValueKind {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .list: .list
        case .map: .map
        case .type: .type
        case .timestamp: .timestamp
        case .duration: .duration
        case .optional: .optional
        case .object: .object
        }
    }
}
