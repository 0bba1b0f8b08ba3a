/// A condition over the stored properties of records that a database can decide, in SQL's logic of three values.
///
/// It is made from an expression, names no table and no dialect, and holds no SQL: the store writes it down for the
/// engine it runs on, and binds every name and value.
package indirect enum RecordCondition: Hashable, Sendable {
    /// True, false, or unknown.
    case constant(Bool?)
    /// All hold; false decides, then unknown.
    case all([RecordCondition])
    /// One holds; true decides, then unknown.
    case any([RecordCondition])
    /// The opposite; unknown stays unknown.
    case not(RecordCondition)
    /// One condition or the other; unknown if that is unknown.
    case choice(RecordCondition, then: RecordCondition, otherwise: RecordCondition)
    /// The first that is known.
    case firstKnown([RecordCondition])
    /// Two terms of one kind compared; unknown if one has no value.
    case comparison(RecordTerm, Comparison, RecordTerm)
    /// The term is one of these constants; unknown if it has no value.
    case among(RecordTerm, [RecordTerm.Constant])
    /// The term has a value; never unknown.
    case hasValue(RecordTerm)
    /// The property reads as null; never unknown.
    case isNull(RecordField)
    /// One text begins with, ends with or contains the other; unknown if one has no value.
    case text(RecordTerm, Containment, RecordTerm)
    /// The text is an element of the set; unknown if the property is no set, false if the text has no value.
    case element(RecordTerm, of: RecordField)

    /// How two terms compare.
    package enum Comparison: String, Hashable, Sendable {
        case equal = "="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="

        /// The same with the sides swapped.
        package var flipped: Comparison {
            switch self {
            case .equal: .equal
            case .less: .greater
            case .lessOrEqual: .greaterOrEqual
            case .greater: .less
            case .greaterOrEqual: .lessOrEqual
            }
        }
    }

    /// Where one text is looked for in another.
    package enum Containment: Hashable, Sendable {
        case prefix
        case suffix
        case part
    }

    /// The condition, with unknown taken for false.
    package var decided: RecordCondition { .firstKnown([self, .constant(false)]) }
}

/// A property as conditions read it.
package struct RecordField: Hashable, Sendable {
    /// What a stored value of the property stands for.
    package enum Reading: Hashable, Sendable {
        /// Texts, numbers, truth values and sets are what they are.
        case plain
        /// A text that is a day is the moment of its midnight in UTC.
        case date
        /// A whole number is a moment in microseconds.
        case instant
        /// A text is the rank of a stage; an unknown one is null.
        case stage([Stage])
    }

    /// A lifecycle stage and what it counts as.
    package struct Stage: Hashable, Sendable {
        /// The stage.
        package let name: Text
        /// Its rank in comparisons.
        package let rank: Int

        /// Creates a stage.
        package init(name: Text, rank: Int) {
            self.name = name
            self.rank = rank
        }
    }

    /// The property's name.
    package let name: String
    /// What its stored values stand for.
    package let reading: Reading

    /// Creates a field.
    package init(name: String, reading: Reading) {
        self.name = name
        self.reading = reading
    }
}

/// A part of a condition that has a value, or none.
package indirect enum RecordTerm: Hashable, Sendable {
    /// The property's value if it is of that kind; none otherwise.
    case field(RecordField, Kind)
    /// A value that is bound.
    case constant(Constant)
    /// How many code points a text has, as a number.
    case length(RecordTerm)
    /// How many elements a set has, as a number.
    case count(RecordField)
    /// A text with its ASCII letters small.
    case lowered(RecordTerm)
    /// A text with its ASCII letters large.
    case raised(RecordTerm)
    /// A text without white space (the Unicode property) at both ends.
    case trimmed(RecordTerm)
    /// What follows the last `@` of a text; empty without one.
    case afterAt(RecordTerm)
    /// The one term where the condition holds, the other elsewhere; nil has no value.
    case choice(RecordCondition, RecordTerm?, RecordTerm?)
    /// A condition as a truth value.
    case truth(RecordCondition)

    /// What kind of value a term has.
    package enum Kind: Hashable, Sendable, CaseIterable {
        case text
        /// A double.
        case number
        case flag
        /// Microseconds since 1970.
        case moment
        /// A set of texts.
        case set
    }

    /// A value that is bound.
    package enum Constant: Hashable, Sendable {
        case text(Text)
        case number(Double)
        case flag(Bool)
        /// Microseconds since 1970.
        case moment(Int64)
        /// A set of texts in the order of their bytes.
        case set([Text])
    }
}

extension RecordTerm {
    /// The white space of Unicode, which `trimmed` takes away.
    package static let whiteSpace: String = {
        let ranges: [ClosedRange<UInt32>] = [
            0x09...0x0D, 0x20...0x20, 0x85...0x85, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029,
            0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000,
        ]
        return String(String.UnicodeScalarView(ranges.joined().compactMap { Unicode.Scalar($0) }))
    }()
}
