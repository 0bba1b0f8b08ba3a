import Foundation
import PlannerCases
import Records

/// The command line around `PlannerCases`: exit 0 if every case holds and every reachable cell was hit often enough.
struct CasesCommand {
    private var cases: UInt64 = 3_000_000
    private var seed: UInt64 = 1
    private var minimum = 100
    private var threads: UInt64 = 2
    private var isTablePrinted = false
    private var isHelpWanted = false
    private var problem: String?

    private static let usage = """
        The planner against its reference, with generated cases. Exit 0 if every case holds and every cell that can be
        reached was hit often enough, 1 if not, 64 for a line that cannot be read.

        USAGE: relais-cases [--cases N] [--seed N] [--minimum N] [--threads N] [--table]

          --cases N    how many cases (default 3000000)
          --seed N     the seed of the first (default 1)
          --minimum N  how often each cell that can be reached has to be hit (default 100)
          --threads N  how many threads share the cases (default 2)
          --table      print each cell with its count
          -h, --help   print this
        """

    init(_ arguments: some Sequence<String>) {
        var rest = Array(arguments)[...]
        while let option = rest.popFirst() {
            switch option {
            case "--table":
                self.isTablePrinted = true
                continue
            case "-h", "--help":
                self.isHelpWanted = true
                return
            case "--cases", "--seed", "--minimum", "--threads":
                break
            default:
                self.problem = "there is no option \(option); --help names them"
                return
            }
            guard let text = rest.popFirst(), let number = UInt64(text), number <= 1_000_000_000 else {
                self.problem = "\(option) takes a number up to a billion"
                return
            }
            switch option {
            case "--cases": self.cases = number
            case "--seed": self.seed = number
            case "--minimum": self.minimum = Int(number)
            default: self.threads = max(1, number)
            }
        }
    }

    func run() async {
        if self.isHelpWanted {
            print(Self.usage)
            exit(0)
        }
        if let problem {
            print("relais-cases: \(problem)")
            exit(64)
        }
        let clock = ContinuousClock()
        let start = clock.now
        let report = await self.report()
        let (seconds, attoseconds) = (clock.now - start).components
        let elapsed = Double(seconds) + Double(attoseconds) / 1e18
        print(
            "seeds \(self.seed) to \(self.seed + self.cases - 1): \(report.cases) cases in \(Int(elapsed * 10)) tenths of a second"
        )
        for problem in report.problems { print("FAILED \(problem)") }
        let isCovered = self.tell(report.coverage)
        exit(report.problems.isEmpty && isCovered ? 0 : 1)
    }

    private func report() async -> PlannerCases.Report {
        let (first, end, share) = (self.seed, self.seed + self.cases, self.cases / self.threads + 1)
        let parts = await withTaskGroup(of: (UInt64, PlannerCases.Report).self) { group in
            for part in 0..<self.threads {
                let from = min(first + part * share, end)
                group.addTask { (part, PlannerCases.run(seeds: from..<min(from + share, end))) }
            }
            var parts: [(UInt64, PlannerCases.Report)] = []
            for await part in group { parts.append(part) }
            return parts.sorted { $0.0 < $1.0 }.map(\.1)
        }
        return parts.reduce(into: PlannerCases.Report()) { $0.add($1) }
    }

    private func tell(_ coverage: CaseCoverage) -> Bool {
        let cells = CaseCoverage.Cell.all
        let reachable = cells.filter { $0.whyImpossible == nil }
        if self.isTablePrinted {
            for cell in cells {
                print("\(cell.whyImpossible.map { "impossible (\($0))" } ?? "\(coverage.count(cell))")\t\(cell)")
            }
        }
        let thin = coverage.thin(below: self.minimum)
        for cell in thin { print("FAILED only \(coverage.count(cell)) of \(self.minimum): \(cell)") }
        for cell in coverage.wrong { print("FAILED \(coverage.count(cell)) where there can be none: \(cell)") }
        let least = reachable.map { coverage.count($0) }.min() ?? 0
        print(
            "\(reachable.count) cells can be reached, the rarest was hit \(least) times; \(cells.count - reachable.count) cannot be"
        )
        return thin.isEmpty && coverage.wrong.isEmpty
    }
}
