import Foundation

/// Measures a stretch of this process's work.
struct Meter {
    private let start = ContinuousClock.now
    private let cpu = Meter.cpuSeconds

    /// Starts, and forgets the peak of memory so far.
    init() {
        // 5 resets VmHWM (proc_pid_clear_refs(5)); where that is not allowed the peak is the whole process's.
        try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
    }

    /// What was used since the start.
    func stop(records: Int, requests: Int) -> Measurement {
        let wall = (ContinuousClock.now - self.start) / .seconds(1)
        return Measurement(
            records: records,
            wallSeconds: wall,
            cpuSeconds: Self.cpuSeconds - self.cpu,
            peakMemoryMB: Self.peakMegabytes,
            requests: requests,
            load: Self.load
        )
    }

    /// A figure as it is printed.
    static func text(_ number: Double) -> String { String(format: "%.3f", number) }

    /// User and system time of this process.
    static var cpuSeconds: Double { Self.seconds(of: __rusage_who_t(RUSAGE_SELF.rawValue)) }

    /// User and system time of the processes that this one started and that ended.
    static var childrenSeconds: Double { Self.seconds(of: __rusage_who_t(RUSAGE_CHILDREN.rawValue)) }

    private static func seconds(of who: __rusage_who_t) -> Double {
        var usage = rusage()
        getrusage(who, &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// The most memory that was resident since the last reset, in megabytes of 2^20 bytes.
    private static var peakMegabytes: Double {
        let status = (try? String(contentsOf: URL(filePath: "/proc/self/status"), encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return (Double(line.filter(\.isNumber)) ?? 0) / 1024
    }

    /// The machine's load over the last minute, this process included.
    static var load: Double {
        var loads = [0.0]
        return getloadavg(&loads, 1) == 1 ? loads[0] : 0
    }
}

/// The figures of one measurement.
struct Measurement {
    let records: Int
    let wallSeconds: Double
    let cpuSeconds: Double
    let peakMemoryMB: Double
    let requests: Int
    let load: Double
    var notes: [String] = []
    /// Further figures of the JSON object.
    var extra: [(name: String, value: Double)] = []
    /// The C loop's figures, if it ran.
    var limit: LimitMeasurement?

    var recordsPerSecond: Double { Double(self.records) / self.wallSeconds }

    /// Prints the figures for people, or as one JSON object.
    func print(_ name: String, json: Bool) {
        if json {
            Swift.print(self.json)
            return
        }
        Swift.print(
            """
            \(name): \(Int(self.recordsPerSecond)) records/s, \(self.records) in \(Self.text(self.wallSeconds)) s \
            (\(Self.text(self.cpuSeconds)) s of CPU), peak \(Self.text(self.peakMemoryMB)) MB, \(self.requests) requests, \
            load \(Self.text(self.load))
            """
        )
        for note in self.notes { Swift.print("  \(note)") }
        if let limit {
            Swift.print(
                """
                  a C loop wrote the same rows in \(Self.text(limit.wallSeconds)) s (\(Self.text(limit.cpuSeconds)) s of \
                CPU): this is \(Self.text(100 * limit.wallSeconds / self.wallSeconds)) % of its rate
                """
            )
        }
    }

    private var json: String {
        var members = [
            ("records_per_second", String(Int(self.recordsPerSecond))), ("wall_seconds", Self.text(self.wallSeconds)),
            ("cpu_seconds", Self.text(self.cpuSeconds)), ("peak_memory_mb", Self.text(self.peakMemoryMB)),
            ("requests", String(self.requests)), ("load", Self.text(self.load)),
        ]
        members += self.extra.map { ($0.name, Self.text($0.value)) }
        if let limit {
            members += [
                ("limit_records_per_second", String(Int(Double(limit.records) / limit.wallSeconds))),
                ("limit_wall_seconds", Self.text(limit.wallSeconds)),
                ("limit_cpu_seconds", Self.text(limit.cpuSeconds)),
                ("share_of_limit", Self.text(limit.wallSeconds / self.wallSeconds)),
            ]
        }
        return "{" + members.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}"
    }

    private static func text(_ number: Double) -> String { Meter.text(number) }
}
