import CEL
package import Records

/// A property that is counted over the records which refer to its own, such as a company's number of contacts.
package struct RollUp: Sendable {
    /// What is taken of the children; the numbers are places in their schema.
    enum Gift: Hashable, Sendable {
        /// How many there are.
        case count
        /// All their numbers together.
        case sum(Int)
        /// The greatest value.
        case max(Int)
        /// The least value.
        case min(Int)
        /// The value of the one whose `by` is the greatest.
        case latest(Int, by: Int)

        /// The properties that decide it, by place.
        var reads: [Int] {
            switch self {
            case .count: []
            case .sum(let place), .max(let place), .min(let place): [place]
            case .latest(let place, let by): [place, by]
            }
        }
    }

    /// The property that holds the result.
    package let local: String
    /// The object of the children.
    package let child: ObjectSchema
    /// Their property that refers to the record.
    package let reference: String
    /// A stable line that says everything about it.
    package let definition: String
    /// Where it stands in its file.
    package let location: SourceLocation
    let gift: Gift
    let condition: CELProgram?
    private let types: PropertyTypes

    init(
        local: String,
        child: ObjectSchema,
        reference: String,
        gift: Gift,
        condition: CELProgram?,
        source: String,
        lifecycle: Lifecycle,
        location: SourceLocation
    ) {
        self.local = local
        self.child = child
        self.reference = reference
        self.gift = gift
        self.condition = condition
        self.location = location
        self.types = PropertyTypes(of: child, lifecycle: lifecycle)
        self.definition = "\(local)|\(child.name).\(reference)|\(gift)|\(source)"
    }

    /// Whether a change of a property of the children may change the result.
    package func depends(on property: String) -> Bool {
        // A condition may read anything.
        guard self.condition == nil, !property.hasSameBytes(as: self.reference) else { return true }
        return self.gift.reads.contains { self.child.properties[$0].name.hasSameBytes(as: property) }
    }

    /// Whether a child counts; one whose condition cannot be decided does not.
    func counts(_ child: [Value]) -> Bool {
        guard let condition = self.condition else { return true }
        return ((try? condition.matches(LocalActivation(child, types: self.types))) ?? nil) ?? false
    }
}

/// One result on its way over the children.
package struct RollUpFold {
    private let rollUp: RollUp
    private var count: Int64 = 0
    private var sum = DecimalSum()
    private var best: Value = .absent
    private var latest: Value = .absent

    /// Begins with no child.
    package init(_ rollUp: RollUp) {
        self.rollUp = rollUp
    }

    /// Takes in a child by its values in the order of its schema.
    package mutating func add(_ child: [Value]) {
        guard self.rollUp.counts(child) else { return }
        switch self.rollUp.gift {
        case .count: self.count += 1
        case .sum(let place):
            if case .number(let number) = child[place] { self.sum.add(number) }
        case .max(let place):
            if Self.isLess(self.best, child[place]) { self.best = child[place] }
        case .min(let place):
            if self.best.isBlank || Self.isLess(child[place], self.best), !child[place].isBlank {
                self.best = child[place]
            }
        case .latest(let place, let by):
            // Of two with the same time the one with the smaller id, who came first.
            guard !child[place].isBlank, Self.isLess(self.latest, child[by]) else { return }
            (self.best, self.latest) = (child[place], child[by])
        }
    }

    /// The result; null where there is nothing to give, 0 where nothing is counted or added up.
    package var value: Value {
        switch self.rollUp.gift {
        case .count: .number(Number(self.count))
        case .sum: self.sum.number.map { .number($0) } ?? .null
        case .max, .min, .latest: self.best.isBlank ? .null : self.best
        }
    }

    /// Whether the second is greater; a blank is less than everything, and nothing is greater than another kind of value.
    private static func isLess(_ left: Value, _ right: Value) -> Bool {
        switch (left, right) {
        case (_, _) where right.isBlank: false
        case (_, _) where left.isBlank: true
        case (.number(let one), .number(let other)): one < other
        case (.date(let one), .date(let other)): one < other
        case (.instant(let one), .instant(let other)): one < other
        default: false
        }
    }
}

/// A sum of decimal numbers without rounding.
private struct DecimalSum {
    private var significand: Int128 = 0
    private var scale = 0
    private var isOver = false

    mutating func add(_ number: Number) {
        let scale = max(self.scale, Int(number.scale))
        let own = Self.aligned(self.significand, by: scale - self.scale)
        let other = Self.aligned(Int128(number.significand), by: scale - Int(number.scale))
        guard let own, let other else {
            self.isOver = true
            return
        }
        let (sum, overflow) = own.addingReportingOverflow(other)
        self.isOver = self.isOver || overflow
        (self.significand, self.scale) = (sum, scale)
    }

    /// The sum; nil if it has more digits than a number holds.
    var number: Number? {
        var (significand, scale) = (self.significand, self.scale)
        while scale > 0, significand % 10 == 0 { (significand, scale) = (significand / 10, scale - 1) }
        guard !self.isOver, let whole = Int64(exactly: significand) else { return nil }
        return Number(significand: whole, scale: scale)
    }

    private static func aligned(_ value: Int128, by digits: Int) -> Int128? {
        var result = value
        for _ in 0..<digits {
            let (next, overflow) = result.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            result = next
        }
        return result
    }
}
