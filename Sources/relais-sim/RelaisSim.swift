import ArgumentParser
import Records
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

    @Option(help: "How far the seeds are apart.")
    var step = 1

    @Option(help: "How many worlds run at a time.")
    var jobs = 2

    @Option(help: "How many failures to make smaller and tell.")
    var stories = 1

    @Option(help: ArgumentHelp("Switch a rule of the engine off; see --mutations.", valueName: "name"))
    var mutate: String?

    @Option(
        help: ArgumentHelp("What life may have beyond edits: all, none, or a list with commas.", valueName: "names")
    )
    var features = "settled"

    @Option(help: ArgumentHelp("Seeds to leave out, with commas.", valueName: "seeds"))
    var except = ""

    @Flag(help: "List the rules that can be switched off.")
    var mutations = false

    @Flag(help: "End with the first failure.")
    var untilFailure = false

    @Flag(help: "One JSON document on standard output.")
    var json = false

    @Flag(help: "Tell everything that happens in the first seed.")
    var tell = false

    func validate() throws {
        for (name, number) in [("seeds", self.seeds), ("days", self.days), ("step", self.step), ("jobs", self.jobs)]
        where number < 1 {
            throw ValidationError("--\(name) takes a number from 1")
        }
    }

    func run() throws {
        if self.mutations {
            for name in Mutations.names { print(name) }
            return
        }
        if let mutate { try Mutations.switchOn(mutate) }
        if self.tell { return try self.tellStory() }
        var campaign = Campaign(first: self.seed, count: self.seeds, days: self.days, jobs: self.jobs)
        campaign.step = max(1, self.step)
        campaign.stopsAtFailure = self.untilFailure
        campaign.features = try self.chosenFeatures()
        campaign.except = Set(self.except.split(separator: ",").compactMap { UInt64($0) })
        var report = campaign.run()
        for place in report.failures.indices.prefix(self.stories) {
            report.failures[place].explain(days: self.days, features: campaign.features)
        }
        if self.json { print(report.document) } else { self.printReport(report) }
        if !report.failures.isEmpty { throw ExitCode(1) }
    }

    private func chosenFeatures() throws -> Set<WorldFeature> {
        switch self.features {
        case "settled": return WorldFeature.settled
        case "all": return Set(WorldFeature.allCases)
        case "none": return []
        default:
            return Set(
                try self.features.split(separator: ",").map { name in
                    guard let feature = WorldFeature(rawValue: String(name)) else {
                        let names = WorldFeature.allCases.map(\.rawValue).joined(separator: ", ")
                        throw ValidationError("there is no feature \(name); there are \(names)")
                    }
                    return feature
                }
            )
        }
    }

    private func tellStory() throws {
        let scenario = Scenario.make(seed: self.seed, days: self.days, features: try self.chosenFeatures())
        let verdict = scenario.verdict(keepsStory: true)
        print("features: \(scenario.features.sorted().map(\.rawValue).joined(separator: ", "))")
        for line in verdict.story {
            print("\(line.at) \(line.subject.map { "s\($0)" } ?? "") \(line.text)")
        }
        for violation in verdict.violations {
            print("\(violation.invariant) \(violation.subject.map { "s\($0)" } ?? "") \(violation.message)")
        }
    }

    private func printReport(_ report: CampaignReport) {
        for failure in report.failures {
            print("seed \(failure.seed): \(failure.violation.invariant): \(failure.violation.message)")
            for line in failure.story { print("  \(line)") }
        }
        let faults = report.faults.values.reduce(0, +)
        print(
            """
            \(report.seeds) seeds of \(report.days) days: \(report.syncs) syncs in \(report.lives) processes, \
            \(faults) faults, \(report.failures.count) failures, trace \(String(report.trace, radix: 16))
            """
        )
    }
}
