/// A running hash over everything that happened, so that two runs can be compared in 16 digits.
package struct Trace: Sendable, Hashable {
    /// The hash so far.
    package private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    /// Whether a line is kept for each thing that happened.
    var isKept = false
    /// The lines, for a person who looks for the first difference.
    package private(set) var lines: [String] = []

    /// Starts afresh.
    package init(isKept: Bool = false) { self.isKept = isKept }

    /// Adds bytes.
    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
        var hash = self.hash
        var word: UInt64 = 0
        let raw = UnsafeRawBufferPointer(bytes)
        let whole = raw.count & ~7
        for place in stride(from: 0, to: whole, by: 8) {
            word = UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            hash = Self.step(hash, word)
        }
        for byte in raw[whole...] { word = word << 8 | UInt64(byte) }
        self.hash = Self.step(Self.step(hash, word), UInt64(raw.count))
    }

    /// Adds bytes.
    mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { self.add($0) } }

    /// Adds a number.
    mutating func add(_ number: Int64) { self.hash = Self.step(self.hash, UInt64(bitPattern: number)) }

    /// Adds a text.
    mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { self.add($0) }
    }

    /// Keeps a line, if lines are kept.
    mutating func keep(_ line: @autoclosure () -> String) {
        if self.isKept { self.lines.append(line()) }
    }

    private static func step(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let mixed = (hash ^ word) &* 0x9FB2_1C65_1E98_DF25
        return mixed ^ (mixed >> 29)
    }
}
