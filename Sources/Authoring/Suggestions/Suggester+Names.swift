import Records

/// One name there, first and last name here: two parts of one text, both ways.
extension Suggester {
    /// The proposals with the parts of a person's name, where the CRM has one text for all of it.
    ///
    /// Never certain: whether people's names are two words, only their records tell. Where the parts run, what else would
    /// write the text is only pulled.
    func withPartsOfName(_ found: [SuggestedField], _ locals: [LocalProperty], _ meaning: Meaning) -> [SuggestedField] {
        guard meaning.realm == .person, let first = Self.text("first_name", in: locals),
            let last = Self.text("last_name", in: locals), let whole = self.wholeName(found, meaning)
        else { return found }
        let others = found.filter { field in
            ![first, last].contains { $0.schema.name.hasSameBytes(as: field.local) }
        }
        guard
            found.allSatisfy({ field in
                field.confidence == .guess || others.contains(field)
            })
        else { return found }
        let isLastFirst = [whole.field.label, whole.field.name].contains { self.beginsWithLastName($0, meaning) }
        let parts = self.parts(isLastFirst ? [last, first] : [first, last], of: whole, isLastFirst: isLastFirst)
        guard parts.allSatisfy({ $0.confidence > .guess }) else { return others + parts }
        return others.map { field in
            guard field.remote.hasSameBytes(as: whole.field.name), field.direction == .both else { return field }
            return field.with(
                direction: .pull,
                confidence: min(field.confidence, .likely),
                keys: [.init("direction", "pull")] + field.keys,
                remark: "written by its parts"
            )
        } + parts
    }

    /// A text of the CRM that holds the whole name.
    private struct WholeName {
        let field: RemoteField
        let confidence: Confidence
        let score: Double
        let reason: String
    }

    private func parts(_ locals: [LocalProperty], of whole: WholeName, isLastFirst: Bool) -> [SuggestedField] {
        let count = self.namesOfTwoWords(whole.field.name)
        // Which word is which, and whether there are two, is a guess in these cases.
        let isGuess = isLastFirst || whole.confidence == .guess || count.map { $0.fitting * 5 < $0.of * 4 } ?? false
        let sampled = count.map { "; \($0.fitting) of \($0.of) sampled values have no more" } ?? ""
        let alone = isLastFirst ? 1 : 2
        return locals.enumerated().map { index, local in
            let place = "the \(index == 0 ? "first" : "second") of two words"
            return SuggestedField(
                section: .fields,
                local: local.schema.name,
                remote: whole.field.name,
                direction: .both,
                keys: [
                    .init(via: [
                        .word("whitespace"), .word("{ split: { by: \" \", part: \(index + 1), alone: \(alone) } }"),
                    ])
                ],
                confidence: isGuess ? .guess : .likely,
                score: whole.score,
                reason: "\(whole.reason); \(place)\(index + 1 == alone ? ", or the only one" : "")\(sampled)",
                // A part is no key to match by.
                concept: nil
            )
        }
    }

    private static func text(_ concept: String, in locals: [LocalProperty]) -> LocalProperty? {
        locals.first { $0.concept?.name == concept && $0.schema.type == .text }
    }

    /// The CRM's text that means all of a name: what our own is paired with, or one that nothing is paired with.
    private func wholeName(_ found: [SuggestedField], _ meaning: Meaning) -> WholeName? {
        if let pair = found.first(where: { $0.concept == "full_name" && $0.direction == .both }),
            let field = self.remote.first(where: { $0.name.hasSameBytes(as: pair.remote) }), field.kind == .text
        {
            return WholeName(field: field, confidence: pair.confidence, score: pair.score, reason: pair.reason)
        }
        guard let concept = meaning.concepts.first(where: { $0.name == "full_name" }) else { return nil }
        let free = self.remote.filter { field in
            field.kind == .text && !field.isReadOnly
                && !found.contains { $0.remote.hasSameBytes(as: field.name) && $0.confidence > .guess }
        }
        for field in free {
            let score =
                [field.name, field.label].map { meaning.evidence(of: meaning.words($0), for: concept) }.max() ?? 0
            guard score >= 0.85 else { continue }
            let reason = "name or label \(Self.quoted(field.label)) says full name"
            return WholeName(field: field, confidence: .likely, score: score, reason: reason)
        }
        return nil
    }

    /// How many sampled values can be taken apart; nil if there are too few to tell.
    private func namesOfTwoWords(_ property: String) -> (fitting: Int, of: Int)? {
        guard let values = self.remoteSamples[property], values.count >= 5 else { return nil }
        return (values.count { $0.string.split(whereSeparator: \.isWhitespace).count <= 2 }, values.count)
    }

    /// Whether a label has the last name before the first: `Nom et prénom`.
    private func beginsWithLastName(_ text: String, _ meaning: Meaning) -> Bool {
        let words = meaning.words(text).list
        guard let given = words.firstIndex(where: { ["first", "given", "prenom"].contains($0) }) else { return false }
        let family = words.firstIndex { ["last", "family", "surname", "nom"].contains($0) }
        return family.map { $0 < given } ?? false
    }
}
