package import CEL
package import Records

/// How far a contact fits the customers one wants, from the profile.
package enum Grade: String, CaseIterable, Sendable, Comparable {
    case a = "A"
    case b = "B"
    case c = "C"
    case d = "D"

    /// Better grades are greater.
    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue > rhs.rawValue }
}

/// One rule that gives points.
package struct ScoringRule: Sendable {
    /// What gives the points.
    package enum Trigger: Sendable {
        /// Each event of a name; with a condition, those only for which it holds.
        case event(Text, CELProgram?)
        /// The profile, for as long as the condition holds.
        case profile(CELProgram)
    }

    /// What becomes of the points of an event with time.
    package enum Decay: Sendable, Hashable {
        /// They stay.
        case none
        /// They halve every so often.
        case halfLife(Duration)
        /// They are gone after so long.
        case expires(Duration)
    }

    /// The name in reasons.
    package let id: Text
    /// What gives the points.
    package let trigger: Trigger
    /// How many; negative ones count against.
    package let points: Int
    /// The most that the rule's events may be worth at a time, in absolute points; nil for no limit.
    package let cap: Int?
    /// Whether only the first event counts.
    package let once: Bool
    /// What becomes of the points with time.
    package let decay: Decay

    /// Creates a rule.
    package init(id: Text, trigger: Trigger, points: Int, cap: Int? = nil, once: Bool = false, decay: Decay = .none) {
        self.id = id
        self.trigger = trigger
        self.points = points
        self.cap = cap
        self.once = once
        self.decay = decay
    }
}

/// The rules of `Config/scoring.yaml`: points for engagement, a grade for fit, and what qualifies.
package struct ScoringRules: Sendable {
    /// What the conditions speak of.
    package let vocabulary: RecordVocabulary
    /// The rules for points, in the order of the file.
    package let rules: [ScoringRule]
    /// The rules for fit; all of the profile.
    package let fit: [ScoringRule]
    /// The fit from which a grade is given; a grade that is not there is never given, D always.
    package let grades: [Grade: Int]
    /// The points that qualify a contact of a grade; a grade that is not there never qualifies.
    package let qualified: [Grade: Int]
    /// Points at whose crossing the score is worked out anew although nothing happened, beside those that qualify.
    package let watched: [Int]

    /// Creates rules.
    package init(
        vocabulary: RecordVocabulary,
        rules: [ScoringRule],
        fit: [ScoringRule] = [],
        grades: [Grade: Int] = [:],
        qualified: [Grade: Int] = [:],
        watched: [Int] = []
    ) {
        self.vocabulary = vocabulary
        self.rules = rules
        self.fit = fit
        self.grades = grades
        self.qualified = qualified
        self.watched = watched
    }

    /// The event that begins a new epoch: what came before it is worth nothing any more.
    ///
    /// Hand-offs that give a lead back to marketing add it, so that only new interest makes the lead qualify again.
    package static let resetEvent: Text = "score_reset"

    /// Whether an event of that name can change a score.
    package func counts(_ name: Text) -> Bool { name == Self.resetEvent || self.eventNames.contains(name) }

    /// The names of the events that some rule counts, in the order of their bytes.
    package var eventNames: [Text] {
        let names = self.rules.compactMap { rule in
            if case .event(let name, _) = rule.trigger { name } else { nil }
        }
        return Array(Set(names)).sorted()
    }

    /// The properties that some rule reads, so that a change of one of them may change the score.
    package var properties: Set<Text> {
        let programs = (self.rules + self.fit).compactMap { rule in
            switch rule.trigger {
            case .event(_, let condition): condition
            case .profile(let condition): condition
            }
        }
        return Set(programs.flatMap { $0.reads.compactMap { $0.variable == 0 ? $0.field.map { Text($0.name) } : nil } })
    }
}
