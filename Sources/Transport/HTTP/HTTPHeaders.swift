/// Header fields in the order they are sent or came, names compared without regard to ASCII case.
package struct HTTPHeaders: Sendable, ExpressibleByArrayLiteral {
    /// One field; a name may occur more than once.
    package typealias Field = (name: String, value: String)

    /// The fields in their order.
    package private(set) var fields: [Field]

    /// Makes a list of fields.
    package init(_ fields: [Field] = []) {
        self.fields = fields
    }

    package init(arrayLiteral elements: (String, String)...) {
        fields = elements.map { (name: $0.0, value: $0.1) }
    }

    /// The first value of a name; `nil` when there is none.
    package subscript(_ name: String) -> String? {
        fields.first { $0.name.isSameField(as: name) }?.value
    }

    /// All values of a name, in their order.
    package func values(_ name: String) -> [String] {
        fields.filter { $0.name.isSameField(as: name) }.map(\.value)
    }

    /// Appends a field, whether or not the name is there already.
    package mutating func add(_ name: String, _ value: String) {
        fields.append((name: name, value: value))
    }

    /// Removes every field of a name, then appends one.
    package mutating func set(_ name: String, _ value: String) {
        fields.removeAll { $0.name.isSameField(as: name) }
        add(name, value)
    }

    /// Appends to the last value; for answers that fold a field over several lines (RFC 9112 5.2).
    mutating func extendLast(_ more: String) {
        guard let last = fields.indices.last else { return }
        fields[last].value += " " + more
    }
}

extension String {
    /// Equality of header names: bytes, with ASCII letters in either case.
    func isSameField(as other: String) -> Bool {
        func lowered(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
        return utf8.count == other.utf8.count && zip(utf8, other.utf8).allSatisfy { lowered($0) == lowered($1) }
    }
}
