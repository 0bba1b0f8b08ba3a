import Mapping
import Records

/// What a value says, whatever its spelling: what the reference implementation works with instead of transforms.
package enum Meaning: Hashable, Sendable {
    /// Nothing.
    case blank
    /// One of a few words, in their order; for stages the stage, for consents 0 granted and 1 refused.
    case word(Int)
    /// Elements as bits.
    case set(UInt8)
    /// A value that the other side does not know.
    case foreign
}

/// A value that says something in one of its spellings.
struct Spelt: Hashable, Sendable {
    let meaning: Meaning
    let spelling: Int

    init(_ meaning: Meaning, _ spelling: Int = 0) {
        self.meaning = meaning
        self.spelling = spelling
    }
}

/// The kinds of fields that cases are made of.
package enum CaseKind: String, CaseIterable, Sendable {
    case plain, trimmed, table, number, stage, set, consent, placeholder, group

    static let words = ["Ada", "Bob", "Cyd"]
    static let stages = ["lead", "mql", "sql", "customer", "disqualified"]
    static let elements = ["blue", "green", "red"]

    var lens: any Lens {
        switch self {
        case .plain, .stage, .placeholder, .group: LensChain([])
        case .trimmed: TrimLens()
        case .table: TableLens(pairs: [("a", "A"), ("b", "B"), ("c", "C")])
        case .number: LensChain([CoercionLens(.number)])
        case .set: SemicolonSetLens()
        case .consent: OptOutLens()
        }
    }

    /// What a side holds when it says something.
    func value(_ spelt: Spelt, on side: Side) -> Value {
        switch spelt.meaning {
        case .blank: self.blank(spelt.spelling, on: side)
        case .foreign: side == .local ? "z" : "Z"
        case .set(let bits): self.set(bits, spelt.spelling, on: side)
        case .word(let word): self.word(word, spelt.spelling, on: side)
        }
    }

    private func blank(_ spelling: Int, on side: Side) -> Value {
        if self == .placeholder, side == .remote, spelling == 0 { return "Unknown" }
        if self == .set, side == .local { return spelling == 0 ? .set([]) : .null }
        if self == .plain || self == .trimmed, spelling == 1 { return "" }
        return side == .local && spelling == 2 ? .absent : .null
    }

    private func set(_ bits: UInt8, _ spelling: Int, on side: Side) -> Value {
        let elements = Self.elements.indices.filter { bits & (1 << UInt8($0)) != 0 }.map { Self.elements[$0] }
        if side == .local { return .set(of: elements.map { Text($0) }) }
        return .text((spelling == 0 ? elements : elements.reversed()).joined(separator: ";"))
    }

    private func word(_ word: Int, _ spelling: Int, on side: Side) -> Value {
        switch self {
        case .plain, .placeholder, .group: return .text(Self.words[word])
        case .trimmed: return .text(side == .remote && spelling > 0 ? " \(Self.words[word]) " : Self.words[word])
        case .table: return .text((side == .local ? ["a", "b", "c"] : ["A", "B", "C"])[word])
        case .number:
            if side == .local { return .number(Number(Int64(word * 7))) }
            return .text(spelling > 0 ? "\(word * 7).0" : "\(word * 7)")
        case .stage: return .text(Self.stages[word])
        case .set: return .null
        case .consent:
            if side == .local { return .flag(word == 0) }
            return word == 0 ? "false" : "true"
        }
    }

    /// What a value says; the way back from `value`, for plans' results.
    func meaning(of value: Value, on side: Side) -> Meaning {
        if value.isBlank { return .blank }
        if self == .number, case .number(let number) = value, let whole = number.integer {
            return .word(Int(whole) / 7)
        }
        for spelt in self.all where self.value(spelt, on: side) == value { return spelt.meaning }
        return .foreign
    }

    /// Every value that a side may hold, in every spelling.
    var all: [Spelt] {
        let blanks = (0..<3).map { Spelt(.blank, $0) }
        switch self {
        case .set: return blanks + (1..<8).flatMap { bits in (0..<2).map { Spelt(.set(UInt8(bits)), $0) } }
        case .stage: return blanks + Self.stages.indices.map { Spelt(.word($0)) }
        case .consent: return blanks + [Spelt(.word(0)), Spelt(.word(1))]
        case .table: return blanks + (0..<3).map { Spelt(.word($0)) } + [Spelt(.foreign)]
        case .trimmed, .number: return blanks + (0..<3).flatMap { word in (0..<2).map { Spelt(.word(word), $0) } }
        case .plain, .placeholder, .group: return blanks + (0..<3).map { Spelt(.word($0)) }
        }
    }
}
