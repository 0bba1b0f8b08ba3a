package import Records

/// How sure a proposal is.
package enum Confidence: String, Hashable, Sendable, CaseIterable, Comparable {
    /// Worth a look; written as a comment, so that nothing runs unseen.
    case guess
    /// Probably right.
    case likely
    /// Name, label and type say the same, and nothing else comes near.
    case certain

    package static func < (lhs: Self, rhs: Self) -> Bool {
        self.allCases.firstIndex(of: lhs) ?? 0 < self.allCases.firstIndex(of: rhs) ?? 0
    }
}

/// One proposed line of a mapping.
package struct SuggestedField: Hashable, Sendable {
    /// Where in the file the line belongs.
    package enum Section: String, Hashable, Sendable {
        case fields
        case consent
        case associations
        case rollups
        case lists

        /// The key with which a line begins.
        var head: String {
            switch self {
            case .consent: "purpose"
            case .lists: "segment"
            case .fields, .associations, .rollups: "local"
            }
        }
    }

    /// Where it belongs.
    package let section: Section
    /// Our property, or a segment of ours.
    package let local: String
    /// The CRM's property, or the remote object of an association.
    package let remote: String
    /// Which way it may travel.
    package let direction: SyncDirection
    /// The keys behind local and remote, in their order, each with its value as the file writes it.
    package let keys: [Key]
    /// How sure the proposal is.
    package let confidence: Confidence
    /// How near the two are, from 0 to 1.
    package let score: Double
    /// Why, for people.
    package let reason: String
    /// What the property is about; nil if it is none of the usual things.
    let concept: String?

    /// The same line with other keys, or less sure, and a further remark.
    func with(
        direction: SyncDirection? = nil,
        confidence: Confidence? = nil,
        keys: [Key]? = nil,
        remark: String
    ) -> Self {
        SuggestedField(
            section: self.section,
            local: self.local,
            remote: self.remote,
            direction: direction ?? self.direction,
            keys: keys ?? self.keys,
            confidence: confidence ?? self.confidence,
            score: self.score,
            reason: "\(self.reason); \(remark)",
            concept: self.concept
        )
    }

    /// One key of the line.
    package struct Key: Hashable, Sendable {
        /// The key.
        package let name: String
        /// The value, part by part: the steps of a `via`, or one word.
        let steps: [Step]
        private let isList: Bool

        /// A key with one word.
        init(_ name: String, _ word: String) {
            self.name = name
            self.steps = [.word(word)]
            self.isList = false
        }

        /// `via` with its transforms.
        init(via steps: [Step]) {
            self.name = "via"
            self.steps = steps
            self.isList = true
        }

        /// The value, in YAML on one line.
        package var value: String {
            let text = self.steps.map(\.text).joined(separator: ", ")
            return self.isList ? "[\(text)]" : text
        }
    }

    /// One transform of a `via`.
    enum Step: Hashable, Sendable {
        /// As the file writes it: `trim`, `{ e164: FR }`.
        case word(String)
        /// A table of options, ours first.
        case table([Row])

        var text: String {
            switch self {
            case .word(let word): word
            case .table(let rows):
                rows.isEmpty ? "{ enum: {} }" : "{ enum: { \(rows.map(\.text).joined(separator: ", ")) } }"
            }
        }
    }

    /// One row of a table of options.
    struct Row: Hashable, Sendable {
        let local: String
        let remote: String

        var text: String { "\(YAMLWord.plain(self.local)): \(YAMLWord.plain(self.remote))" }
    }
}
