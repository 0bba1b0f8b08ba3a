/// A moment as seconds and nanoseconds since 1970-01-01T00:00:00Z.
package struct CELTimestamp: Sendable, Hashable, Comparable {
    /// 0001-01-01T00:00:00Z, the first moment the language allows.
    package static let firstSecond: Int64 = -62_135_596_800
    /// 9999-12-31T23:59:59Z, the last second the language allows.
    package static let lastSecond: Int64 = 253_402_300_799

    /// Whole seconds since the epoch, negative before it.
    package let seconds: Int64
    /// The rest, from 0 to 999,999,999, always counted forwards.
    package let nanoseconds: Int32

    /// A moment; nil outside the years 1 to 9999 or when the nanoseconds are out of range.
    package init?(seconds: Int64, nanoseconds: Int32 = 0) {
        guard (Self.firstSecond...Self.lastSecond).contains(seconds), (0..<1_000_000_000).contains(nanoseconds) else {
            return nil
        }
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// Whether the first moment is earlier.
    package static func < (left: CELTimestamp, right: CELTimestamp) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}

/// A signed span of time; seconds and nanoseconds never have different signs.
package struct CELDuration: Sendable, Hashable, Comparable {
    /// Whole seconds.
    package let seconds: Int64
    /// The rest, below a second, with the sign of the whole.
    package let nanoseconds: Int32

    /// The largest number of seconds whose nanoseconds fit into an `Int64`, the range of the language.
    static let nanosecondsPerSecond: Int64 = 1_000_000_000

    /// A span of nanoseconds (about 292 years either way).
    package init(totalNanoseconds: Int64) {
        seconds = totalNanoseconds / Self.nanosecondsPerSecond
        nanoseconds = Int32(totalNanoseconds % Self.nanosecondsPerSecond)
    }

    /// A span; nil when it does not fit into an `Int64` of nanoseconds.
    package init?(seconds: Int64, nanoseconds: Int64 = 0) {
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: Self.nanosecondsPerSecond)
        guard !overflow else { return nil }
        let (total, carried) = scaled.addingReportingOverflow(nanoseconds)
        guard !carried else { return nil }
        self.init(totalNanoseconds: total)
    }

    /// The whole span in nanoseconds.
    package var totalNanoseconds: Int64 { seconds * Self.nanosecondsPerSecond + Int64(nanoseconds) }

    /// Whether the first span is shorter, or further into the past.
    package static func < (left: CELDuration, right: CELDuration) -> Bool {
        left.totalNanoseconds < right.totalNanoseconds
    }
}
