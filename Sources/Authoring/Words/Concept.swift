/// What an object is about, which decides what its properties' names mean: the `name` of a company is not that of a person.
enum Realm: String, Hashable, Sendable, CaseIterable {
    case person
    case organisation
    case deal
    case task
    case other

    /// The realm of an object by its name, in English or French, singular or plural.
    init(object name: String) {
        let words = Set(Words(name).list)
        self =
            Self.allCases.first { !Self.names($0).isDisjoint(with: words) } ?? .other
    }

    /// Words that mean the object itself, and so say nothing within it: the stage of a deal is its deal stage.
    var ownNames: Set<String> { Self.names(self) }

    private static func names(_ realm: Realm) -> Set<String> {
        switch realm {
        case .person: ["contact", "person", "people", "personne", "interlocuteur"]
        case .organisation:
            ["company", "companie", "account", "organisation", "organization", "entreprise", "societe", "compte"]
        case .deal: ["deal", "opportunity", "opportunitie", "opportunite", "affaire", "transaction"]
        case .task: ["task", "todo", "tache", "activity"]
        case .other: []
        }
    }
}

/// Something that properties are about, with the phrases by which people call it in English and French.
struct Concept: Sendable {
    /// One phrase.
    struct Phrase: Sendable {
        /// Its words, in any order.
        let words: [String]
        /// How surely the phrase means the concept, up to 1.
        let weight: Double
    }

    /// The concept's own name: `postal_code`.
    let name: String
    /// The objects in which the phrases mean it.
    let realms: Set<Realm>
    /// The phrases.
    let phrases: [Phrase]

    /// Creates a concept from phrases between commas; a number behind one is its weight in percent, 100 without.
    init(_ name: String, _ realms: Set<Realm>, _ phrases: String) {
        self.name = name
        self.realms = realms
        self.phrases = phrases.split(separator: ",").map { entry in
            let words = entry.split(separator: " ").map(String.init)
            let percent = words.last.flatMap(Int.init)
            let text = (percent == nil ? words : words.dropLast()).joined(separator: " ")
            return Phrase(words: Words(text).list, weight: Double(percent ?? 100) / 100)
        }
    }
}
