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
        if name == "UTC" || name.isEmpty {
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

    /// `+HH:MM`, `-HH:MM` or `HH:MM`, in seconds; the hours may have one digit.
    private static func offset(_ text: String) -> Int? {
        var reader = DigitReader(text)
        let isNegative = reader.take("-")
        if !isNegative { _ = reader.take("+") }
        let hours = reader.digits()
        guard (1...2).contains(hours.count), reader.take(":"), let minutes = reader.number(2), reader.isAtEnd else {
            return nil
        }
        let hour = hours.reduce(0) { $0 * 10 + Int($1) }
        guard hour <= 23, minutes <= 59 else { return nil }
        return (isNegative ? -1 : 1) * (hour * 3_600 + minutes * 60)
    }
}
