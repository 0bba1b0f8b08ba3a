/// A seeded generator: the same seed gives the same throws everywhere.
struct Dice {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    mutating func next() -> UInt64 {
        self.state ^= self.state << 13
        self.state ^= self.state >> 7
        self.state ^= self.state << 17
        return self.state &* 0x2545_F491_4F6C_DD1D
    }

    /// A number from 0 up to, and not including, `bound`.
    mutating func roll(_ bound: Int) -> Int { Int(self.next() >> 33) % bound }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[self.roll(elements.count)] }

    /// True once in `odds` times.
    mutating func once(in odds: Int) -> Bool { self.roll(odds) == 0 }
}
