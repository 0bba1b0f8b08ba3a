import PlannerCases

// The planner against its reference, a million cases at a time: `relais-cases --cases 1000000 --seed 1 --minimum 100`.
await CasesCommand(CommandLine.arguments.dropFirst()).run()
