/// The encoders library: `base64.encode` and `base64.decode`.
enum EncoderFunctions {
    static let overloads: [Overload] = [
        StandardFunctions.global("base64.encode", .bytes, .string, encode),
        StandardFunctions.global("base64.decode", .string, .bytes, decode),
    ]

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func encode(_ value: CELValue, _ frame: inout Frame) throws(Failure) -> CELValue {
        guard case .bytes(let bytes) = value else { throw .overload("base64.encode", value.kind) }
        try frame.spend(bytes: bytes.count)
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for index in 0..<3 { bits = bits << 8 | (index < group.count ? UInt32(group[start + index]) : 0) }
            for index in 0..<4 {
                let symbol = alphabet[Int(bits >> UInt32(18 - 6 * index) & 0x3F)]
                text.append(index <= group.count ? symbol : UInt8(ascii: "="))
            }
        }
        return .string(String(decoding: text, as: UTF8.self))
    }

    /// Reads text with or without `=` at its end.
    private static func decode(_ value: CELValue, _ frame: inout Frame) throws(Failure) -> CELValue {
        guard case .string(let text) = value else { throw .overload("base64.decode", value.kind) }
        try frame.spend(bytes: text.utf8.count)
        var symbols = Array(text.utf8)
        let isPadded = symbols.last == UInt8(ascii: "=")
        if isPadded, symbols.count % 4 == 0 {
            for _ in 0..<2 where symbols.last == UInt8(ascii: "=") { symbols.removeLast() }
        }
        let invalid = Failure(.invalidArgument, "the text is no base64")
        guard symbols.count % 4 != 1 else { throw invalid }
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for symbol in symbols {
            guard let value = sextet(symbol) else { throw invalid }
            bits = bits << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
                bits &= (1 << UInt32(count)) - 1
            }
        }
        return .bytes(bytes)
    }

    private static func sextet(_ symbol: UInt8) -> UInt32? {
        switch symbol {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(symbol - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(symbol - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(symbol - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
