import CEL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The least processor time of three runs on this thread, so that a busy machine does not fail a test of speed.
func quickest(_ work: () throws -> Void) rethrows -> Duration {
    var best = Duration.seconds(1_000)
    for _ in 0..<3 {
        let start = threadTime()
        try work()
        best = min(best, threadTime() - start)
    }
    return best
}

private func threadTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}

/// Evaluates an expression without variables and shows the value as `%s` does, or the error.
func shown(_ source: String, _ environment: CELEnvironment = CELEnvironment()) -> String {
    do throws(CELError) {
        let value = try environment.compile(source).evaluate(CELBindings())
        switch value {
        case .double(let value): return "\(value)"
        case .optional(let wrapped): return wrapped == nil ? "none" : "optional"
        default: break
        }
        var formatting = CELEnvironment()
        formatting.declare(variable: "value", .dyn)
        return try formatting.compile("'%s'.format([value])").evaluate(CELBindings([value])).asString ?? ""
    } catch {
        return error.description
    }
}

/// Numbers that look random and come back with the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
