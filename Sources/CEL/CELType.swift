/// A type of the checker.
package indirect enum CELType: Sendable, Hashable {
    /// Any value; checked only while running.
    case dyn
    /// The type of `null`.
    case null
    case bool
    case int
    case uint
    case double
    case string
    case bytes
    case timestamp
    case duration
    /// A list of one element type.
    case list(CELType)
    /// A map from keys to values.
    case map(CELType, CELType)
    /// A value that may be missing without an error.
    case optional(CELType)
    /// A type as a value.
    case type(CELType)
    /// A scalar that may be null, as fields of records are.
    case nullable(CELType)
    /// A record with known fields.
    case object(CELObjectType)
    /// A named type of the host with type arguments, which only its functions understand.
    case opaque(String, [CELType])
    /// A type parameter of a function (`T` in `list(T)`), or a type not yet known while checking.
    case parameter(String)
    /// What an expression with an error in it gets, so that one mistake is reported once.
    case error
}

/// A record type: its name and its fields with their slots.
package final class CELObjectType: Sendable, Hashable {
    /// One declared field.
    package struct Field: Sendable, Hashable {
        /// The name in expressions.
        package let name: String
        /// The type of its value; wrapped as nullable unless `isRequired`.
        package let type: CELType
        /// The number by which activations and objects answer it.
        package let slot: Int

        /// A field.
        ///
        /// Without `isRequired` its value may be null, so `field == null` is allowed.
        package init(_ name: String, _ type: CELType, slot: Int, isRequired: Bool = false) {
            self.name = name
            self.slot = slot
            switch type {
            case .bool, .int, .uint, .double, .string, .bytes:
                self.type = isRequired ? type : .nullable(type)
            case .timestamp, .duration, .list, .map:
                self.type = isRequired ? type : .nullable(type)
            default:
                self.type = type
            }
        }
    }

    /// The name in messages and as `type(value)` gives it.
    package let name: String
    /// The fields in the order of declaration.
    package let fields: [Field]
    private let positions: [ByteText: Int]

    /// A type; of two fields with one name the first counts.
    package init(name: String, fields: [Field]) {
        self.name = name
        self.fields = fields
        positions = Dictionary(
            fields.enumerated().map { (ByteText($1.name), $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The field of a name; nil when it was not declared.
    package func field(named name: String) -> Field? {
        positions[ByteText(name)].map { fields[$0] }
    }

    /// Types are the same when they are one declaration; two declarations never mix.
    package static func == (left: CELObjectType, right: CELObjectType) -> Bool { left === right }

    /// Hashes the declaration itself, as `==` compares it.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(self))
    }
}

extension CELType: CustomStringConvertible {
    /// The type as messages spell it: `list(string)`, `map(string, int)`.
    package var description: String {
        switch self {
        case .dyn: "dyn"
        case .null: "null"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .timestamp: "timestamp"
        case .duration: "duration"
        case .list(let element): "list(\(element))"
        case .map(let key, let value): "map(\(key), \(value))"
        case .optional(let wrapped): "optional(\(wrapped))"
        case .type(let described): "type(\(described))"
        case .nullable(let wrapped): wrapped.description
        case .object(let type): type.name
        case .opaque(let name, let arguments):
            arguments.isEmpty ? name : "\(name)(\(arguments.map(\.description).joined(separator: ", ")))"
        case .parameter(let name): name
        case .error: "unknown"
        }
    }

    /// The type without the possibility of null.
    package var unwrapped: CELType {
        guard case .nullable(let wrapped) = self else { return self }
        return wrapped
    }

    /// The parameter of a function that takes any mixture of `int`, `uint` and `double`.
    static let number = CELType.opaque("number", [])

    /// Whether a runtime value may be of this type; parameters and `dyn` take everything, content is not looked at.
    func accepts(_ kind: ValueKind) -> Bool {
        switch self {
        case .dyn, .parameter, .error, .opaque: true
        case .null: kind == .null
        case .bool: kind == .bool
        case .int: kind == .int
        case .uint: kind == .uint
        case .double: kind == .double
        case .string: kind == .string
        case .bytes: kind == .bytes
        case .timestamp: kind == .timestamp
        case .duration: kind == .duration
        case .list: kind == .list
        case .map: kind == .map
        case .optional: kind == .optional
        case .type: kind == .type
        case .nullable(let wrapped): kind == .null || wrapped.accepts(kind)
        case .object: kind == .object
        }
    }
}
