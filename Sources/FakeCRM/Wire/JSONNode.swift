/// A parsed JSON value; texts are bytes, numbers keep the digits they were written with.
enum JSONNode {
    case null
    case bool(Bool)
    case number([UInt8])
    case string([UInt8])
    case array([JSONNode])
    case object([JSONMember])

    /// The last member of that name, as Jackson takes doubled names; nil when absent or not an object.
    subscript(_ name: String) -> JSONNode? {
        guard case .object(let members) = self else { return nil }
        let wanted = Array(name.utf8)
        return members.last { $0.name == wanted }?.value
    }

    var isNull: Bool {
        if case .null = self { return true }
        return false
    }

    var elements: [JSONNode]? {
        if case .array(let elements) = self { return elements }
        return nil
    }

    var members: [JSONMember]? {
        if case .object(let members) = self { return members }
        return nil
    }

    var boolean: Bool? {
        if case .bool(let value) = self { return value }
        return nil
    }

    /// The text of a string, or of a number or boolean, which the API reads as text too.
    var scalarText: [UInt8]? {
        switch self {
        case .string(let text), .number(let text): text
        case .bool(let value): Array((value ? "true" : "false").utf8)
        case .null, .array, .object: nil
        }
    }

    /// A whole number, written as a number or as a string of digits.
    var integer: Int64? { self.scalarText.flatMap(wholeNumber) }
}

/// One name and value of a JSON object.
struct JSONMember {
    var name: [UInt8]
    var value: JSONNode
}

/// The number a text of digits, with or without a minus sign, stands for; nil for anything else.
func wholeNumber(_ text: some Collection<UInt8>) -> Int64? {
    guard !text.isEmpty, text.count < 20, text.first != UInt8(ascii: "+") else { return nil }
    return Int64(String(decoding: text, as: UTF8.self))
}
