/// How surely a name or a label means a concept.
struct Meaning: Sendable {
    /// The words of every phrase, and what they mean.
    let lexicon: Lexicon
    /// The object that the properties belong to.
    let realm: Realm

    /// The words of a name or label, without the object's own name.
    func words(_ text: String) -> Words {
        Words(text, vocabulary: self.lexicon.vocabulary).without(self.realm.ownNames)
    }

    /// Whether a name says anything at all: `field_17` and `cf_0042` do not.
    func isTelling(_ words: Words) -> Bool {
        words.list.contains { $0.utf8.count >= 2 && self.lexicon.vocabulary.contains($0) }
    }

    /// The concepts of the object's realm.
    var concepts: [Concept] { self.lexicon.concepts.filter { $0.realms.contains(self.realm) } }

    /// The concept that a property of ours is about, by its name, else by its label; nil if it is none of the usual ones.
    func concept(name: String, label: String) -> Concept? {
        for text in [name, label] {
            let words = self.words(text)
            let found = self.concepts.map { ($0, self.strength(of: words, as: $0)) }.max { $0.1 < $1.1 }
            if let found, found.1 >= 0.75 { return found.0 }
        }
        return nil
    }

    /// How surely the words mean a concept: 1 where they are a phrase of it, less for every word that is over.
    ///
    /// Words that are better explained by another concept speak against it: a mobile phone is no phone.
    func evidence(of words: Words, for concept: Concept) -> Double {
        let own = self.strength(of: words, as: concept)
        // A phrase to the letter was weighed when it was written down.
        let isPhrase = concept.phrases.contains { $0.words.sorted() == words.list.sorted() }
        guard own > 0, !isPhrase else { return own }
        let other = self.concepts.filter { $0.name != concept.name }.map { self.strength(of: words, as: $0) }.max() ?? 0
        return other > own + 0.15 ? own * 0.6 : own
    }

    private func strength(of words: Words, as concept: Concept) -> Double {
        concept.phrases.map { self.strength(of: words, as: $0) }.max() ?? 0
    }

    private func strength(of words: Words, as phrase: Concept.Phrase) -> Double {
        var rest = words.list
        var strength = phrase.weight
        for word in phrase.words {
            guard let place = rest.firstIndex(where: { self.isSame($0, word) }) else { return 0 }
            // What had to be put right is never certain.
            if rest.remove(at: place) != word { strength *= 0.85 }
        }
        return rest.map { self.penalty(of: $0, besides: phrase.words.count) }.reduce(strength, *)
    }

    private func penalty(of word: String, besides count: Int) -> Double {
        if Self.harmless.contains(word) { return 0.97 }
        if Self.turning.contains(word) || word.allSatisfy(\.isNumber) { return 0.3 }
        if self.isConceptOfItsOwn(word) { return 0.45 }
        return count > 1 ? 0.7 : 0.6
    }

    /// Whether one word alone is what people call something else.
    private func isConceptOfItsOwn(_ word: String) -> Bool {
        self.concepts.contains { concept in
            concept.phrases.contains { $0.words == [word] && $0.weight >= 0.9 }
        }
    }

    /// Equal, or one letter wrong in a word long enough to tell; a county is no misspelt country.
    private func isSame(_ word: String, _ known: String) -> Bool {
        if word == known { return true }
        guard min(word.utf8.count, known.utf8.count) >= 6, !self.lexicon.vocabulary.contains(word) else { return false }
        return TypingDistance.isAtMostOne(Array(word.utf8), Array(known.utf8))
    }

    /// Words beside a phrase that leave its meaning as it is.
    private static let harmless: Set<String> = [
        "preferred", "prefere", "preferee", "original", "primary", "principal", "principale", "main", "current",
        "actuel", "actuelle", "your", "votre", "professional", "professionnel", "professionnelle", "vente", "sale",
        "commercial", "commerciale", "ht", "prevu", "prevue", "expected", "value", "field", "champ",
        "intracommunautaire",
        "line", "1", "address", "adresse", "mailing", "billing", "postale", "facturation",
    ]

    /// Words that make something else of it: when it was set, how often, whose, which one of several.
    private static let turning: Set<String> = [
        "id", "ip", "number", "num", "nombre", "count", "date", "time", "timestamp", "created", "create", "creation",
        "cree", "modified", "modifie", "updated", "by", "type", "reason", "motif", "code", "associated", "parent",
        "secondary", "secondaire", "additional", "alternate", "alternative", "other", "autre", "old", "legacy",
        "previous", "precedent", "latest", "next", "prochain", "prochaine", "recent", "calculated", "domain", "bounce",
        "quarantined", "invalid", "confirmed", "assigned", "team", "record", "rec", "object", "inferred", "range",
        "group", "home", "closed", "open", "probability", "probabilite", "total", "forecast", "complement", "data",
        "detail", "drill", "photo", "status", "statut",
    ]
}

/// Whether two words are one slip of the fingers apart.
enum TypingDistance {
    /// Whether one insertion, deletion, replacement or swap of neighbours at most makes one word of the other.
    static func isAtMostOne(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        let (short, long) = left.count <= right.count ? (left, right) : (right, left)
        guard long.count - short.count <= 1 else { return false }
        guard let place = short.indices.first(where: { short[$0] != long[$0] }) else { return true }
        if long.count > short.count { return short[place...] == long[(place + 1)...] }
        if short[(place + 1)...] == long[(place + 1)...] { return true }
        return place + 1 < short.count && short[place] == long[place + 1] && short[place + 1] == long[place]
            && short[(place + 2)...] == long[(place + 2)...]
    }
}
