package import Records

/// Why a contact has some of its points.
package struct ScoreReason: Hashable, Sendable {
    /// The rule.
    package let rule: Text
    /// What it was worth when it counted.
    package let given: Int
    /// What it is worth now, after decay.
    package let points: Double
    /// When the event happened; nil for a rule of the profile.
    package let at: Instant?
    /// The event; nil for a rule of the profile.
    package let event: Text?

    /// Creates a reason.
    package init(rule: Text, given: Int, points: Double, at: Instant? = nil, event: Text? = nil) {
        self.rule = rule
        self.given = given
        self.points = points
        self.at = at
        self.event = event
    }
}

/// What a contact's events and profile are worth at some moment.
package struct Score: Hashable, Sendable {
    /// The points, rounded down.
    package let points: Int
    /// The points before rounding.
    package let exactPoints: Double
    /// The fit in points.
    package let fit: Int
    /// The fit as a grade.
    package let grade: Grade
    /// Whether points and grade together qualify.
    package let isQualified: Bool
    /// Every point, explained: events in the order in which they counted, then the profile.
    package let reasons: [ScoreReason]
    /// Every point of fit, explained.
    package let fitReasons: [ScoreReason]
    /// When, with no further event, the contact next begins or stops to qualify or crosses a watched mark; nil for never.
    package let nextCrossing: Instant?
}
