import ArgumentParser
import Simulation

/// Runs the sync engine in simulated worlds.
@main
struct RelaisSim: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relais-sim",
        abstract: "Runs the sync engine in simulated worlds, where everything goes wrong, and judges what comes of it."
    )

    @Option(help: "How many seeds to run.")
    var seeds = 100

    @Option(help: "How many days people and faults have in each world.")
    var days = 30

    @Option(help: "The first seed.")
    var seed: UInt64 = 1

    @Option(help: "How many worlds run at a time.")
    var jobs = 2

    @Flag(help: "One JSON document on standard output.")
    var json = false

    @Flag(help: "Tell the whole story of a single seed.")
    var tell = false

    func run() throws {
        if self.tell {
            let verdict = Scenario.make(seed: self.seed, days: self.days).verdict(keepsStory: true)
            for line in verdict.story { print("\(line.at) \(line.subject.map { "s\($0)" } ?? "") \(line.text)") }
            for violation in verdict.violations {
                print("\(violation.invariant) \(violation.subject.map { "s\($0)" } ?? "") \(violation.message)")
            }
            return
        }
        let clock = ContinuousClock()
        let begin = clock.now
        var failures = 0
        for number in 0..<self.seeds {
            let verdict = Scenario.make(seed: self.seed + UInt64(number), days: self.days).verdict()
            if !verdict.violations.isEmpty { failures += 1 }
            for violation in verdict.violations.prefix(2) {
                print(
                    "seed \(verdict.scenario.seed): \(violation.invariant) s\(violation.subject ?? -1) \(violation.message)"
                )
            }
        }
        print("\(failures) of \(self.seeds) failed, \(begin.duration(to: clock.now) / self.seeds) a seed")
    }
}
