import ArgumentParser

/// Measures the sync engine against a local server; see `relais-bench help`.
@main struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relais-bench",
        abstract: "Measures how fast contacts are pulled, read again, and brought together, mapped and selected.",
        discussion: """
            The server is a fake CRM in a process of its own, so that its time and memory are not counted. All figures are \
            those of this process. Use a release build, and look at the machine's load: cpu_seconds is steadier than \
            wall_seconds where others run too.
            """,
        subcommands: [
            Pull.self, Resync.self, Delta.self, PlanBench.self, UndoBench.self, Limit.self, Serve.self,
            ExpressionBench.self, MappingBench.self, CheckBench.self,
        ]
    )
}

/// What every measurement takes.
struct BenchOptions: ParsableArguments {
    @Option(help: "How many contacts the CRM has.") var contacts = 100_000
    @Option(help: "What the contacts and the changes are derived from.") var seed: UInt64 = 1
    @Option(help: "Where to put the store, which must not exist; left out, it goes to a temporary folder.")
    var db: String?
    @Option(help: "The connector's manifest.") var manifest = "Config/connectors/hubspot.yaml"
    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        guard self.contacts > 0 else { throw ValidationError("--contacts must be above 0") }
    }
}
