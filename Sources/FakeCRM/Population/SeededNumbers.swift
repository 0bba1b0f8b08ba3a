/// Numbers that look random and are the same for the same seed.
struct SeededNumbers {
    private var state: UInt64

    init(seed: UInt64) { self.state = mixed(seed) }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        return mixed(self.state)
    }

    /// A number from 0 up to, and not including, a bound.
    mutating func below(_ bound: Int) -> Int { Int(self.next() % UInt64(max(bound, 1))) }

    /// True in so many of a hundred cases.
    mutating func percent(_ share: Int) -> Bool { self.below(100) < share }

    /// One of several; the list must not be empty.
    mutating func pick<Element>(_ list: [Element]) -> Element { list[self.below(list.count)] }

    /// One of several that come with weights.
    mutating func pick<Element>(weighted list: [(Element, Int)]) -> Element {
        var rest = self.below(list.reduce(0) { $0 + $1.1 })
        for (element, weight) in list {
            if rest < weight { return element }
            rest -= weight
        }
        return list[0].0
    }

    /// So many decimal digits.
    mutating func digits(_ count: Int) -> String {
        (0..<count).map { _ in String(self.below(10)) }.joined()
    }
}
