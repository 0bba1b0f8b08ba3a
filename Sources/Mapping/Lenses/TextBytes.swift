import Foundation
import Records

/// Text operations on bytes, which give back the very same value when there is nothing to do.
enum TextBytes {
    /// Without white space at both ends.
    static func trimmed(_ text: Text) -> Text {
        let bytes = text.string.utf8
        guard let first = bytes.first, let last = bytes.last else { return text }
        // Every other white space of Unicode begins and ends with a byte above 0x7F.
        if !Self.mayBeSpace(first), !Self.mayBeSpace(last) { return text }
        if let trimmed = Self.trimmedOfASCII(text) { return trimmed }
        let scalars = text.string.unicodeScalars
        guard let start = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let end = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        if start == scalars.startIndex, scalars.index(after: end) == scalars.endIndex { return text }
        return Text(String(scalars[start...end]))
    }

    /// The text without ASCII's white space at both ends; nil where other letters stand there.
    private static func trimmedOfASCII(_ text: Text) -> Text? {
        let result = text.string.utf8.withContiguousStorageIfAvailable { bytes -> Text? in
            var (start, end) = (0, bytes.count)
            while start < end, bytes[start] < 0x80, Self.mayBeSpace(bytes[start]) { start += 1 }
            while end > start, bytes[end - 1] < 0x80, Self.mayBeSpace(bytes[end - 1]) { end -= 1 }
            guard start < end else { return "" }
            guard bytes[start] < 0x80, bytes[end - 1] < 0x80 else { return nil }
            return Text(String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self))
        }
        return result ?? nil
    }

    /// Every run of white space as one space, and none at both ends.
    static func collapsed(_ text: Text) -> Text {
        var needsWork = false
        var wasSpace = true
        for byte in text.string.utf8 {
            let isSpace = byte == 0x20
            if byte >= 0x80 || (byte < 0x20 && Self.mayBeSpace(byte)) || (isSpace && wasSpace) {
                needsWork = true
                break
            }
            wasSpace = isSpace
        }
        if !needsWork, !wasSpace || text.isEmpty { return text }
        let words = text.string.unicodeScalars.split { $0.properties.isWhitespace }
        let result = Text(words.map { String($0) }.joined(separator: " "))
        return result == text ? text : result
    }

    /// In lower case, as Unicode's default mapping has it, whatever the machine's locale.
    static func lowercased(_ text: Text) -> Text {
        self.mapped(text, from: 0x41, by: 0x20) { $0.lowercased() }
    }

    /// In upper case, as Unicode's default mapping has it, whatever the machine's locale.
    static func uppercased(_ text: Text) -> Text {
        self.mapped(text, from: 0x61, by: UInt8(bitPattern: -0x20)) { $0.uppercased() }
    }

    /// In normal form C, where one letter has one spelling.
    static func composed(_ text: Text) -> Text {
        if Self.isASCII(text) { return text }
        let result = Text(text.string.precomposedStringWithCanonicalMapping)
        return result == text ? text : result
    }

    /// Whether all bytes are below 0x80.
    static func isASCII(_ text: Text) -> Bool {
        text.string.utf8.withContiguousStorageIfAvailable { $0.allSatisfy { $0 < 0x80 } }
            ?? text.string.utf8.allSatisfy { $0 < 0x80 }
    }

    /// Adds `step` to the 26 letters from `first`; other alphabets go through `slow`.
    private static func mapped(_ text: Text, from first: UInt8, by step: UInt8, slow: (String) -> String) -> Text {
        let letters = first...(first + 25)
        var copy = text.string
        let work: (isNeeded: Bool, isASCII: Bool) = copy.withUTF8 { bytes in
            var isNeeded = false
            for byte in bytes {
                if byte >= 0x80 { return (true, false) }
                if letters.contains(byte) { isNeeded = true }
            }
            return (isNeeded, true)
        }
        guard work.isNeeded else { return text }
        guard work.isASCII else {
            let result = Text(slow(copy))
            return result == text ? text : result
        }
        let count = copy.utf8.count
        return Text(
            String(unsafeUninitializedCapacity: count) { buffer in
                copy.withUTF8 { bytes in
                    for index in 0..<count {
                        buffer[index] = letters.contains(bytes[index]) ? bytes[index] &+ step : bytes[index]
                    }
                }
                return count
            }
        )
    }

    private static func mayBeSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte) || byte >= 0x80
    }
}
