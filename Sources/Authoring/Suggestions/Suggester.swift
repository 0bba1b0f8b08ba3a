package import Records

/// Proposes which property of ours is which of the CRM's: a first mapping to look at, not a last word.
///
/// Names and labels are compared by what they mean in English and French, types rule out what cannot be, sampled values
/// weigh in where there are some, and each property gets at most one partner, so that all together fit best. Pure: the same
/// input gives the same proposal.
package struct Suggester: Sendable {
    /// What a proposal below this is not worth.
    static let floor = 0.45

    /// The object of ours.
    package let object: ObjectSchema
    /// The lifecycle, for stages.
    package let lifecycle: Lifecycle
    /// The CRM's properties.
    package let remote: [RemoteField]
    /// The ties that the connector can write.
    package let ties: [RemoteTie]
    /// The other objects of ours, whose records may refer to this one.
    package var others: [ObjectSchema] = []
    /// The segments of the object.
    package var segments: [NamedSegment] = []
    /// What transforms need to be told; nothing is guessed about it.
    package var habits = Habits()
    /// Values of the CRM's properties, by name.
    package var remoteSamples: [String: [Text]] = [:]
    /// Values of ours, by name.
    package var localSamples: [String: [Text]] = [:]

    /// What nobody can tell from a schema.
    package struct Habits: Sendable {
        /// The ISO 3166 code of the country whose telephone numbers come without a prefix; nil leaves numbers as they are.
        package var region: String?
        /// The zone in which the CRM's times become days.
        package var zone = "UTC"

        /// Creates habits.
        package init(region: String? = nil, zone: String = "UTC") {
            self.region = region
            self.zone = zone
        }
    }

    /// Creates a suggester.
    package init(object: ObjectSchema, lifecycle: Lifecycle, remote: [RemoteField], ties: [RemoteTie]) {
        self.object = object
        self.lifecycle = lifecycle
        self.remote = remote
        self.ties = ties
    }

    /// The proposals, in the order of our schema.
    package func suggestions() -> [SuggestedField] {
        let meaning = self.meaning()
        let locals = self.object.properties.map { LocalProperty($0, meaning) }
        let fields = self.remote.map { RemoteWords($0, meaning) }
        let tellsLongText = Set(self.remote.map(\.kind)).isSuperset(of: [.text, .longText])
        let scores = locals.map { local in
            fields.map { self.score(local, $0, meaning, tellsLongText: tellsLongText) }
        }
        let gains = scores.map { row in row.map { $0.value < Self.floor ? 0 : $0.value * $0.value } }
        let columns = Assignment.best(gains)
        let found = zip(locals.indices, columns).compactMap { row, column -> SuggestedField? in
            guard let column else { return nil }
            let rivals = Rivals(
                row: row,
                column: column,
                scores: scores.map { $0.map(\.value) },
                names: (locals.map(\.schema.name), fields.map(\.field.name))
            )
            let pair = Pair(
                local: locals[row],
                remote: fields[column].field,
                score: scores[row][column],
                rivals: rivals
            )
            return self.field(pair)
        }
        let whole = self.withRollUps(self.withPartsOfName(found, locals, meaning), meaning)
        return self.inSchemaOrder(whole + self.associations()) + self.memberships(beside: whole, meaning)
    }

    /// What the CRM's words mean: where persons have no first name, a name is all of it.
    private func meaning() -> Meaning {
        let meaning = Meaning(lexicon: .standard, realm: Realm(object: self.object.name))
        guard let given = meaning.concepts.first(where: { $0.name == "first_name" }) else { return meaning }
        let hasGiven = self.remote.contains { field in
            [field.name, field.label].contains { meaning.evidence(of: meaning.words($0), for: given) >= 0.9 }
        }
        return hasGiven ? meaning : Meaning(lexicon: .oneName, realm: meaning.realm)
    }

    private func score(
        _ local: LocalProperty,
        _ remote: RemoteWords,
        _ meaning: Meaning,
        tellsLongText: Bool
    ) -> PairScore {
        var evidence = PairScore.Evidence()
        evidence.type = TypeFit.of(local.schema, local.concept, remote.field, tellsLongText: tellsLongText)
        if evidence.type > 0 {
            evidence.name = remote.name.map { local.evidence(of: $0, meaning) }
            evidence.label = remote.label.map { local.evidence(of: $0, meaning) }
            evidence.sample = self.sample(local, remote.field)
        }
        return PairScore(evidence, isReadOnly: remote.field.isReadOnly)
    }

    private func sample(_ local: LocalProperty, _ remote: RemoteField) -> SampleEvidence? {
        guard let values = self.remoteSamples[remote.name], !values.isEmpty else { return nil }
        var sample = SampleEvidence(looks: SampleEvidence.looks(of: values, as: local.concept))
        if local.schema.type.holdsWords, let own = self.localSamples[local.schema.name] {
            let (ours, theirs) = (Set(own.map(Self.compared)), Set(values.map(Self.compared)))
            sample.shared = (theirs.intersection(ours).count, theirs.count)
        }
        return sample
    }

    private static func compared(_ text: Text) -> String {
        text.string.lowercased().filter { !$0.isWhitespace && $0 != "." && $0 != "-" }
    }

    private func inSchemaOrder(_ found: [SuggestedField]) -> [SuggestedField] {
        self.object.properties.compactMap { property in found.first { $0.local.hasSameBytes(as: property.name) } }
    }

    // MARK: Associations

    /// References go over the ties of the connector, never through a property.
    private func associations() -> [SuggestedField] {
        self.object.properties.compactMap { property in
            guard case .reference(let object) = property.type else { return nil }
            let ties = self.ties.filter { ObjectNames.areSame($0.remoteObject, object) }
            guard let tie = ties.first(where: { $0.label == "primary" }) ?? ties.first else { return nil }
            let others = self.object.properties.filter { $0.type == property.type }
            let isNamedAfter = ObjectNames.areSame(property.name, object)
            let rest = tie.label.map { [SuggestedField.Key("label", YAMLWord.plain($0))] } ?? []
            let isSure = isNamedAfter || others.count == 1
            return SuggestedField(
                section: .associations,
                local: property.name,
                remote: tie.remoteObject,
                direction: .both,
                keys: rest + [SuggestedField.Key("on_conflict", "prefer_remote")],
                confidence: isNamedAfter ? .certain : isSure ? .likely : .guess,
                score: isSure ? 1 : 0.5,
                reason: isSure
                    ? "the connector ties these records to \(tie.remoteObject)"
                    : "one of \(others.count) properties that could be the tie to \(tie.remoteObject)",
                concept: nil
            )
        }
    }
}

