import Foundation
package import Records

/// The words of a person's name, as far as they tell two people apart.
///
/// Case, accents and punctuation do not; nor does a particle (`de`, `van`), nor an initial beside a longer word.
package struct NameWords: Hashable, Sendable {
    private let words: [String]

    private static let particles: Set<String> = [
        "al", "and", "bin", "da", "de", "del", "della", "den", "der", "di", "dos", "du", "e", "el", "et", "ibn", "la",
        "le", "les", "of", "the", "und", "van", "von", "y", "zu",
    ]

    /// Takes the words from the parts of a name, such as first and last name.
    package init(_ parts: [Value]) {
        var all: [String] = []
        for case .text(let text) in parts {
            let folded = text.string.decomposedStringWithCanonicalMapping.unicodeScalars
                .filter { !$0.properties.isDiacritic && $0.properties.canonicalCombiningClass == .notReordered }
            var lowered = String.UnicodeScalarView()
            lowered.append(contentsOf: folded)
            all += String(lowered).lowercased().unicodeScalars
                .split { !$0.properties.isAlphabetic && $0.properties.numericType == nil }
                .map { String($0) }
        }
        let telling = all.filter { !Self.particles.contains($0) && $0.unicodeScalars.count > 1 }
        self.words = telling.isEmpty ? all : telling
    }

    /// Whether there is no name at all.
    package var isEmpty: Bool { self.words.isEmpty }

    /// Whether this may be the same person's name as another: they have a word in common, or one is a misspelling of the
    /// other.
    ///
    /// A marriage changes the last name, not the first; a correction a letter or two.
    package func mayBe(_ other: NameWords) -> Bool {
        guard Set(self.words.map { Array($0.utf8) }).isDisjoint(with: other.words.map { Array($0.utf8) }) else {
            return true
        }
        let (left, right) = (Array(self.words.joined().unicodeScalars), Array(other.words.joined().unicodeScalars))
        let length = max(left.count, right.count)
        guard length > 2, length <= 200 else { return left == right }
        return Self.distance(left, right) <= max(1, length / 4)
    }

    /// The number of letters to put in, take out, change, or swap with the next.
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var (before, row) = ([Int](), Array(0...right.count))
        for (place, letter) in left.enumerated() {
            var next = [place + 1]
            for (other, scalar) in right.enumerated() {
                var least = min(row[other] + (letter == scalar ? 0 : 1), row[other + 1] + 1, next[other] + 1)
                if place > 0, other > 0, letter == right[other - 1], left[place - 1] == scalar {
                    least = min(least, before[other - 1] + 1)
                }
                next.append(least)
            }
            (before, row) = (row, next)
        }
        return row[right.count]
    }
}
