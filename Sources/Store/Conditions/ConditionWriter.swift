import Records

/// Writes a condition down as SQL over the column `properties` of the table `record`.
///
/// The text depends on the condition's shape alone: names of properties and values are arguments, each bound once.
struct ConditionWriter {
    /// An argument of the statement.
    enum Argument: Hashable, Sendable {
        case name(String)
        case text(Text)
        case number(Double)
        case integer(Int64)
        case set([Text])
    }

    /// The arguments by their place, behind the caller's own.
    private(set) var arguments: [Argument] = []
    private let dialect: any ConditionDialect
    private let firstArgument: Int
    private var places: [Argument: Int] = [:]

    /// Creates a writer whose first argument has the number `firstArgument`.
    init(_ dialect: any ConditionDialect, firstArgument: Int) {
        self.dialect = dialect
        self.firstArgument = firstArgument
    }

    /// The SQL of a condition.
    mutating func write(_ condition: RecordCondition) -> String {
        switch condition {
        case .constant(let value): value.map { self.dialect.truth($0) } ?? self.dialect.unknown
        case .all(let parts): self.join(parts, "AND", empty: true)
        case .any(let parts): self.join(parts, "OR", empty: false)
        case .not(let part): "(NOT \(self.write(part)))"
        case .choice(let test, let then, let otherwise): self.choice(test, then, otherwise)
        case .firstKnown(let parts):
            "COALESCE(" + parts.map { self.write($0) }.joined(separator: ", ") + ")"
        case .comparison(let left, let comparison, let right):
            "(\(self.write(left)) \(comparison.rawValue) \(self.write(right)))"
        case .among(let term, let constants):
            "(\(self.write(term)) IN (" + constants.map { self.write(.constant($0)) }.joined(separator: ", ") + "))"
        case .hasValue(let term): "(\(self.write(term)) IS NOT NULL)"
        case .isNull(let field): self.isNull(field)
        case .text(let text, let containment, let part): self.text(text, containment, part)
        case .element(let term, let field):
            self.dialect.element(self.write(term), of: self.argument(.name(field.name)))
        }
    }

    private mutating func join(_ parts: [RecordCondition], _ word: String, empty: Bool) -> String {
        guard !parts.isEmpty else { return self.dialect.truth(empty) }
        return "(" + parts.map { self.write($0) }.joined(separator: " \(word) ") + ")"
    }

    private mutating func choice(
        _ test: RecordCondition,
        _ then: RecordCondition,
        _ otherwise: RecordCondition
    ) -> String {
        let test = self.write(test)
        return "(CASE WHEN \(test) THEN \(self.write(then)) WHEN NOT \(test) THEN \(self.write(otherwise)) END)"
    }

    private mutating func text(
        _ text: RecordTerm,
        _ containment: RecordCondition.Containment,
        _ part: RecordTerm
    ) -> String {
        let (text, part) = (self.write(text), self.write(part))
        return switch containment {
        case .prefix: "(substr(\(text), 1, length(\(part))) = \(part))"
        case .suffix:
            "(length(\(text)) >= length(\(part)) AND substr(\(text), length(\(text)) - length(\(part)) + 1) = \(part))"
        case .part: "(\(self.dialect.position(of: part, in: text)) > 0)"
        }
    }

    // MARK: Terms

    /// The SQL of a term.
    mutating func write(_ term: RecordTerm) -> String {
        switch term {
        case .field(let field, let kind): self.field(field, kind)
        case .constant(let constant): self.constant(constant)
        case .length(let text): self.dialect.number("length(\(self.write(text)))")
        case .count(let field): self.dialect.number(self.dialect.count(self.argument(.name(field.name))))
        case .lowered(let text): self.dialect.lowered(self.write(text))
        case .raised(let text): self.dialect.raised(self.write(text))
        case .trimmed(let text):
            self.dialect.trimmed(self.write(text), of: self.argument(.text(Text(RecordTerm.whiteSpace))))
        case .afterAt(let text): self.dialect.afterAt(self.write(text))
        case .truth(let condition): self.write(condition)
        case .choice(let test, let then, let otherwise):
            "(CASE WHEN \(self.write(test)) THEN \(self.optional(then)) ELSE \(self.optional(otherwise)) END)"
        }
    }

