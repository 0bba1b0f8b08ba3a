#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

extension UnsafeBufferPointer<UInt8> {
    /// Whether both buffers hold the same bytes.
    func hasSameBytes(as other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard self.count == other.count else { return false }
        guard let left = self.baseAddress, let right = other.baseAddress else { return true }
        return memcmp(left, right, self.count) == 0
    }

    /// Whether the bytes of a text are somewhere in the buffer.
    func contains(_ text: [UInt8]) -> Bool {
        guard let base = self.baseAddress, let first = text.first, self.count >= text.count else { return text.isEmpty }
        return (0...(self.count - text.count)).contains { start in
            base[start] == first && memcmp(base + start, text, text.count) == 0
        }
    }

    /// Whether the buffer holds the bytes of a text.
    func hasSameBytes(as text: String) -> Bool {
        self.count == text.utf8.count && self.elementsEqual(text.utf8)
    }
}
