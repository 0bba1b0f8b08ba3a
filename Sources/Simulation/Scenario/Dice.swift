/// Random numbers that belong to one purpose: what one purpose draws never shifts what another gets.
///
/// So a scenario can lose an action, a fault or a poll, and everything else stays as it was.
package struct Dice: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Creates the dice of a purpose under a seed, with numbers that tell it from others of its kind.
    package init(_ seed: UInt64, _ purpose: String, _ parts: Int...) {
        var state = Self.mixed(seed &+ 0x9E37_79B9_7F4A_7C15)
        for byte in purpose.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        for part in parts { state = Self.mixed(state ^ UInt64(bitPattern: Int64(part))) }
        self.state = Self.mixed(state)
    }

    package mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(self.state)
    }

    /// A number from 0 to one below `bound`; 0 if there is no other.
    package mutating func below(_ bound: Int) -> Int { bound < 2 ? 0 : Int(self.next() % UInt64(bound)) }

    /// A number in a range.
    package mutating func pick(_ range: ClosedRange<Int>) -> Int { range.lowerBound + self.below(range.count) }

    /// One of some; the caller sees to it that there is one.
    package mutating func one<Element>(of elements: [Element]) -> Element { elements[self.below(elements.count)] }

    /// True with a probability of so many in a thousand.
    package mutating func happens(_ perMille: Int) -> Bool { self.below(1000) < perMille }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
