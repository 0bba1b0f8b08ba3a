import Foundation
package import Records

/// Runs tasks on the calling thread in an order that its seed decides, on a clock that moves only when nothing is left to
/// run.
///
/// The same seed gives the same schedule, in and across processes. Nothing but this executor's own thread may enqueue a
/// job: a job from elsewhere means that something escaped into another executor, and stops the program.
// `@unchecked`: everything is touched by the one thread that calls `run`, which `enqueue` checks.
package final class SeededExecutor: TaskExecutor, SerialExecutor, @unchecked Sendable {
    /// A task that sleeps until a time.
    private struct Timer {
        let deadline: Int64
        let order: UInt64
        let continuation: UnsafeContinuation<Void, Never>
    }

    private var queue: [UnownedJob] = []
    private var timers: [Timer] = []
    private var timerCount: UInt64 = 0
    private var random: UInt64
    private var time: Int64
    private let thread = pthread_self()
    /// How many jobs have run.
    package private(set) var jobs = 0

    /// Creates an executor on the calling thread; its clock reads `start`.
    package init(seed: UInt64, start: Instant) {
        self.random = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        self.time = start.microseconds
    }

    /// The time.
    package var now: Instant { Instant(microseconds: self.time) }

    /// Returns when the clock has moved on by that much; at once, but after other jobs, for none.
    package func sleep(for duration: Duration) async {
        await self.sleep(until: self.now.advanced(by: duration))
    }

    /// Returns when the clock has come to an instant.
    package func sleep(until instant: Instant) async {
        guard instant.microseconds > self.time else { return }
        await withUnsafeContinuation { continuation in
            self.timerCount += 1
            self.insert(
                Timer(deadline: instant.microseconds, order: self.timerCount, continuation: continuation)
            )
        }
    }

    /// Starts a task here and runs until nothing is left: no job and no sleeper.
    ///
    /// Returns nil if the task never ended, which means that it waits for something outside.
    package func run<Result: Sendable>(_ work: @escaping @Sendable () async -> Result) -> Result? {
        let outcome = Outcome<Result>()
        _ = Task(executorPreference: self) { outcome.value = await work() }
        while true {
            if !self.queue.isEmpty {
                self.runOne()
            } else if let first = self.timers.last {
                self.time = max(self.time, first.deadline)
                self.wake()
            } else {
                return outcome.value
            }
        }
    }

    private func runOne() {
        let place = self.queue.count == 1 ? 0 : Int(self.next() % UInt64(self.queue.count))
        let job = self.queue.remove(at: place)
        self.jobs += 1
        job.runSynchronously(isolatedTo: self.asUnownedSerialExecutor(), taskExecutor: self.asUnownedTaskExecutor())
    }

    /// Resumes every sleeper whose time has come; who of them runs first is the queue's choice.
    private func wake() {
        while let timer = self.timers.last, timer.deadline <= self.time {
            self.timers.removeLast()
            timer.continuation.resume()
        }
    }

    /// Keeps the timers in descending order; there are few.
    private func insert(_ timer: Timer) {
        var place = self.timers.count
        while place > 0, self.timers[place - 1].deadline <= timer.deadline { place -= 1 }
        self.timers.insert(timer, at: place)
    }

    private func next() -> UInt64 {
        self.random ^= self.random << 13
        self.random ^= self.random >> 7
        self.random ^= self.random << 17
        return self.random
    }

    // MARK: What Swift asks for

    package func enqueue(_ job: consuming ExecutorJob) {
        precondition(pthread_equal(pthread_self(), self.thread) != 0, "a job from outside the simulation")
        self.queue.append(UnownedJob(job))
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    package func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }

    /// Where the task leaves its result.
    // `@unchecked`: written and read by the executor's one thread.
    private final class Outcome<Value>: @unchecked Sendable {
        var value: Value?
    }
}

extension SeededExecutor {
    /// The clock as engines take it.
    package var wallClock: WallClock { WallClock { self.now } }

    /// Sleeping on the virtual clock, as engines take it.
    package var sleeper: Sleeper { Sleeper { await self.sleep(for: $0) } }
}
