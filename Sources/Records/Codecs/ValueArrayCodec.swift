/// The stored form of values by position: shadows, observations, single values of conflicts and journals.
///
/// A JSON array of the self-describing forms of `JSONWriter.selfDescribing`. Canonical: equal bytes are equal values,
/// so a page that did not change is recognised by comparing bytes.
package enum ValueArrayCodec {
    /// Appends an array of values; nil is "no shadow".
    package static func encode(_ values: some Sequence<Value?>, into writer: inout JSONWriter) throws(CodecError) {
        writer.byte(UInt8(ascii: "["))
        var isFirst = true
        for value in values {
            if !isFirst { writer.byte(UInt8(ascii: ",")) }
            isFirst = false
            try writer.selfDescribing(value)
        }
        writer.byte(UInt8(ascii: "]"))
    }

    /// An array of values as bytes; nil is "no shadow".
    package static func encode(_ values: some Sequence<Value?>) throws(CodecError) -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        try Self.encode(values, into: &writer)
        return writer.bytes
    }

    /// One value as bytes; nil is "no shadow".
    package static func encode(one value: Value?) throws(CodecError) -> [UInt8] {
        var writer = JSONWriter(capacity: 32)
        try writer.selfDescribing(value)
        return writer.bytes
    }

    /// Reads an array of values.
    package static func decode(_ bytes: UnsafeBufferPointer<UInt8>) throws(CodecError) -> [Value?] {
        var reader = ValueReader(bytes)
        var values: [Value?] = []
        values.reserveCapacity(24)
        try reader.expect(UInt8(ascii: "["))
        if !reader.take(UInt8(ascii: "]")) {
            repeat { values.append(try reader.selfDescribing()) } while reader.take(UInt8(ascii: ","))
            try reader.expect(UInt8(ascii: "]"))
        }
        guard reader.isAtEnd else { throw reader.malformed }
        return values
    }

    /// Reads an array of values.
    package static func decode(_ bytes: [UInt8]) throws(CodecError) -> [Value?] {
        try bytes.withUnsafeBufferPointer { buffer throws(CodecError) in try Self.decode(buffer) }
    }

    /// Reads one value.
    package static func decode(one bytes: [UInt8]) throws(CodecError) -> Value? {
        try bytes.withUnsafeBufferPointer { buffer throws(CodecError) in
            var reader = ValueReader(buffer)
            let value = try reader.selfDescribing()
            guard reader.isAtEnd else { throw reader.malformed }
            return value
        }
    }
}
