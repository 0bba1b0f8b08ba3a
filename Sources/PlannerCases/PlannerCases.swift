/// Runs generated cases through the planner.
package enum PlannerCases {
    /// What a run found.
    package struct Report: Sendable {
        /// How many cases were run.
        package var cases = 0
        /// The first problems, each with its seed.
        package var problems: [String] = []
        /// How often each cell was hit.
        package var coverage = CaseCoverage()

        /// Creates an empty report.
        package init() {}

        /// Adds what another part of the run found.
        package mutating func add(_ other: Report) {
            self.cases += other.cases
            self.problems = Array((self.problems + other.problems).prefix(PlannerCases.problemLimit))
            self.coverage.add(other.coverage)
        }
    }

    static let problemLimit = 20

    /// Runs the cases of consecutive seeds; the same seeds give the same report.
    package static func run(seeds: Range<UInt64>) -> Report {
        var report = Report()
        for seed in seeds {
            let one = PlannerCase(seed: seed)
            let result = CaseCheck(one).run()
            report.cases += 1
            report.coverage.add(
                CaseCoverage.Cell(
                    row: result.row,
                    policy: one.policy,
                    direction: one.direction,
                    hasShadow: one.hasShadow,
                    outcome: result.outcome
                )
            )
            if let problem = result.problem, report.problems.count < self.problemLimit {
                report.problems.append("\(one)\n    \(problem)")
            }
        }
        return report
    }
}
