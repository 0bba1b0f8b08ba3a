import CEL
import Foundation
import Mapping
package import Records

/// The events of one contact that gave points, in their order, ready to be summed up at any moment.
///
/// The score is a fold over the events by (time, id), each id once. Events may come in any order: one that comes late is
/// put where it belongs and what follows it is folded again, so that the result is always that of starting over.
package struct ScoreLedger: Sendable {
    /// An event that gave points.
    private struct Grant: Sendable {
        let rule: Int
        let event: Text
        let at: Instant
        let points: Double
    }

    /// One counted event, how many grants there were before it, and with which of them the epoch began.
    private struct Counted: Sendable {
        let event: PersonEvent
        let grantsBefore: Int
        let epochBefore: Int
    }

    private let rules: ScoringRules
    private let profile: [Value]
    private var counted: [Counted] = []
    private var ids: Set<Text> = []
    private var grants: [Grant] = []
    /// The first grant that still counts.
    private var epoch = 0

    /// Starts with no event; `profile` holds the record's values by the schema's places.
    package init(_ rules: ScoringRules, profile: [Value]) {
        self.rules = rules
        self.profile = profile
    }

    /// Counts an event; the same id a second time changes nothing.
    package mutating func count(_ event: PersonEvent) throws {
        guard self.ids.insert(event.id).inserted else { return }
        let place = self.counted.partitioningIndex { event < $0.event }
        let later = self.counted[place...].map(\.event)
        if place < self.counted.count {
            self.grants.removeSubrange(self.counted[place].grantsBefore...)
            self.epoch = self.counted[place].epochBefore
            self.counted.removeSubrange(place...)
        }
        for event in [event] + later {
            let before = self.grants.count
            self.counted.append(Counted(event: event, grantsBefore: before, epochBefore: self.epoch))
            if event.name == ScoringRules.resetEvent { self.epoch = before }
            try self.grant(event)
        }
    }

    /// What everything is worth at a moment.
    package func score(at now: Instant) throws -> Score {
        let profilePoints = try self.profileReasons(self.rules.rules)
        let fitReasons = try self.profileReasons(self.rules.fit)
        let fit = fitReasons.reduce(0) { $0 + $1.given }
        let grade = Grade.allCases.first { self.rules.grades[$0].map { fit >= $0 } ?? false } ?? .d
        let base = profilePoints.reduce(0) { $0 + $1.given }
        let total = self.total(base, at: now)
        let reasons = self.current.map { grant in
            let rule = self.rules.rules[grant.rule]
            return ScoreReason(
                rule: rule.id,
                given: Int(grant.points.rounded()),
                points: Self.worth(grant.points, rule.decay, since: grant.at, at: now),
                at: grant.at,
                event: grant.event
            )
        }
        let threshold = self.rules.qualified[grade]
        return Score(
            points: Self.whole(total),
            exactPoints: total,
            fit: fit,
            grade: grade,
            isQualified: threshold.map { Self.whole(total) >= $0 } ?? false,
            reasons: reasons.filter { $0.points != 0 } + profilePoints,
            fitReasons: fitReasons,
            nextCrossing: self.nextCrossing(base, marks: self.rules.watched + [threshold].compactMap { $0 }, after: now)
        )
    }

    /// The grants of this epoch.
    private var current: ArraySlice<Grant> { self.grants[self.epoch...] }

    private mutating func grant(_ event: PersonEvent) throws {
        for (index, rule) in self.rules.rules.enumerated() {
            guard case .event(let name, let condition) = rule.trigger, name == event.name else { continue }
            if let condition {
                let activation = self.rules.vocabulary.activation(self.profile, CELValue(event))
                guard try condition.matches(activation) == true else { continue }
            }
            let earlier = self.current.filter { $0.rule == index }
            if rule.once, !earlier.isEmpty { continue }
            var points = Double(rule.points)
            if let cap = rule.cap {
                let live = earlier.reduce(0) { $0 + Self.worth($1.points, rule.decay, since: $1.at, at: event.at) }
                let room = max(0, Double(cap) - abs(live))
                points = points < 0 ? max(points, -room) : min(points, room)
            }
            if points != 0 { self.grants.append(Grant(rule: index, event: event.id, at: event.at, points: points)) }
        }
    }

    private func profileReasons(_ rules: [ScoringRule]) throws -> [ScoreReason] {
        try rules.compactMap { rule in
            guard case .profile(let condition) = rule.trigger else { return nil }
            let activation = self.rules.vocabulary.activation(self.profile, .noEvent)
            guard try condition.matches(activation) == true else { return nil }
            return ScoreReason(rule: rule.id, given: rule.points, points: Double(rule.points))
        }
    }

    private func total(_ base: Int, at now: Instant) -> Double {
        self.current.reduce(Double(base)) { sum, grant in
            sum + Self.worth(grant.points, self.rules.rules[grant.rule].decay, since: grant.at, at: now)
        }
    }

    /// Points after some time; an event of the future is worth what it will be worth then.
    private static func worth(_ points: Double, _ decay: ScoringRule.Decay, since: Instant, at now: Instant) -> Double {
        let age = max(0, now.microseconds - since.microseconds)
        switch decay {
        case .none: return points
        case .expires(let span): return age < span.microseconds ? points : 0
        case .halfLife(let span): return points * exp2(-Double(age) / Double(span.microseconds))
        }
    }

    /// Rounded down, with room for what adding up fractions loses.
    private static func whole(_ points: Double) -> Int { Int((points + 1e-9).rounded(.down)) }
}

