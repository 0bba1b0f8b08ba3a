/// The version in a path.
enum APIVersion: Equatable {
    case v3
    case v4
    /// A dated version, such as `2026-09`.
    case dated(String)

    /// The dated versions that the product's published specifications name.
    static let knownDates = ["2025-09", "2026-03", "2026-09"]

    /// Whether rules that an administrator set up hold for writes, as they do from 2026-09 on.
    var enforcesRequirements: Bool {
        if case .dated(let date) = self { return date >= "2026-09" }
        return false
    }

    /// Whether ids in association answers may be numbers, as before the dated versions.
    var mayHaveNumericIDs: Bool { self == .v4 }

    init?(segment: String) {
        switch segment {
        case "v3": self = .v3
        case "v4": self = .v4
        case let date where Self.knownDates.contains(date): self = .dated(date)
        default: return nil
        }
    }
}
