/// A text without the white space at its ends, Unicode's included.
func trimmed(_ text: some Collection<UInt8>) -> ArraySlice<UInt8> {
    let input = Array(text)
    let isASCIIEdge = { (byte: UInt8) in byte > 0x20 && byte < 0x80 }
    if let first = input.first, let last = input.last, isASCIIEdge(first), isASCIIEdge(last) { return input[...] }
    let scalars = String(decoding: input, as: UTF8.self).unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
        let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return [] }
    return ArraySlice(String(scalars[first...last]).utf8)
}

/// A text in lower case, by Unicode's rules.
func lowercased(_ text: [UInt8]) -> [UInt8] {
    if text.allSatisfy({ $0 < 0x80 }) {
        return text.map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 ? $0 | 0x20 : $0 }
    }
    return Array(String(decoding: text, as: UTF8.self).lowercased().utf8)
}

/// The bytes as text, for messages.
func readable(_ text: some Collection<UInt8>) -> String { String(decoding: text, as: UTF8.self) }

/// A well-mixed number from a number (the finaliser of splitmix64): all "random" choices of the fake come from it.
func mixed(_ seed: UInt64) -> UInt64 {
    var value = seed &+ 0x9E37_79B9_7F4A_7C15
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
}

/// Whether two names of header fields are the same, which have no letters beyond ASCII (RFC 9110 5.1).
func isSameHeaderName(_ one: String, _ other: String) -> Bool {
    guard one.utf8.count == other.utf8.count else { return false }
    return zip(one.utf8, other.utf8).allSatisfy { left, right in
        left == right || (left | 0x20 == right | 0x20 && UInt8(ascii: "a")...UInt8(ascii: "z") ~= left | 0x20)
    }
}
