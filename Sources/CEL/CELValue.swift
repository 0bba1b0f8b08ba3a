/// A value of the expression language.
///
/// Text is compared and hashed by its UTF-8 bytes, never by Swift's canonical equivalence; numbers of different
/// types compare by their exact mathematical value. There is no `Equatable` conformance on purpose: equality of the
/// language (`CELValue.equal`) is not reflexive (`NaN != NaN`).
package enum CELValue: Sendable {
    /// The value of a blank or absent field.
    case null
    /// A truth value.
    case bool(Bool)
    /// A signed 64-bit integer; overflow is an error.
    case int(Int64)
    /// An unsigned 64-bit integer; overflow is an error.
    case uint(UInt64)
    /// An IEEE 754 double.
    case double(Double)
    /// A text of Unicode code points.
    case string(String)
    /// A sequence of bytes.
    case bytes([UInt8])
    /// A list of values, of one type or mixed.
    case list([CELValue])
    /// A map in the order of insertion.
    case map(CELMap)
    /// A type as a value, by name (`int`, `list`, `google.protobuf.Timestamp`).
    case type(String)
    /// A moment from 0001-01-01 to 9999-12-31, in nanoseconds.
    case timestamp(CELTimestamp)
    /// A signed span of time in nanoseconds.
    case duration(CELDuration)
    /// A value that may be missing without an error (`optional.of(x)`, `optional.none()`).
    indirect case optional(CELValue?)
    /// A record or another thing of the host whose fields are read by slot.
    case object(any CELObject)
}

/// A thing of the host that answers its declared fields by slot, so that a record needs no dictionary.
///
/// The protocol is bound to classes because a handle is then two words and a `CELValue` stays small.
package protocol CELObject: AnyObject, Sendable {
    /// The declared type, which gives names to the slots.
    var objectType: CELObjectType { get }

    /// The value in a slot of `objectType`; `.null` when the field is blank or absent.
    func field(slot: Int) -> CELValue
}

extension CELValue {
    /// The name of the value's type as `type(value)` gives it.
    package var typeName: String {
        switch self {
        case .object(let object): object.objectType.name
        default: kind.name
        }
    }

    /// The value as an `Int`, for indices and counts; nil when it is no `int` or does not fit.
    package var asInt: Int? {
        guard case .int(let value) = self else { return nil }
        return Int(exactly: value)
    }

    /// The text of a `string`; nil for every other type.
    package var asString: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The truth value of a `bool`; nil for every other type.
    package var asBool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// Whether this is `null`.
    package var isNull: Bool {
        guard case .null = self else { return false }
        return true
    }

    /// Whether `optional.ofNonZeroValue` takes this for no value: zero, empty, false or null.
    var isZero: Bool {
        switch self {
        case .null: true
        case .bool(let value): !value
        case .int(let value): value == 0
        case .uint(let value): value == 0
        case .double(let value): value == 0
        case .string(let value): value.isEmpty
        case .bytes(let value): value.isEmpty
        case .list(let value): value.isEmpty
        case .map(let value): value.isEmpty
        case .type: false
        case .timestamp(let value): value.seconds == 0 && value.nanoseconds == 0
        case .duration(let value): value.seconds == 0 && value.nanoseconds == 0
        case .optional(let value): value == nil
        case .object: false
        }
    }
}
