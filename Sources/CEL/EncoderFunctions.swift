/// The encoders library: `base64.encode` and `base64.decode`.
enum EncoderFunctions {
    static let overloads: [Overload] = [
        StandardFunctions.global("base64.encode", .bytes, .string, encode),
        StandardFunctions.global("base64.decode", .string, .bytes, decode),
    ]

    private static func encode(_ value: CELValue, _ frame: inout Frame) throws(Failure) -> CELValue {
        guard case .bytes(let bytes) = value else { throw .overload("base64.encode", value.kind) }
        try frame.spend(bytes: bytes.count)
        return .string(Base64.text(of: bytes))
    }

    /// Reads text with or without `=` at its end.
    private static func decode(_ value: CELValue, _ frame: inout Frame) throws(Failure) -> CELValue {
        guard case .string(let text) = value else { throw .overload("base64.decode", value.kind) }
        try frame.spend(bytes: text.utf8.count)
        guard let bytes = Base64.bytes(of: text) else { throw Failure(.invalidArgument, "the text is no base64") }
        return .bytes(bytes)
    }
}