/// A property of the CRM with its words; nil where a name says nothing, or repeats.
struct RemoteWords: Sendable {
    let field: RemoteField
    let name: Words?
    let label: Words?

    init(_ field: RemoteField, _ meaning: Meaning) {
        self.field = field
        let (name, label) = (meaning.words(field.name), meaning.words(field.label))
        let isTelling = meaning.isTelling(name) || !meaning.isTelling(label)
        self.name = isTelling ? name : nil
        self.label = field.label.isEmpty || (isTelling && field.label.hasSameBytes(as: field.name)) ? nil : label
    }
}

/// A chosen pair with all that is known about it.
struct Pair: Sendable {
    let local: LocalProperty
    let remote: RemoteField
    let score: PairScore
    let rivals: Rivals
}

/// What comes near a chosen pair.
struct Rivals: Sendable {
    /// The best value that either side has with anything else.
    let best: Double
    /// What that is, and whose: `their display_name`; empty if there is nothing else.
    let name: String

    init(row: Int, column: Int, scores: [[Double]], names: (local: [String], remote: [String])) {
        let theirs = scores[row].indices.filter { $0 != column }
            .map { (value: scores[row][$0], name: "their \(names.remote[$0])") }
        let ours = scores.indices.filter { $0 != row }
            .map { (value: scores[$0][column], name: "our \(names.local[$0])") }
        let nearest = (theirs + ours).max { $0.value < $1.value }
        self.best = nearest?.value ?? 0
        self.name = nearest?.name ?? ""
    }
}

extension PropertyType {
    /// Whether equal values of two properties are a sign: two flags are equal by chance.
    fileprivate var holdsWords: Bool {
        switch self {
        case .text, .option, .set, .stage: true
        case .number, .flag, .date, .instant, .owner, .reference: false
        }
    }
}

/// Whether two names of objects mean the same: `contact`, `contacts`, `Contact__c`.
package enum ObjectNames {
    /// Compares by their words, singular or plural, and by what they are about.
    package static func areSame(_ left: String, _ right: String) -> Bool {
        let (one, two) = (Words(left).list, Words(right).list)
        if one == two { return true }
        let realm = Realm(object: left)
        return realm != .other && realm == Realm(object: right)
    }
}
