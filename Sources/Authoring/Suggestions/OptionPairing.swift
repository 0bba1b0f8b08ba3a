import Records

/// Finds which of our options says the same as which of the CRM's.
struct OptionPairing: Sendable {
    /// Ours and theirs, in the order of ours.
    let rows: [(local: Text, remote: Text)]
    /// Ours without a counterpart.
    let unpaired: [Text]
    /// Theirs without a counterpart.
    let theirs: [Text]

    /// Pairs options one to one by their words; our stages count as options.
    init(_ locals: [Text], _ remotes: [Text]) {
        let words = remotes.map { OptionWords($0) }
        let gains = locals.map { local in
            let own = OptionWords(local)
            return words.map { max(0, own.nearness(to: $0) - 0.45) }
        }
        let columns = Assignment.best(gains)
        self.rows = zip(locals, columns).compactMap { local, column in column.map { (local, remotes[$0]) } }
        let taken = Set(columns.compactMap(\.self))
        self.theirs = remotes.indices.filter { !taken.contains($0) }.map { remotes[$0] }
        self.unpaired = zip(locals, columns).compactMap { local, column in column == nil ? local : nil }
    }
}

/// The words of an option, and what the usual ones mean.
private struct OptionWords {
    let text: String
    let words: Set<String>
    let meaning: String?

    init(_ option: Text) {
        self.text = option.string.lowercased()
        let words = Words(option.string, vocabulary: Self.vocabulary).list
        self.words = Set(words)
        self.meaning = Self.meaning(of: Set(words))
    }

    func nearness(to other: Self) -> Double {
        if self.text.utf8.elementsEqual(other.text.utf8) { return 1.1 }
        if self.words == other.words, !self.words.isEmpty { return 1 }
        if let meaning, let theirs = other.meaning { return meaning == theirs ? 0.95 : 0 }
        let common = self.words.intersection(other.words).count
        return self.words.isEmpty || common == 0
            ? 0 : 0.5 + 0.4 * Double(common) / Double(self.words.union(other.words).count)
    }

    /// What usual options are called, each phrase a set of words that must all be there; the first that fits counts.
    private static let meanings: [(name: String, phrases: [Set<String>])] = [
        (
            "mql",
            [["mql"], ["marketing", "qualified"], ["lead", "qualifie", "marketing"], ["qualifie", "marketing"]]
        ),
        ("sql", [["sql"], ["sale", "qualified"], ["qualifie", "vente"], ["qualifie", "commercial"]]),
        ("subscriber", [["subscriber"], ["abonne"]]),
        (
            "unqualified",
            [["unqualified"], ["disqualified"], ["non", "qualifie"], ["disqualifie"], ["not", "qualified"]]
        ),
        ("qualified", [["qualified"], ["qualifie"], ["qualification"]]),
        ("evangelist", [["evangelist"], ["ambassadeur"], ["promoter"]]),
        ("opportunity", [["opportunity"], ["opportunite"]]),
        ("customer", [["customer"], ["client"]]),
        ("lost", [["lost"], ["perdu"], ["perdue"]]),
        ("won", [["won"], ["gagne"], ["gagnee"]]),
        ("in_progress", [["progress"], ["cour"], ["working"]]),
        ("open_deal", [["open", "deal"]]),
        ("appointment", [["appointment"], ["rendez", "vou"], ["rdv"], ["meeting"]]),
        ("presentation", [["presentation"], ["demo"], ["demonstration"]]),
        ("decision", [["decision"]]),
        ("contract", [["contract"], ["contrat"]]),
        ("new", [["new"], ["nouveau"], ["nouvelle"]]),
        ("done", [["done"], ["completed"], ["termine"], ["terminee"], ["fait"]]),
        ("open", [["open"], ["ouvert"], ["ouverte"], ["not", "started"]]),
        ("recycled", [["recycled"], ["recycle"], ["nurturing"]]),
        ("high", [["high"], ["haute"], ["eleve"], ["elevee"], ["urgent"]]),
        ("medium", [["medium"], ["normal"], ["moyenne"], ["normale"]]),
        ("low", [["low"], ["basse"], ["faible"]]),
        ("lead", [["lead"], ["prospect"], ["piste"]]),
    ]

    private static let vocabulary = Set(meanings.flatMap { $0.phrases.flatMap { $0 } }).union([
        "marketing", "qualified", "sales", "sale", "lead", "closed", "scheduled", "maker", "bought", "sent", "buy",
        "started", "rendez", "vous",
    ])

    private static func meaning(of words: Set<String>) -> String? {
        self.meanings.first { $0.phrases.contains { $0.isSubset(of: words) } }?.name
    }
}
