import FakeCRM
import RelaisTesting

/// When a child is killed.
enum KillMoment: Sendable {
    /// Once the CRM has carried out a request whose path contains this, while its answer waits.
    case unanswered(String)
    /// Once a create of a type was carried out and its connection closed without an answer, while the read that looks
    /// for its outcome waits.
    case dropped(ObjectType)
    /// So many milliseconds after it asked its so manyth question: spread over the run however fast the machine is.
    case during(request: Int, milliseconds: Int)

    /// Where creates of a type arrive.
    static func creates(_ type: ObjectType) -> String { "/crm/objects/2026-09/\(type.rawValue)/batch/create" }

    /// The last request of every run in which a deal is new: no run gets past it.
    static let guardPath = "/crm/associations/2026-09/deals/contacts/batch/create"

    /// Thirty moments of a first sync: twelve directed ones, and others spread over the run between them.
    static func thirty(seed: UInt64) -> [KillMoment] {
        let directed: [KillMoment] = [
            .unanswered(Self.creates(.companies)), .unanswered(Self.creates(.contacts)),
            .unanswered(Self.creates(.deals)),
            .unanswered("/crm/associations/2026-09/contacts/companies/batch/create"),
            .dropped(.companies), .dropped(.contacts), .dropped(.deals),
            .unanswered("/crm/objects/2026-09/contacts/batch/update"),
            .unanswered(Self.guardPath),
            .unanswered(Self.creates(.deals)), .unanswered(Self.creates(.contacts)),
            .unanswered(Self.creates(.companies)),
        ]
        let random = SeededRandomness(seed: seed)
        let spread = (0..<18).map { part in
            let (request, milliseconds) = (1 + part * 2 + Int(random.next() % 2), Int(random.next() % 12))
            return KillMoment.during(request: request, milliseconds: milliseconds)
        }
        let shuffled = spread.map { (order: random.next(), moment: $0) }.sorted { $0.order < $1.order }.map(\.moment)
        return (0..<30).map { round in
            round % 5 < 2 ? directed[round / 5 * 2 + round % 5] : shuffled[round / 5 * 3 + round % 5 - 2]
        }
    }

    /// Twenty moments of syncs behind the first one: eight directed ones, and others spread over the run between them.
    static func twenty(seed: UInt64) -> [KillMoment] {
        let directed: [KillMoment] = [
            .unanswered("/crm/objects/2026-09/contacts/batch/update"), .unanswered(Self.creates(.contacts)),
            .unanswered(Self.guardPath), .dropped(.deals), .unanswered(Self.creates(.companies)),
            .unanswered("/crm/associations/2026-09/contacts/companies/batch/create"), .dropped(.contacts),
            .unanswered(Self.creates(.deals)),
        ]
        let random = SeededRandomness(seed: seed)
        let spread = (0..<12).map { part in
            KillMoment.during(request: 1 + part + Int(random.next() % 3), milliseconds: Int(random.next() % 12))
        }
        return (0..<20).map { round in
            round % 5 < 2 ? directed[round / 5 * 2 + round % 5] : spread[round / 5 * 3 + round % 5 - 2]
        }
    }

    /// What goes wrong in the CRM until then; every answer takes a little while, as over a network.
    var faults: Faults {
        switch self {
        case .unanswered(let path):
            Faults(delayMilliseconds: 5, rules: [Faults.Rule(.hold, method: "POST", pathContains: path, times: nil)])
        case .dropped(let type):
            Faults(
                delayMilliseconds: 25,
                rules: [Faults.Rule(.dropAfter, method: "POST", pathContains: Self.creates(type))]
            )
        case .during:
            Faults(
                delayMilliseconds: 5,
                rules: [Faults.Rule(.hold, method: "POST", pathContains: Self.guardPath, times: nil)]
            )
        }
    }
}
