/// A seeded generator: the same seed gives the same throws everywhere.
package struct Dice: Sendable {
    private var state: UInt64

    /// Creates the generator of a seed.
    package init(seed: UInt64) {
        self.state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        self.state ^= self.state << 13
        self.state ^= self.state >> 7
        self.state ^= self.state << 17
        return self.state &* 0x2545_F491_4F6C_DD1D
    }

    /// A number from 0 up to, and not including, `bound`.
    package mutating func roll(_ bound: Int) -> Int { Int(self.next() >> 33) % bound }

    package mutating func pick<Element>(_ elements: [Element]) -> Element { elements[self.roll(elements.count)] }

    /// True once in `odds` times.
    package mutating func once(in odds: Int) -> Bool { self.roll(odds) == 0 }
}
