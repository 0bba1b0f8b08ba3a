/// A kind of association in one direction, with its number and its counterpart in the other direction.
///
/// The numbers are those of the product's list of default association types.
struct AssociationType {
    var id: Int
    var from: ObjectType
    var to: ObjectType
    var inverse: Int
    var name: String
    /// The label shown to people; nil for the unlabelled type.
    var label: String?

    /// Whether a record has at most one association of this kind.
    var isPrimary: Bool { self.label == "Primary" }

    static let all: [AssociationType] = [
        pair(279, 280, .contacts, .companies, "contact_to_company_unlabeled", "company_to_contact_unlabeled"),
        pair(1, 2, .contacts, .companies, "contact_to_company", "company_to_contact", label: "Primary"),
        pair(4, 3, .contacts, .deals, "contact_to_deal", "deal_to_contact"),
        pair(341, 342, .deals, .companies, "deal_to_company_unlabeled", "company_to_deal_unlabeled"),
        pair(5, 6, .deals, .companies, "deal_to_company", "company_to_deal", label: "Primary"),
        pair(203, 204, .contacts, .tasks, "contact_to_task", "task_to_contact"),
        pair(191, 192, .companies, .tasks, "company_to_task", "task_to_company"),
        pair(215, 216, .deals, .tasks, "deal_to_task", "task_to_deal"),
        pair(201, 202, .contacts, .notes, "contact_to_note", "note_to_contact"),
        pair(189, 190, .companies, .notes, "company_to_note", "note_to_company"),
        pair(213, 214, .deals, .notes, "deal_to_note", "note_to_deal"),
        pair(13, 14, .companies, .companies, "parent_to_child_company", "child_to_parent_company", label: "Child"),
        [AssociationType(id: 449, from: .contacts, to: .contacts, inverse: 449, name: "contact_to_contact")],
        [AssociationType(id: 450, from: .companies, to: .companies, inverse: 450, name: "company_to_company")],
        [AssociationType(id: 451, from: .deals, to: .deals, inverse: 451, name: "deal_to_deal")],
    ].flatMap { $0 }

    /// The type of a number between two record types; nil when there is none.
    static func named(_ id: Int, from: ObjectType, to: ObjectType) -> AssociationType? {
        self.all.first { $0.id == id && $0.from == from && $0.to == to }
    }

    /// The unlabelled type between two record types; nil when they cannot be associated.
    static func unlabelled(from: ObjectType, to: ObjectType) -> AssociationType? {
        self.all.first { $0.from == from && $0.to == to && $0.label == nil }
    }

    /// The primary type between two record types; nil when there is none.
    static func primary(from: ObjectType, to: ObjectType) -> AssociationType? {
        self.all.first { $0.from == from && $0.to == to && $0.isPrimary }
    }

    private static func pair(
        _ id: Int,
        _ inverse: Int,
        _ from: ObjectType,
        _ to: ObjectType,
        _ name: String,
        _ inverseName: String,
        label: String? = nil
    ) -> [AssociationType] {
        let inverseLabel = label == "Child" ? "Parent" : label
        return [
            AssociationType(id: id, from: from, to: to, inverse: inverse, name: name, label: label),
            AssociationType(id: inverse, from: to, to: from, inverse: id, name: inverseName, label: inverseLabel),
        ]
    }
}
