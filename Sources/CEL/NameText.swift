/// Names of people and things as text.
enum NameText {
    // MARK: Title case

    /// Each word with a capital and small letters after it.
    ///
    /// A word starts after anything that is no letter, mark or digit. After an apostrophe a capital follows only when
    /// one letter stood before it: `O'Neill`, `L'Oréal`, but `Don't`.
    static func titleCase(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var lettersInWord = 0
        for scalar in text.unicodeScalars {
            if isApostrophe(scalar), lettersInWord > 0 {
                result.append(scalar)
                if lettersInWord == 1 { lettersInWord = 0 }
                continue
            }
            guard isWordPart(scalar) else {
                lettersInWord = 0
                result.append(scalar)
                continue
            }
            let mapping = lettersInWord == 0 ? scalar.properties.titlecaseMapping : scalar.properties.lowercaseMapping
            result.append(contentsOf: mapping.unicodeScalars)
            lettersInWord += 1
        }
        return String(result)
    }

    private static func isApostrophe(_ scalar: Unicode.Scalar) -> Bool { scalar == "'" || scalar == "\u{2019}" }

    private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isAlphabetic { return true }
        return switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .decimalNumber: true
        default: false
        }
    }

    // MARK: Names

    /// Words that stay small inside a name.
    private static let particles: Set<String> = [
        "da", "das", "de", "del", "della", "den", "der", "des", "di", "do", "dos", "du", "e", "i", "of", "ten", "ter",
        "van", "von", "vom", "y", "zu", "zum", "zur",
    ]

    /// A name with its blanks tidied, and in title case when it was written in one case only.
    static func normalize(_ name: String) -> String {
        let words = name.unicodeScalars
            .split { $0.properties.isWhitespace || $0.properties.generalCategory == .control }
            .map { String($0) }
        let tidy = words.joined(separator: " ")
        let scalars = tidy.unicodeScalars
        let hasCapital = scalars.contains { $0.properties.isUppercase }
        let hasSmall = scalars.contains { $0.properties.isLowercase }
        guard hasCapital != hasSmall else { return tidy }
        return words.enumerated().map { index, word in
            let small = word.lowercased()
            if index > 0, particles.contains(small) { return small }
            let title = titleCase(small)
            guard index > 0, title.hasPrefix("D'") || title.hasPrefix("D\u{2019}") else { return title }
            return "d" + title.dropFirst()
        }.joined(separator: " ")
    }

    // MARK: Slugs

    /// Small ASCII letters and digits, everything else joined into `-`; letters that have no ASCII form are left out.
    static func slug(_ text: String) -> String {
        var result: [UInt8] = []
        var needsDash = false
        for scalar in text.unicodeScalars {
            let plain = plain(scalar)
            if plain == nil, isMarkOrApostrophe(scalar) { continue }
            guard let plain else {
                needsDash = !result.isEmpty
                continue
            }
            if needsDash { result.append(UInt8(ascii: "-")) }
            needsDash = false
            result += Array(plain.utf8)
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isMarkOrApostrophe(_ scalar: Unicode.Scalar) -> Bool {
        isApostrophe(scalar) || scalar.properties.generalCategory == .nonspacingMark
    }

    /// The small ASCII form of a letter or digit; nil when there is none.
    private static func plain(_ scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "a"..."z", "0"..."9": String(scalar)
        case "A"..."Z": String(UnicodeScalar(UInt8(scalar.value) + 32))
        default: plainForms[scalar.properties.lowercaseMapping]
        }
    }

    private static let plainForms: [String: String] = {
        let variants = [
            "a": "àáâãäåāăą", "ae": "æ", "c": "çćĉċč", "d": "ďđð", "e": "èéêëēĕėęě", "g": "ĝğġģ", "h": "ĥħ",
            "i": "ìíîïĩīĭįı", "ij": "ĳ", "j": "ĵ", "k": "ķĸ", "l": "ĺļľŀł", "n": "ñńņňŋ", "o": "òóôõöøōŏő",
            "oe": "œ", "r": "ŕŗř", "s": "śŝşšșſ", "ss": "ß", "t": "ţťŧț", "th": "þ", "u": "ùúûüũūŭůűų", "w": "ŵ",
            "y": "ýÿŷ", "z": "źżž",
        ]
        var forms: [String: String] = [:]
        for (plain, letters) in variants {
            for letter in letters.unicodeScalars { forms[String(letter)] = plain }
        }
        return forms
    }()
}
