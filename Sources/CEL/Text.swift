/// Comparisons of texts by their UTF-8 bytes, which order as their code points do.
enum Text {
    /// Whether both texts have the same bytes.
    static func equal(_ left: String, _ right: String) -> Bool {
        let leftBytes = left.utf8
        let rightBytes = right.utf8
        guard leftBytes.count == rightBytes.count else { return false }
        return withBytes(left) { left in
            withBytes(right) { right in equal(left, right) }
        }
    }

    /// Whether the first text is before the second.
    static func precedes(_ left: String, _ right: String) -> Bool {
        compare(left, right) < 0
    }

    /// Negative, zero or positive as the first text is before, equal to or after the second.
    static func compare(_ left: String, _ right: String) -> Int {
        withBytes(left) { left in
            withBytes(right) { right in compare(left, right) }
        }
    }

    /// Negative, zero or positive as the first bytes are before, equal to or after the second.
    static func compare(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Int {
        let shorter = min(left.count, right.count)
        var position = 0
        while position < shorter {
            let difference = Int(left[position]) - Int(right[position])
            if difference != 0 { return difference }
            position += 1
        }
        return left.count - right.count
    }

    static func hasPrefix(_ text: String, _ prefix: String) -> Bool {
        guard text.utf8.count >= prefix.utf8.count else { return false }
        return withBytes(text) { text in
            withBytes(prefix) { prefix in
                equal(UnsafeBufferPointer(rebasing: text[..<prefix.count]), prefix)
            }
        }
    }

    static func hasSuffix(_ text: String, _ suffix: String) -> Bool {
        guard text.utf8.count >= suffix.utf8.count else { return false }
        return withBytes(text) { text in
            withBytes(suffix) { suffix in
                equal(UnsafeBufferPointer(rebasing: text[(text.count - suffix.count)...]), suffix)
            }
        }
    }

    static func contains(_ text: String, _ part: String) -> Bool {
        withBytes(text) { text in
            withBytes(part) { part in find(part, in: text, from: 0) != nil }
        }
    }

    /// The longest part that is looked for by comparing it at each place.
    private static let shortPart = 32

    /// The first offset at or after `start` where `part` begins; in time proportional to the length of both, whatever
    /// they hold.
    static func find(
        _ part: UnsafeBufferPointer<UInt8>,
        in text: UnsafeBufferPointer<UInt8>,
        from start: Int
    ) -> Int? {
        guard !part.isEmpty else { return start }
        let last = text.count - part.count
        guard start <= last else { return nil }
        if part.count > self.shortPart { return self.findLong(part, in: text, from: start) }
        var offset = start
        while offset <= last {
            if text[offset] == part[0] {
                var matched = 1
                while matched < part.count, text[offset + matched] == part[matched] { matched += 1 }
                if matched == part.count { return offset }
            }
            offset += 1
        }
        return nil
    }

    /// Knuth, Morris and Pratt's search: no byte of the text is looked at twice.
    private static func findLong(
        _ part: UnsafeBufferPointer<UInt8>,
        in text: UnsafeBufferPointer<UInt8>,
        from start: Int
    ) -> Int? {
        // How much of the part's beginning ends at each of its places.
        var borders = [Int](repeating: 0, count: part.count)
        var matched = 0
        for place in 1..<part.count {
            while matched > 0, part[place] != part[matched] { matched = borders[matched - 1] }
            if part[place] == part[matched] { matched += 1 }
            borders[place] = matched
        }
        matched = 0
        for offset in start..<text.count {
            while matched > 0, text[offset] != part[matched] { matched = borders[matched - 1] }
            if text[offset] == part[matched] { matched += 1 }
            if matched == part.count { return offset - part.count + 1 }
        }
        return nil
    }

    /// Whether both ranges hold the same bytes; compares eight at a time.
    static func equal(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        let count = left.count
        guard count == right.count else { return false }
        guard let leftBase = left.baseAddress, let rightBase = right.baseAddress else { return true }
        let leftBytes = UnsafeRawPointer(leftBase)
        let rightBytes = UnsafeRawPointer(rightBase)
        var offset = 0
        while offset + 8 <= count {
            let one = leftBytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let other = rightBytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if one != other { return false }
            offset += 8
        }
        while offset < count {
            if left[offset] != right[offset] { return false }
            offset += 1
        }
        return true
    }

    /// The bytes of a text, without a copy when it is stored as contiguous UTF-8 (as native strings are).
    static func withBytes<Result>(_ text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = text.utf8.withContiguousStorageIfAvailable(body) { return result }
        return Array(text.utf8).withUnsafeBufferPointer(body)
    }
}
