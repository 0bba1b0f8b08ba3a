/// Names and labels as words that can be compared: `firstName`, `first_name` and `First name` are the same two.
struct Words: Hashable, Sendable {
    /// The words, folded, without articles and the like, in the order of the text.
    let list: [String]

    /// How much of a name or label is read, in code points: no CRM shows more, and a page may hold anything.
    private static let longest = 300

    /// Takes a name or a label apart; `vocabulary` says what a run such as `firstname` is made of.
    init(_ text: String, vocabulary: Set<String> = []) {
        let pieces = Self.merged(Self.pieces(of: text))
        let split = pieces.flatMap { Self.segments(of: $0, vocabulary) }
        self.list = split.filter { !Self.silent.contains($0) }.map(Self.singular)
    }

    /// The words without those in `others`; all of them if none would be left.
    func without(_ others: Set<String>) -> Words {
        let rest = self.list.filter { !others.contains($0) }
        return rest.isEmpty ? self : Words(list: rest)
    }

    private init(list: [String]) { self.list = list }

    /// Words that say nothing about what a property means, in English and French, and prefixes of products.
    private static let silent: Set<String> = [
        "a", "an", "and", "at", "d", "de", "des", "du", "e", "en", "et", "for", "from", "hs", "hubspot", "l", "la",
        "le",
        "les", "of", "or", "ou", "par", "pour", "s", "sur", "the", "to", "un", "une", "x", "studio", "sf", "c",
    ]

    // MARK: Taking apart

    /// The runs of letters and of digits, split where a capital follows a small letter, all folded to small ASCII.
    private static func pieces(of text: String) -> [String] {
        var pieces: [String] = []
        var piece = ""
        var last = Kind.other
        for scalar in text.unicodeScalars.prefix(Self.longest) {
            let kind = Kind(scalar)
            let isHump = kind == .capital && last == .small
            let isEdge = (kind == .digit) != (last == .digit)
            if kind == .mark { continue }
            if kind == .other || isHump || isEdge {
                if !piece.isEmpty { pieces.append(piece) }
                piece = ""
            }
            if kind != .other { piece += self.folded(scalar) }
            last = kind
        }
        return piece.isEmpty ? pieces : pieces + [piece]
    }

    private enum Kind {
        case small, capital, digit, mark, other

        init(_ scalar: Unicode.Scalar) {
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .titlecaseLetter: self = .capital
            case .lowercaseLetter, .otherLetter, .modifierLetter: self = .small
            case .decimalNumber: self = .digit
            case .nonspacingMark: self = .mark
            default: self = .other
            }
        }
    }

    /// A letter without its accents, in small ones.
    private static func folded(_ scalar: Unicode.Scalar) -> String {
        switch scalar.properties.lowercaseMapping {
        case "à", "á", "â", "ã", "ä", "å": "a"
        case "ç": "c"
        case "è", "é", "ê", "ë": "e"
        case "ì", "í", "î", "ï": "i"
        case "ñ": "n"
        case "ò", "ó", "ô", "õ", "ö": "o"
        case "ù", "ú", "û", "ü": "u"
        case "ÿ": "y"
        case "œ": "oe"
        case "æ": "ae"
        case "ß": "ss"
        case let small: small
        }
    }

    /// `e-mail` is one word.
    private static func merged(_ pieces: [String]) -> [String] {
        var result: [String] = []
        for piece in pieces {
            if result.last == "e", piece == "mail" || piece == "mails" {
                result[result.count - 1] = "email"
            } else {
                result.append(piece)
            }
        }
        return result
    }

    private static func singular(_ word: String) -> String {
        word.utf8.count > 3 && word.hasSuffix("s") && !word.hasSuffix("ss") && word != "status"
            ? String(word.dropLast()) : word
    }

    /// Short words inside runs that are written together.
    private static let joints: Set<String> = ["of", "id", "to", "in"]

    /// A run as the fewest known words; the run itself if it is known or cannot be made of them.
    private static func segments(of run: String, _ vocabulary: Set<String>) -> [String] {
        let letters = Array(run)
        guard !vocabulary.contains(run), !vocabulary.contains(self.singular(run)), (5...40).contains(letters.count)
        else { return [run] }
        // best[i]: the fewest words that make the first i letters.
        var best: [[String]?] = [[]] + Array(repeating: nil, count: letters.count)
        for end in 1...letters.count {
            for start in max(0, end - 16)..<end {
                guard let before = best[start] else { continue }
                let word = String(letters[start..<end])
                let isKnown =
                    end - start >= 3 && (vocabulary.contains(word) || vocabulary.contains(self.singular(word)))
                guard isKnown || Self.joints.contains(word) else { continue }
                if before.count + 1 < best[end]?.count ?? .max { best[end] = before + [word] }
            }
        }
        guard let found = best[letters.count], found.count <= 4 else { return [run] }
        return found
    }
}
