extension Duration {
    /// Reads a span as configuration files write it: `90s`, `30m`, `4h`, `3d`, `2w`; nil for anything else.
    ///
    /// A day has 24 hours here and a week 7 such days; the longest span is ten years.
    package init?(span text: String) {
        let units: [UInt8: Int64] = [0x73: 1, 0x6D: 60, 0x68: 3600, 0x64: 86_400, 0x77: 604_800]
        let bytes = Array(text.utf8)
        guard let last = bytes.last, let unit = units[last], (2...10).contains(bytes.count) else { return nil }
        var count: Int64 = 0
        for byte in bytes.dropLast() {
            guard (0x30...0x39).contains(byte) else { return nil }
            count = count * 10 + Int64(byte - 0x30)
        }
        guard count * unit <= 3650 * 86_400 else { return nil }
        self = .seconds(count * unit)
    }

    /// The span as configuration files write it, in the largest unit up to days that fits without a rest; parts of a second are cut.
    package var span: String {
        let seconds = self.components.seconds
        for (size, letter) in [(86_400 as Int64, "d"), (3600, "h"), (60, "m")] where seconds != 0 && seconds % size == 0
        {
            return "\(seconds / size)\(letter)"
        }
        return "\(seconds)s"
    }

    /// The whole span in microseconds.
    package var microseconds: Int64 {
        let (seconds, attoseconds) = self.components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}

extension Instant {
    /// The time from `other` until this instant.
    package func since(_ other: Instant) -> Duration {
        .microseconds(self.microseconds - other.microseconds)
    }
}
