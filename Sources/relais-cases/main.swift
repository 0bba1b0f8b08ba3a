import PlannerCases

// The planner against its reference, three million cases at a time: `relais-cases --cases 3000000 --seed 1 --minimum 100`.
await CasesCommand(CommandLine.arguments.dropFirst()).run()
