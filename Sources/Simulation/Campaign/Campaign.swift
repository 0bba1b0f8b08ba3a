import Foundation
import Records
import Synchronization

/// Runs many seeds, several at a time; what comes out does not depend on how many.
package struct Campaign: Sendable {
    /// The first seed.
    package var first: UInt64
    /// How many.
    package var count: Int
    /// How many days each has.
    package var days: Int
    /// How many run at a time.
    package var jobs: Int
    /// How far the seeds are apart.
    package var step = 1
    /// What life may have beyond edits; each seed has its choice.
    package var features = WorldFeature.settled
    /// Seeds that are left out.
    package var except: Set<UInt64> = []
    /// Whether the first failure ends it.
    package var stopsAtFailure = false

    /// Creates a campaign.
    package init(first: UInt64, count: Int, days: Int, jobs: Int) {
        self.first = first
        self.count = count
        self.days = days
        self.jobs = jobs
    }

    private struct State {
        var next = 0
        var isOver = false
        var results: [Int: Result] = [:]
    }

    private struct Result {
        let seed: UInt64
        let trace: UInt64
        let violations: [Violation]
        let faults: [FaultKind: Int]
        let syncs: Int
        let lives: Int
    }

    /// Runs all seeds; `progress` is told after each, with the number done.
    package func run(progress: @escaping @Sendable (Int) -> Void = { _ in }) -> CampaignReport {
        let state = Mutex(State())
        let done = DispatchGroup()
        let shared = Shared(state)
        for _ in 0..<max(1, self.jobs) {
            done.enter()
            let thread = Thread {
                self.work(shared, progress)
                done.leave()
            }
            thread.stackSize = 16 << 20
            thread.start()
        }
        done.wait()
        return self.report(shared.state.withLock { $0.results })
    }

    /// What the threads share.
    private final class Shared: Sendable {
        let state: Mutex<State>
        init(_ state: consuming Mutex<State>) { self.state = state }
    }

    private func work(_ shared: Shared, _ progress: @Sendable (Int) -> Void) {
        while true {
            let number = shared.state.withLock { state -> Int? in
                guard state.next < self.count, !state.isOver else { return nil }
                defer { state.next += 1 }
                return state.next
            }
            guard let number else { return }
            let seed = self.first &+ UInt64(number * self.step)
            if self.except.contains(seed) { continue }
            let verdict = Scenario.make(seed: seed, days: self.days, features: self.features).verdict()
            let result = Result(
                seed: verdict.scenario.seed,
                trace: verdict.trace,
                violations: verdict.violations,
                faults: verdict.faults,
                syncs: verdict.syncs,
                lives: verdict.lives
            )
            let count = shared.state.withLock { state in
                state.results[number] = result
                if self.stopsAtFailure && !result.violations.isEmpty { state.isOver = true }
                return state.results.count
            }
            progress(count)
        }
    }

    private func report(_ results: [Int: Result]) -> CampaignReport {
        var report = CampaignReport(seeds: results.count, days: self.days)
        var (trace, tenth) = (Trace(), Trace())
        for (number, result) in results.sorted(by: { $0.key < $1.key }) {
            trace.add(Int64(bitPattern: result.trace))
            if number % 10 == 0 { tenth.add(Int64(bitPattern: result.trace)) }
            report.faults.merge(result.faults, uniquingKeysWith: +)
            report.syncs += result.syncs
            report.lives += result.lives
            if let violation = result.violations.first {
                report.failures.append(CampaignReport.Failure(seed: result.seed, violation: violation))
            }
        }
        report.trace = trace.hash
        report.everyTenth = tenth.hash
        return report
    }
}

/// What came of a campaign.
package struct CampaignReport: Sendable {
    /// A seed that broke an invariant.
    package struct Failure: Sendable {
        /// The seed.
        package let seed: UInt64
        /// The first thing that was wrong.
        package let violation: Violation
        /// What happened to the record concerned, in as few lines as could be found.
        package var story: [String] = []
    }

    /// How many seeds were run.
    package let seeds: Int
    /// How many days each had.
    package let days: Int
    /// How often each fault happened.
    package var faults: [FaultKind: Int] = [:]
    /// The seeds that failed, in order.
    package var failures: [Failure] = []
    /// The hashes of all seeds, in order, in one.
    package var trace: UInt64 = 0
    /// The hashes of every tenth seed in one: what a second process must come to with a step of ten.
    package var everyTenth: UInt64 = 0
    /// How many syncs there were.
    package var syncs = 0
    /// How many processes lived.
    package var lives = 0

    init(seeds: Int, days: Int) {
        self.seeds = seeds
        self.days = days
    }
}

extension CampaignReport.Failure {
    /// Makes the seed's scenario as small as it gets and tells its story.
    package mutating func explain(
        days: Int,
        features: Set<WorldFeature> = WorldFeature.settled,
        budget: Int = 400
    ) {
        var shrinker = Shrinker(self.violation.invariant, budget: budget)
        let small = shrinker.shrunk(Scenario.make(seed: self.seed, days: days, features: features))
        let verdict = small.verdict(keepsStory: true)
        let broken = verdict.violations.first { $0.invariant == self.violation.invariant } ?? self.violation
        let lines = verdict.story.filter { $0.subject == nil || $0.subject == broken.subject || broken.subject == nil }
        self.story = lines.enumerated().map { number, line in
            "\(number + 1). \(line.at.description) \(line.subject.map { "s\($0) " } ?? "")\(line.text)"
        }
        self.story.append("so \(broken.invariant) is broken: \(broken.message)")
    }
}
