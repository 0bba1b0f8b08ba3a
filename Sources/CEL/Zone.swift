import Foundation

/// A time zone of a timestamp function: a fixed offset (`+02:00`) or a name of the IANA database.
///
/// The only use of Foundation in this module: its zone data comes with it, where the system's may be missing.
enum Zone: Sendable {
    /// Seconds east of Greenwich.
    case fixed(Int)
    case named(TimeZone)

    /// A zone by what expressions write; nil when there is no such zone.
    init?(_ name: String) {
        if name == "UTC" || name == "Z" || name.isEmpty {
            self = .fixed(0)
        } else if let offset = Self.offset(name) {
            self = .fixed(offset)
        } else {
            // Foundation also takes abbreviations and offsets of its own ("GMT+5"), which the language does not.
            guard name.utf8.count <= 64, !name.utf8.contains(UInt8(ascii: "+")) || name.hasPrefix("Etc/"),
                let zone = TimeZone(identifier: name)
            else { return nil }
            self = .named(zone)
        }
    }

    /// Seconds to add to UTC at a moment.
    func offset(at moment: CELTimestamp) -> Int {
        switch self {
        case .fixed(let seconds): seconds
        case .named(let zone): zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.seconds)))
        }
    }

    /// `+HH:MM`, `-HH:MM` or `HH:MM`, in seconds.
    private static func offset(_ text: String) -> Int? {
        var bytes = Array(text.utf8)
        var sign = 1
        if bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+") {
            if bytes[0] == UInt8(ascii: "-") { sign = -1 }
            bytes.removeFirst()
        }
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"),
            let hours = number(bytes[0..<2]), let minutes = number(bytes[3..<5]), hours <= 23, minutes <= 59
        else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard digit.isDigit else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return value
    }
}
