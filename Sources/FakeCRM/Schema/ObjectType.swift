/// The kinds of records the fake CRM keeps.
package enum ObjectType: String, CaseIterable, Sendable {
    case contacts
    case companies
    case deals
    case tasks
    case notes

    package func hash(into hasher: inout Hasher) {
        // Its place says as much as its name and costs a tenth.
        hasher.combine(self.position)
    }

    /// The type id of the product's schema, such as `0-1` for contacts.
    package var typeID: String {
        switch self {
        case .contacts: "0-1"
        case .companies: "0-2"
        case .deals: "0-3"
        case .tasks: "0-27"
        case .notes: "0-46"
        }
    }

    /// The singular name in association types, such as `contact`.
    var singular: String {
        switch self {
        case .contacts: "contact"
        case .companies: "company"
        case .deals: "deal"
        case .tasks: "task"
        case .notes: "note"
        }
    }

    /// The name the error messages use, such as `CONTACT`.
    var loudName: String { self.singular.uppercased() }

    /// Whose scopes cover the type; tasks and notes go with contacts.
    var scopeFamily: String {
        switch self {
        case .contacts, .tasks, .notes: "contacts"
        case .companies: "companies"
        case .deals: "deals"
        }
    }

    /// The properties a read gives when none are asked for.
    var defaultProperties: [String] {
        switch self {
        case .contacts: ["createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"]
        case .companies: ["createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"]
        case .deals:
            [
                "amount", "closedate", "createdate", "dealname", "dealstage", "hs_lastmodifieddate", "hs_object_id",
                "pipeline",
            ]
        case .tasks, .notes: ["hs_createdate", "hs_lastmodifieddate", "hs_object_id"]
        }
    }

    /// The properties that every answer carries, asked for or not.
    var standingProperties: [String] {
        switch self {
        case .contacts: ["createdate", "hs_object_id", "lastmodifieddate"]
        case .companies, .deals: ["createdate", "hs_lastmodifieddate", "hs_object_id"]
        case .tasks, .notes: ["hs_createdate", "hs_lastmodifieddate", "hs_object_id"]
        }
    }

    /// The properties a create must set.
    var requiredProperties: [String] {
        switch self {
        case .contacts, .companies: []
        case .deals: ["dealname", "dealstage", "pipeline"]
        case .tasks, .notes: ["hs_timestamp"]
        }
    }

    /// The type of a path segment: plural, singular or type id.
    init?(path: some StringProtocol) {
        let found = Self.allCases.first { $0.rawValue == path || $0.singular == path || $0.typeID == path }
        guard let found else { return nil }
        self = found
    }
}
