/// A text whose equality and hash are those of its UTF-8 bytes.
///
/// Swift's own `String ==` holds `"é"` and `"e\u{301}"` for equal; identity keys and options must not.
struct ByteText: Hashable, Sendable {
    let string: String

    init(_ string: String) {
        self.string = string
    }

    static func == (left: ByteText, right: ByteText) -> Bool {
        Text.equal(left.string, right.string)
    }

    func hash(into hasher: inout Hasher) {
        let done: Void? = string.utf8.withContiguousStorageIfAvailable { bytes in
            hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
            hasher.combine(UInt8(0xFF))
        }
        if done == nil {
            for byte in string.utf8 { hasher.combine(byte) }
            hasher.combine(UInt8(0xFF))
        }
    }
}
