/// The stored form of a record's properties: one compact JSON object by property name, typed by the schema.
///
/// Members stand in the order of their names' bytes, whatever the order of the schema's file, and an absent property
/// has no member; so equal bytes are equal values. A stored member that the schema no longer knows is kept.
package struct PropertiesCodec: Sendable {
    /// The object whose records are read and written.
    package let object: ObjectSchema
    /// The schema's positions in the order in which they are written.
    package let order: [Int]
    /// `"name":` by the schema's position, ready to be appended.
    package let keys: [[UInt8]]
    /// Names by place in `order`.
    private let names: [[UInt8]]

    /// Creates a codec for an object.
    package init(_ object: ObjectSchema) {
        let properties = object.properties
        self.object = object
        self.order = properties.indices.sorted {
            properties[$0].name.utf8.lexicographicallyPrecedes(properties[$1].name.utf8)
        }
        self.names = self.order.map { Array(properties[$0].name.utf8) }
        self.keys = properties.map { property in
            var writer = JSONWriter(capacity: 32)
            writer.quoted(property.name)
            writer.byte(UInt8(ascii: ":"))
            return writer.bytes
        }
    }

    /// The schema's position of a property; nil if the object has none of that name.
    package func position(of name: String) -> Int? {
        var range = 0..<self.names.count
        while !range.isEmpty {
            let middle = (range.lowerBound + range.upperBound) / 2
            if self.names[middle].elementsEqual(name.utf8) { return self.order[middle] }
            if self.names[middle].lexicographicallyPrecedes(name.utf8) {
                range = (middle + 1)..<range.upperBound
            } else {
                range = range.lowerBound..<middle
            }
        }
        return nil
    }

    /// Appends a record's properties, given by the schema's positions.
    package func encode(_ values: [Value], into writer: inout JSONWriter) throws(CodecError) {
        precondition(values.count == self.keys.count, "one value for each property of the schema")
        var separator = UInt8(ascii: "{")
        for position in self.order {
            if case .absent = values[position] { continue }
            writer.byte(separator)
            separator = UInt8(ascii: ",")
            try self.append(values[position], at: position, into: &writer)
        }
        if separator == UInt8(ascii: "{") { writer.byte(separator) }
        writer.byte(UInt8(ascii: "}"))
    }

    /// A record's properties, given by the schema's positions, as bytes.
    package func encode(_ values: [Value]) throws(CodecError) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        try self.encode(values, into: &writer)
        return writer.bytes
    }

    /// Reads a record's properties, by the schema's positions; members that the schema does not know are passed over.
    package func decode(_ bytes: UnsafeBufferPointer<UInt8>) throws(CodecError) -> [Value] {
        var values = [Value](repeating: .absent, count: self.keys.count)
        var members = MemberReader(bytes)
        var place = 0
        while let name = try members.next() {
            if let position = self.match(bytes[name], from: &place) {
                values[position] = try members.reader.plain(self.object.properties[position].type)
            } else {
                _ = try members.reader.skip()
            }
        }
        return values
    }

    /// Reads a record's properties, by the schema's positions.
    package func decode(_ bytes: [UInt8]) throws(CodecError) -> [Value] {
        try bytes.withUnsafeBufferPointer { buffer throws(CodecError) in try self.decode(buffer) }
    }

    /// The same properties with some of them set anew, by the schema's positions; an absent value removes the member.
    package func replacing(
        _ bytes: [UInt8],
        with changes: [(position: Int, value: Value)]
    ) throws(CodecError)
        -> [UInt8]
    {
        var pending = changes.sorted { self.isBefore(self.keys[$0.position], self.keys[$1.position]) }[...]
        return try bytes.withUnsafeBufferPointer { buffer throws(CodecError) in
            var writer = JSONWriter(capacity: buffer.count + 64)
            var separator = UInt8(ascii: "{")
            var members = MemberReader(buffer)
            while let name = try members.next() {
                let start = name.lowerBound - 1
                let key = buffer[start..<(name.upperBound + 2)]
                let end = try members.reader.skip().upperBound
                while let change = pending.first, self.isBefore(self.keys[change.position], key) {
                    try self.append(change, separator: &separator, into: &writer)
                    pending.removeFirst()
                }
                if let change = pending.first, self.keys[change.position].elementsEqual(key) {
                    try self.append(change, separator: &separator, into: &writer)
                    pending.removeFirst()
                } else {
                    writer.byte(separator)
                    separator = UInt8(ascii: ",")
                    writer.raw(UnsafeBufferPointer(rebasing: buffer[start..<end]))
                }
            }
            for change in pending { try self.append(change, separator: &separator, into: &writer) }
            if separator == UInt8(ascii: "{") { writer.byte(separator) }
            writer.byte(UInt8(ascii: "}"))
            return writer.bytes
        }
    }

    private func append(
        _ change: (position: Int, value: Value),
        separator: inout UInt8,
        into writer: inout JSONWriter
    ) throws(CodecError) {
        if case .absent = change.value { return }
        writer.byte(separator)
        separator = UInt8(ascii: ",")
        try self.append(change.value, at: change.position, into: &writer)
    }

    private func append(_ value: Value, at position: Int, into writer: inout JSONWriter) throws(CodecError) {
        let property = self.object.properties[position]
        guard property.type.admits(value) else { throw CodecError(.wrongKind, property.name) }
        writer.raw(self.keys[position])
        try writer.plain(value)
    }

    /// The order of two `"name":` by their names: the closing quote must not take part in it.
    private func isBefore(
        _ left: some BidirectionalCollection<UInt8>,
        _ right: some BidirectionalCollection<UInt8>
    )
        -> Bool
    {
        left.dropLast(2).lexicographicallyPrecedes(right.dropLast(2))
    }

    /// The schema's position of a stored name; `place` moves along, because members are stored in the same order.
    private func match(_ name: Slice<UnsafeBufferPointer<UInt8>>, from place: inout Int) -> Int? {
        while place < self.names.count {
            let candidate = self.names[place]
            if candidate.count == name.count, candidate.elementsEqual(name) {
                place += 1
                return self.order[place - 1]
            }
            guard candidate.lexicographicallyPrecedes(name) else { return nil }
            place += 1
        }
        return nil
    }
}

/// Steps through the members of a stored object.
private struct MemberReader {
    var reader: ValueReader
    private var isFirst = true

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.reader = ValueReader(bytes)
    }

    /// The place of the next member's name, the reader standing at its value; nil behind the last member.
    mutating func next() throws(CodecError) -> Range<Int>? {
        if self.isFirst {
            self.isFirst = false
            try self.reader.expect(UInt8(ascii: "{"))
            if !self.reader.take(UInt8(ascii: "}")) { return try self.reader.key() }
        } else if self.reader.take(UInt8(ascii: ",")) {
            return try self.reader.key()
        } else {
            try self.reader.expect(UInt8(ascii: "}"))
        }
        guard self.reader.isAtEnd else { throw self.reader.malformed }
        return nil
    }
}
