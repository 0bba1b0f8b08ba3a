/// A match key of an object: the properties that together tell which record is meant (R7).
///
/// The canonical bytes are the values' own, ASCII white space trimmed and ASCII letters lowered, nothing more: what
/// Unicode folds differs between versions, and a key that changes with the build would find nobody. Other forms are the
/// business of a mapping's transforms. A key of which one part is blank is no key.
package struct IdentityKey: Hashable, Sendable, CustomStringConvertible {
    /// The local properties, in the order of the mapping.
    package let properties: [String]

    /// Creates a key over at least one property.
    package init(_ properties: [String]) {
        precondition(!properties.isEmpty, "a match key names at least one property")
        self.properties = properties
    }

    /// Reads a name such as `phone+first_name+last_name`.
    package init(named name: String) {
        self.init(name.split(separator: "+", omittingEmptySubsequences: false).map(String.init))
    }

    /// The properties joined by `+`.
    package var name: String { self.properties.joined(separator: "+") }

    package var description: String { self.name }

    /// Appends the canonical bytes of the values, one for each property; false, with nothing appended, if one is blank.
    ///
    /// The parts end with a zero byte each, which no text can hold, unless there is only one.
    package static func append(_ values: some Collection<Value>, to bytes: inout [UInt8]) -> Bool {
        let values = Array(values)
        return Self.append(values, at: Array(values.indices), to: &bytes)
    }

    /// Appends the canonical bytes of the values at some places, in their order, as `append(_:to:)` does; a place that is
    /// nil is blank.
    ///
    /// For paths that run per record: nothing is allocated.
    package static func append(_ values: [Value], at places: [Int?], to bytes: inout [UInt8]) -> Bool {
        let mark = bytes.count
        for place in places {
            let start = bytes.count
            if let place { Self.append(values[place], to: &bytes) }
            guard bytes.count > start else {
                bytes.removeLast(bytes.count - mark)
                return false
            }
            if places.count > 1 { bytes.append(0) }
        }
        return true
    }

    /// The canonical bytes of the values; nil if one is blank.
    package static func canon(of values: some Collection<Value>) -> [UInt8]? {
        var bytes: [UInt8] = []
        return Self.append(values, to: &bytes) ? bytes : nil
    }

    /// Appends the canonical bytes of one text.
    package static func append(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        var range = 0..<text.count
        while let first = range.first, isSpace(text[first]) { range.removeFirst() }
        while let last = range.last, isSpace(text[last]) { range.removeLast() }
        bytes.append(contentsOf: text[range].lazy.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 })
    }

    private static func append(_ value: Value, to bytes: inout [UInt8]) {
        switch value {
        case .absent, .null, .set: break
        case .text(let text):
            var copy = text.string
            copy.withUTF8 { Self.append($0, to: &bytes) }
        case .number, .flag, .date, .instant: bytes.append(contentsOf: value.description.utf8)
        }
    }
}