extension ScoreLedger {
    /// The first moment after `now` at which the points stand on another side of one of the marks.
    ///
    /// Only the expiry of points can raise the sum (a penalty that ends), and only at its moment; in between the sum
    /// falls steadily, because rules with a half-life give no negative points. So each stretch is searched by halving.
    private func nextCrossing(_ base: Int, marks: [Int], after now: Instant) -> Instant? {
        guard !marks.isEmpty, !self.current.isEmpty else { return nil }
        var stops: [Instant] = []
        var longest: Int64 = 0
        for grant in self.current {
            switch self.rules.rules[grant.rule].decay {
            case .none: break
            case .expires(let span): stops.append(grant.at.advanced(by: span))
            case .halfLife(let span): longest = max(longest, span.microseconds)
            }
        }
        stops = Array(Set(stops.filter { $0 > now })).sorted()
        // After 40 half-lives a thousand points are a billionth of one.
        if longest > 0 {
            let last = max(stops.last ?? now, self.current.map(\.at).max() ?? now, now)
            stops.append(Instant(microseconds: last.microseconds + longest * 40))
        }
        let side = { (at: Instant) in marks.map { Self.whole(self.total(base, at: at)) >= $0 } }
        let start = side(now)
        var low = now
        for stop in stops {
            let before = Instant(microseconds: stop.microseconds - 1)
            if before > low, side(before) != start { return Self.bisect(low, before) { side($0) != start } }
            if side(stop) != start { return stop }
            low = stop
        }
        return nil
    }

    /// The first moment in (low, high] for which the condition holds, which it does from there on to `high`.
    private static func bisect(_ low: Instant, _ high: Instant, _ holds: (Instant) -> Bool) -> Instant {
        var (low, high) = (low.microseconds, high.microseconds)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if holds(Instant(microseconds: middle)) { high = middle } else { low = middle }
        }
        return Instant(microseconds: high)
    }
}

extension Array {
    /// The first place whose element, and all behind it, fulfil the condition.
    fileprivate func partitioningIndex(_ holds: (Element) -> Bool) -> Int {
        var range = 0..<self.count
        while !range.isEmpty {
            let middle = (range.lowerBound + range.upperBound) / 2
            range = holds(self[middle]) ? range.lowerBound..<middle : (middle + 1)..<range.upperBound
        }
        return range.lowerBound
    }
}

extension ScoringRules {
    /// The score of a contact from all its events, in any order.
    package func score(_ events: some Sequence<PersonEvent>, profile: [Value], at now: Instant) throws -> Score {
        var ledger = ScoreLedger(self, profile: profile)
        for event in events.sorted() { try ledger.count(event) }
        return try ledger.score(at: now)
    }
}