    private mutating func optional(_ term: RecordTerm?) -> String { term.map { self.write($0) } ?? "NULL" }

    private mutating func constant(_ constant: RecordTerm.Constant) -> String {
        switch constant {
        case .text(let text): self.argument(.text(text))
        case .number(let number): self.argument(.number(number))
        case .flag(let flag): self.dialect.truth(flag)
        case .moment(let microseconds): self.argument(.integer(microseconds))
        case .set(let elements): self.argument(.set(elements))
        }
    }

    private mutating func field(_ field: RecordField, _ kind: RecordTerm.Kind) -> String {
        let name = self.argument(.name(field.name))
        let dialect = self.dialect
        func when(_ type: StoredType, _ value: String, and further: String = "") -> String {
            "(CASE WHEN \(dialect.type(name, is: type))\(further) THEN \(value) END)"
        }
        switch (kind, field.reading) {
        case (.text, .plain), (.text, .instant): return when(.text, dialect.text(name))
        case (.text, .date): return when(.text, dialect.text(name), and: " AND NOT \(dialect.isDay(name))")
        case (.text, .stage): return dialect.nothing(kind)
        case (.number, .plain), (.number, .date): return when(.number, dialect.number(name: name))
        case (.number, .instant):
            return when(.number, dialect.number(name: name), and: " AND NOT \(dialect.isWhole(name))")
        case (.number, .stage(let stages)): return self.rank(of: name, stages)
        case (.flag, _): return when(.flag, dialect.flag(name))
        case (.moment, .date): return when(.text, dialect.midnight(name), and: " AND \(dialect.isDay(name))")
        case (.moment, .instant):
            return when(.number, dialect.whole(name), and: " AND \(dialect.isWhole(name)) AND \(self.isMoment(name))")
        case (.moment, .plain), (.moment, .stage): return dialect.nothing(kind)
        case (.set, _): return when(.set, dialect.set(name))
        }
    }

    private mutating func rank(of name: String, _ stages: [RecordField.Stage]) -> String {
        let ranks = stages.map { "WHEN \(self.argument(.text($0.name))) THEN \($0.rank)" }.joined(separator: " ")
        let rank = stages.isEmpty ? "NULL" : "CASE \(self.dialect.text(name)) \(ranks) END"
        let number = self.dialect.number(name: name)
        return "(CASE WHEN \(self.dialect.type(name, is: .text)) THEN \(self.dialect.number(rank))"
            + " WHEN \(self.dialect.type(name, is: .number)) THEN \(number) END)"
    }

    /// Whether a whole number is a moment of the years 1 to 9999, which expressions know.
    private mutating func isMoment(_ name: String) -> String {
        let (first, last) = (Self.firstMoment, Self.lastMoment)
        return
            "\(self.dialect.whole(name)) BETWEEN \(self.argument(.integer(first))) AND \(self.argument(.integer(last)))"
    }

    static let firstMoment: Int64 = -62_135_596_800_000_000
    static let lastMoment: Int64 = 253_402_300_799_999_999

    private mutating func isNull(_ field: RecordField) -> String {
        let name = self.argument(.name(field.name))
        let isMissing = self.dialect.isMissing(name)
        switch field.reading {
        case .plain, .date: return isMissing
        case .instant:
            // A moment beyond the years that expressions know reads as null.
            let isBeyond = "\(self.dialect.isWhole(name)) AND NOT \(self.isMoment(name))"
            let isNumber = self.dialect.type(name, is: .number)
            return "(\(isMissing) OR (CASE WHEN \(isNumber) THEN \(isBeyond) ELSE \(self.dialect.truth(false)) END))"
        case .stage:
            let hasRank = "\(self.field(field, .number)) IS NULL"
            return "(\(isMissing) OR (\(self.dialect.type(name, is: .text)) AND \(hasRank)))"
        }
    }

    /// The placeholder of an argument; one that was met before keeps its number.
    private mutating func argument(_ argument: Argument) -> String {
        let place: Int
        if let known = self.places[argument] {
            place = known
        } else {
            place = self.firstArgument + self.arguments.count
            self.arguments.append(argument)
            self.places[argument] = place
        }
        return self.dialect.placeholder(place, for: argument)
    }
}

/// The types that a stored value can have in its JSON.
enum StoredType {
    case text
    case number
    case flag
    case set
}
