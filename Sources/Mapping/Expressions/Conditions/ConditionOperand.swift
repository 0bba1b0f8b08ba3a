import CEL
import Records

/// What an operand of a comparison may be at run time, as one term for each kind of value.
///
/// A property holds what was once stored there, so that every kind is possible whatever the schema says now; exactly one
/// of the terms has a value, or the operand is null, or it failed.
struct ConditionOperand {
    typealias Kind = RecordTerm.Kind

    /// The term of each kind that the operand can be.
    var terms: [Kind: RecordTerm] = [:]
    /// Whether it is null; nil if it never is.
    var isNull: RecordCondition?
    /// Whether it did not fail; nil if it never does.
    var isDefined: RecordCondition?
    /// The nearest numbers (doubles) or moments (microseconds) below and above a constant that falls between two.
    var bounds: [Kind: (below: RecordTerm, above: RecordTerm)] = [:]

    /// A property.
    init(_ field: RecordField) {
        for kind in Kind.allCases { self.terms[kind] = .field(field, kind) }
        self.isNull = .isNull(field)
    }

    /// What a function of other terms gives; it fails where it has no value.
    init(_ kind: Kind, _ term: RecordTerm) {
        self.terms = [kind: term]
        self.isDefined = .hasValue(term)
    }

    private init() {}

    /// What fails always.
    static let failure: ConditionOperand = {
        var operand = ConditionOperand()
        operand.isDefined = .constant(false)
        return operand
    }()

    /// A constant; nil for one of a type that no property has.
    init?(constant value: CELValue) {
        switch value {
        case .null: self.isNull = .constant(true)
        case .bool(let flag): self.terms[.flag] = .constant(.flag(flag))
        case .int(let number): self.set(whole: number)
        case .uint(let number): self.set(whole: number)
        case .double(let number):
            guard !number.isNaN else { return nil }
            self.terms[.number] = .constant(.number(number))
        case .string(let text):
            guard !text.utf8.contains(0) else { return nil }
            self.terms[.text] = .constant(.text(Text(text)))
        case .timestamp(let moment):
            let microseconds = moment.seconds * 1_000_000 + Int64(moment.nanoseconds / 1_000)
            if moment.nanoseconds.isMultiple(of: 1_000) {
                self.terms[.moment] = .constant(.moment(microseconds))
            } else {
                self.bounds[.moment] = (.constant(.moment(microseconds)), .constant(.moment(microseconds + 1)))
            }
        case .list(let elements):
            let texts = elements.compactMap(\.asString)
            guard texts.count == elements.count, !texts.contains(where: { $0.utf8.contains(0) }) else { return nil }
            self.terms[.set] = .constant(.set(texts.map { Text($0) }))
        case .bytes, .map, .type, .duration, .optional, .object: return nil
        }
    }

    /// Numbers are stored as decimals and compared as doubles, exactly: what no double is lies between two.
    private mutating func set(whole number: some FixedWidthInteger) {
        let double = Double(number)
        // The greatest int and what is above it are compared as doubles, by the language too.
        guard let back = Int64(exactly: double), back != Int64(number) else {
            self.terms[.number] = .constant(.number(double))
            return
        }
        let (below, above) = back < Int64(number) ? (double, double.nextUp) : (double.nextDown, double)
        self.bounds[.number] = (.constant(.number(below)), .constant(.number(above)))
    }

    /// The operand with another one in place of null.
    func orElse(_ other: ConditionOperand) -> ConditionOperand {
        guard let isNull = self.isNull else { return self }
        var result = ConditionOperand()
        for kind in Kind.allCases where self.terms[kind] != nil || other.terms[kind] != nil {
            result.terms[kind] = .choice(isNull, other.terms[kind], self.terms[kind])
        }
        return result
    }

    // MARK: Comparing

    /// Whether both are equal; of two kinds, they are not.
    func equals(_ other: ConditionOperand) -> RecordCondition {
        var parts: [RecordCondition] = []
        for kind in Kind.allCases {
            guard let left = self.terms[kind], let right = other.terms[kind] else { continue }
            parts.append(.comparison(left, .equal, right).decided)
        }
        if let left = self.isNull, let right = other.isNull { parts.append(.all([left, right])) }
        return self.whereDefined(with: other, parts.count == 1 ? parts[0] : .any(parts))
    }

    /// How both compare; of two kinds, that is an error, and so it is for null and sets.
    func compares(_ comparison: RecordCondition.Comparison, _ other: ConditionOperand) -> RecordCondition {
        var parts: [RecordCondition] = []
        for kind in Kind.allCases where kind != .set {
            if let left = self.terms[kind], let right = other.terms[kind] {
                parts.append(.comparison(left, comparison, right))
            } else if let left = self.terms[kind], let bounds = other.bounds[kind] {
                parts.append(Self.compare(left, comparison, bounds))
            } else if let right = other.terms[kind], let bounds = self.bounds[kind] {
                parts.append(Self.compare(right, comparison.flipped, bounds))
            }
        }
        guard parts.count > 1 else { return parts.first ?? .constant(nil) }
        return .firstKnown(parts)
    }

    private static func compare(
        _ term: RecordTerm,
        _ comparison: RecordCondition.Comparison,
        _ bounds: (below: RecordTerm, above: RecordTerm)
    ) -> RecordCondition {
        switch comparison {
        case .greater, .greaterOrEqual: .comparison(term, .greaterOrEqual, bounds.above)
        case .less, .lessOrEqual, .equal: .comparison(term, .lessOrEqual, bounds.below)
        }
    }

    /// Whether it is one of some constants.
    func isAmong(_ constants: [ConditionOperand]) -> RecordCondition {
        var texts: [RecordTerm.Constant] = []
        var parts: [RecordCondition] = []
        for other in constants {
            if case .constant(let text)? = other.terms[.text] {
                texts.append(text)
            } else {
                var alone = self
                alone.isDefined = nil
                parts.append(alone.equals(other))
            }
        }
        if !texts.isEmpty, let term = self.terms[.text] { parts.append(.among(term, texts).decided) }
        return self.whereDefined(with: nil, parts.count == 1 ? parts[0] : .any(parts))
    }

    /// A condition that is known only where no operand failed.
    func whereDefined(with other: ConditionOperand?, _ condition: RecordCondition) -> RecordCondition {
        let needed = [self.isDefined, other?.isDefined].compactMap { $0 }
        guard let first = needed.first else { return condition }
        let test = needed.count == 1 ? first : .all(needed)
        return .choice(test, then: condition, otherwise: .constant(nil))
    }
}
