import Records

/// What is counted here and told there: roll-ups and segments, where the schemas name them.
extension Suggester {
    /// A segment of ours, as far as proposals need it.
    package struct NamedSegment: Sendable {
        /// The name.
        package let name: String

        /// Creates a segment.
        package init(name: String) { self.name = name }
    }

    /// Words that make a number of things of the things.
    private static let counting: Set<String> = [
        "number", "num", "nb", "nombre", "count", "total", "known", "associated", "associe", "of", "relais",
    ]
    /// Words that make a mark of a segment's name.
    private static let marking: Set<String> = [
        "relais", "segment", "list", "liste", "is", "in", "est", "dan", "dans", "member", "membre", "flag", "marketing",
    ]

    /// The proposals with the counts that we can make ourselves: a number of ours that is called after the records that
    /// refer to it, and one of the CRM's that is called the same.
    ///
    /// Never certain: whether somebody else fills the number, the schemas do not say.
    func withRollUps(_ found: [SuggestedField], _ meaning: Meaning) -> [SuggestedField] {
        var result = found
        for property in self.object.properties where property.type == .number {
            guard let child = self.child(countedBy: property, meaning),
                let field = self.remote.first(where: { field in
                    self.isWritableNumber(field) && self.counts(field.name, field.label, child.object, meaning)
                        && !result.contains {
                            $0.remote.hasSameBytes(as: field.name) && !$0.local.hasSameBytes(as: property.name)
                                && $0.confidence > .guess
                        }
                })
            else { continue }
            let rollUp = SuggestedField(
                section: .rollups,
                local: property.name,
                remote: field.name,
                direction: .push,
                keys: [.init("of", "\(child.object).\(child.reference)"), .init("give", "count")],
                confidence: .likely,
                score: 0.8,
                reason:
                    "both are called a number of \(child.object)s, and \(child.object).\(child.reference) says whose",
                concept: nil
            )
            result.removeAll {
                $0.local.hasSameBytes(as: property.name) || $0.remote.hasSameBytes(as: field.name)
            }
            result.append(rollUp)
        }
        return result
    }

    /// The other object whose records the property counts by its name, if exactly one reference of it leads here.
    private func child(
        countedBy property: PropertySchema,
        _ meaning: Meaning
    ) -> (object: String, reference: String)? {
        for other in self.others {
            let references = other.properties.filter { $0.type == .reference(object: self.object.name) }
            guard references.count == 1, self.counts(property.name, property.label, other.name, meaning) else {
                continue
            }
            return (other.name, references[0].name)
        }
        return nil
    }

    private func isWritableNumber(_ field: RemoteField) -> Bool {
        !field.isReadOnly && (field.kind == .number || field.kind == .integer)
    }

    /// Whether a name or a label is the plain name of an object's records, with words for counting or without.
    private func counts(_ name: String, _ label: String, _ object: String, _ meaning: Meaning) -> Bool {
        [name, label].contains { text in
            let rest = meaning.words(text).list.filter { !Self.counting.contains($0) }
            return rest.count == 1 && ObjectNames.areSame(rest[0], object)
        }
    }

    /// Properties of the CRM that are called like a segment of ours; always guesses.
    func memberships(beside found: [SuggestedField], _ meaning: Meaning) -> [SuggestedField] {
        self.segments.compactMap { segment in
            let wanted = meaning.words(segment.name).list
            let field = self.remote.first { field in
                guard !field.isReadOnly, !found.contains(where: { $0.remote.hasSameBytes(as: field.name) }),
                    self.membershipKeys(field, segment) != nil
                else { return false }
                return [field.name, field.label].contains { text in
                    let words = meaning.words(text).list
                    return words == wanted || words.filter { !Self.marking.contains($0) } == wanted
                }
            }
            guard let field, let keys = self.membershipKeys(field, segment) else { return nil }
            return SuggestedField(
                section: .lists,
                local: segment.name,
                remote: field.name,
                direction: .push,
                keys: keys,
                confidence: .guess,
                score: 0.5,
                reason: "it is called like the segment; tells who is in, and overwrites what it holds",
                concept: nil
            )
        }
    }

    /// What a property holds for who is in and who is not; nil if it cannot tell.
    private func membershipKeys(_ field: RemoteField, _ segment: NamedSegment) -> [SuggestedField.Key]? {
        switch field.kind {
        case .flag: []
        case .option where field.options.contains("true") && field.options.contains("false"): []
        case .text: [.init("in", YAMLWord.plain(segment.name)), .init("out", "\"\"")]
        default: nil
        }
    }
}
