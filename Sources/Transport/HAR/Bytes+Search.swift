#if canImport(Glibc)
import Glibc
#endif

extension [UInt8] {
    /// The first place from a start on at which other bytes occur.
    func firstPlace(of needle: [UInt8], from start: Int = 0) -> Int? {
        guard let first = needle.first, start >= 0 else { return nil }
        return withUnsafeBytes { haystack -> Int? in
            guard let base = haystack.baseAddress else { return nil }
            var place = start
            while place + needle.count <= haystack.count {
                let room = haystack.count - needle.count - place + 1
                guard let hit = memchr(base + place, Int32(first), room) else { return nil }
                place = UnsafeRawPointer(hit) - base
                if memcmp(hit, needle, needle.count) == 0 { return place }
                place += 1
            }
            return nil
        }
    }

    /// The bytes with every occurrence of others replaced, from left to right.
    func replacing(_ needle: [UInt8], with replacement: [UInt8]) -> [UInt8] {
        guard var hit = firstPlace(of: needle) else { return self }
        var result: [UInt8] = []
        var start = 0
        while true {
            result.append(contentsOf: self[start..<hit])
            result.append(contentsOf: replacement)
            start = hit + needle.count
            guard let next = firstPlace(of: needle, from: start) else { break }
            hit = next
        }
        result.append(contentsOf: self[start...])
        return result
    }

    /// The bytes in base64 (RFC 4648), padded.
    var base64: String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        text.reserveCapacity((count + 2) / 3 * 4)
        for start in stride(from: 0, to: count, by: 3) {
            let group = self[start..<Swift.min(start + 3, count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                let isPadding = place > group.count
                text.append(isPadding ? UInt8(ascii: "=") : alphabet[bits >> (18 - 6 * place) & 63])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
