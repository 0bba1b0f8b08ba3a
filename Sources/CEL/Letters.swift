/// Changes of texts by bytes and code points.
enum Letters {
    static func lowerASCII(_ text: String) -> String {
        mapBytes(text) { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 + 32 : $0 }
    }

    static func upperASCII(_ text: String) -> String {
        mapBytes(text) { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) ? $0 - 32 : $0 }
    }

    private static func mapBytes(_ text: String, _ change: (UInt8) -> UInt8) -> String {
        String(decoding: text.utf8.map(change), as: UTF8.self)
    }

    /// The text without white space (the Unicode property) at both ends.
    static func trim(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }

    /// The pieces of a text between at most `limit` occurrences of a part that is not empty; found by bytes.
    static func ranges(of part: String, in text: String, limit: Int) -> [String] {
        Text.withBytes(text) { bytes in
            Text.withBytes(part) { part in
                var pieces: [String] = []
                var start = 0
                while pieces.count < limit, let found = Text.find(part, in: bytes, from: start) {
                    pieces.append(String(decoding: bytes[start..<found], as: UTF8.self))
                    start = found + part.count
                }
                pieces.append(String(decoding: bytes[start...], as: UTF8.self))
                return pieces
            }
        }
    }

    /// The pieces between the empty parts of a text: before each code point and at the end, at most `limit` of them.
    static func gaps(in text: String, limit: Int) -> [String] {
        guard limit > 0 else { return [text] }
        var pieces = [""]
        let scalars = text.unicodeScalars
        var index = scalars.startIndex
        while index < scalars.endIndex, pieces.count <= limit {
            pieces.append(String(scalars[index]))
            index = scalars.index(after: index)
        }
        // The last piece takes what is left; with room for one more part, an empty piece closes the text.
        if index < scalars.endIndex {
            pieces[pieces.count - 1] += String(scalars[index...])
        } else if pieces.count <= limit {
            pieces.append("")
        }
        return pieces
    }
}
