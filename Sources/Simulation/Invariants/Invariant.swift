/// A rule that every simulated history must keep.
package protocol Invariant: Sendable {
    /// Its name: S1 to S24.
    var id: String { get }
    /// What breaks it.
    func violations(in evidence: Evidence) -> [Violation]
}

extension Invariant {
    func violation(_ subject: Int?, _ message: String) -> Violation { Violation(self.id, subject, message) }
}

/// All invariants that are judged at the end.
package enum Invariants {
    /// The checkers in the order of their names.
    package static let all: [any Invariant] = [
        S1Convergence(), S3WriteEconomy(), S4SingleSideWins(), S5NoSilentLoss(), S8Identity(), S9CursorSafety(),
        S11Atomicity(), S12DeleteEvidence(), S13DeleteBreaker(), S14MergeSafety(), S17OneWay(), S18LensLaws(),
        S19RateLaw(), S21Bounded(), S22MappingChange(), S24NoLeak(), R2GuardRead(), R5Stages(), R7Lookalikes(),
        R8Erasure(), R10Account(), R15Groups(), R16Ties(),
    ]

    /// Everything that is wrong with a history.
    package static func violations(in evidence: Evidence) -> [Violation] {
        evidence.noticed + Self.all.flatMap { $0.violations(in: evidence) }
    }
}
