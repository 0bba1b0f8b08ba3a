/// Reads what follows DATA up to the line of a single dot, and takes the escaping dots away (RFC 5321 4.5.2).
///
/// Only CRLF ends a line (RFC 5321 2.3.8): a dot between bare LFs is content, and no second message can be smuggled in.
struct MessageReader {
    private enum Place {
        case lineStart
        case inLine
        case afterCR
        /// After a dot that began a line.
        case afterDot
        /// After a CR that follows such a dot.
        case afterDotCR
    }

    private let limit: Int
    private var place = Place.lineStart
    /// The message so far, at most as long as the limit.
    private(set) var bytes: [UInt8] = []
    /// Whether there was more than the limit allows; the rest is read and forgotten.
    private(set) var isTooLarge = false

    init(limit: Int) { self.limit = limit }

    /// Takes a byte; true when it was the last one of the final line.
    mutating func take(_ byte: UInt8) -> Bool {
        switch (self.place, byte) {
        case (.afterDotCR, 0x0A): return true
        case (.lineStart, UInt8(ascii: ".")):
            self.place = .afterDot
            return false
        case (.afterDot, 0x0D):
            self.place = .afterDotCR
            return false
        case (.afterDotCR, _):
            // It was no final line after all: only the dot goes.
            self.append(0x0D)
            self.place = .afterCR
        default: break
        }
        self.append(byte)
        switch byte {
        case 0x0D: self.place = .afterCR
        case 0x0A where self.place == .afterCR: self.place = .lineStart
        default: self.place = .inLine
        }
        return false
    }

    private mutating func append(_ byte: UInt8) {
        if self.bytes.count < self.limit { self.bytes.append(byte) } else { self.isTooLarge = true }
    }
}
