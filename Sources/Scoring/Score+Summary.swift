package import Records

extension Score {
    /// The reasons in words, one line a rule, those that weigh most first.
    package var summary: [Text] {
        var rules: [Text: (points: Double, count: Int, last: Instant?)] = [:]
        for reason in self.reasons {
            let known = rules[reason.rule] ?? (0, 0, nil)
            let last = [known.last, reason.at].compactMap { $0 }.max()
            rules[reason.rule] = (known.points + reason.points, known.count + 1, last)
        }
        let weighed = rules.sorted { left, right in
            let (first, second) = (abs(left.value.points), abs(right.value.points))
            return first == second ? left.key < right.key : first > second
        }
        let points = weighed.map { rule, sum in
            let times = sum.count > 1 ? ", \(sum.count) times" : ""
            let last = sum.last.map { ", last on \($0.date)" } ?? ""
            return Text("\(rule): \(Self.signed(sum.points)) points\(times)\(last)")
        }
        let fit = self.fitReasons.sorted { ($1.given, $0.rule) < ($0.given, $1.rule) }
        return points + fit.map { Text("\($0.rule): fit \(Self.signed($0.points))") }
    }

    /// With its sign, and one decimal where it is not whole.
    private static func signed(_ points: Double) -> String {
        let tenths = Int((points * 10).rounded())
        let (whole, rest) = (abs(tenths) / 10, abs(tenths) % 10)
        return (tenths < 0 ? "-" : "+") + String(whole) + (rest == 0 ? "" : ".\(rest)")
    }
}
