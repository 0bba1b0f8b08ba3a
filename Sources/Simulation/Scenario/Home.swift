package import FakeCRM

/// Where a value lives.
package enum Home: Int, Sendable, Hashable, CaseIterable, Comparable, CustomStringConvertible {
    /// Our store.
    case local
    /// The first CRM account: a well-behaved one as a rule.
    case alpha
    /// The second one: other properties, and as a rule worse habits.
    case beta

    /// Both CRM accounts.
    package static let remotes = [Home.alpha, .beta]

    package var description: String {
        switch self {
        case .local: "local"
        case .alpha: "alpha"
        case .beta: "beta"
        }
    }

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// The kinds of records in a simulated world.
package enum Thing: String, Sendable, Hashable, CaseIterable {
    case company
    case contact
    case deal

    /// The CRM's type.
    package var type: ObjectType {
        switch self {
        case .company: .companies
        case .contact: .contacts
        case .deal: .deals
        }
    }

    /// The thing that a CRM's type is; nil for tasks and notes.
    init?(_ type: ObjectType) {
        switch type {
        case .companies: self = .company
        case .contacts: self = .contact
        case .deals: self = .deal
        case .tasks, .notes: return nil
        }
    }
}
