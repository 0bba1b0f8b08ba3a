/// One property of the simulated world, and what it is called in each home.
package struct WorldField: Sendable, Hashable {
    /// What a value looks like, and how a person's tag is hidden in it.
    package enum Form: Sendable, Hashable {
        /// `e17 Nora`
        case text
        /// `e17.nora@sim.example`
        case email
        /// `+33600000017`
        case phone
        /// `17.125`
        case number
        /// So many days after 2000-01-01.
        case date
        /// `e17;e23`
        case set
        /// A lifecycle stage, without a tag.
        case stage
        /// A deal's stage, without a tag.
        case dealStage
        /// A currency's code, without a tag.
        case currency
        /// A person in sales, without a tag.
        case owner
    }

    /// The local property.
    package let name: String
    /// What values look like.
    package let form: Form
    /// The CRMs' properties; a home that does not know the field is not in the table.
    package let remote: [Home: String]
    /// The fields that move with it; empty for one that stands alone.
    package let group: [String]
    /// The homes whose CRM's value is only read.
    package let pulledFrom: Set<Home>
    /// The homes whose CRM's value is only written.
    package let pushedTo: Set<Home>

    init(
        _ name: String,
        _ form: Form,
        alpha: String? = nil,
        beta: String? = nil,
        group: [String] = [],
        pulledFrom: Set<Home> = [],
        pushedTo: Set<Home> = []
    ) {
        self.name = name
        self.form = form
        var remote: [Home: String] = [:]
        remote[.alpha] = alpha
        remote[.beta] = beta
        self.remote = remote
        self.group = group
        self.pulledFrom = pulledFrom
        self.pushedTo = pushedTo
    }

    /// The property that carries the mark of its subject and that nobody edits.
    package static let mark = "mark"

    /// The fields of a kind of record; the mark comes first.
    package static func all(_ thing: Thing) -> [WorldField] {
        switch thing {
        case .contact: Self.contact
        case .company: Self.company
        case .deal: Self.deal
        }
    }

    /// The field of a name.
    package static func named(_ name: String, of thing: Thing) -> WorldField? {
        self.all(thing).first { $0.name == name }
    }

    private static let address = ["street", "city", "postal_code"]

    private static let contact = [
        WorldField(Self.mark, .text, alpha: "message", beta: "message"),
        WorldField("email", .email, alpha: "email", beta: "email"),
        WorldField("first_name", .text, alpha: "firstname", beta: "firstname"),
        WorldField("last_name", .text, alpha: "lastname", beta: "lastname"),
        WorldField("job_title", .text, alpha: "jobtitle", beta: "industry"),
        WorldField("phone", .phone, alpha: "phone", beta: "mobilephone"),
        WorldField("street", .text, alpha: "address", group: Self.address),
        WorldField("city", .text, alpha: "city", beta: "city", group: Self.address),
        WorldField("postal_code", .text, alpha: "zip", group: Self.address),
        WorldField("interests", .set, alpha: "hs_language", beta: "salutation"),
        WorldField("score", .number, alpha: "annualrevenue", beta: "numemployees"),
        WorldField("birthday", .date, alpha: "date_of_birth"),
        WorldField("lifecycle_stage", .stage, alpha: "lifecyclestage", beta: "lifecyclestage"),
        WorldField("owner", .owner, alpha: "hubspot_owner_id"),
        WorldField("website", .text, beta: "website", pushedTo: [.beta]),
        WorldField("region", .text, beta: "state", pulledFrom: [.beta]),
    ]

    private static let company = [
        WorldField(Self.mark, .text, alpha: "founded_year", beta: "founded_year"),
        WorldField("domain", .email, alpha: "domain", beta: "domain"),
        WorldField("name", .text, alpha: "name", beta: "name"),
        WorldField("description", .text, alpha: "description", beta: "address2"),
        WorldField("employees", .number, alpha: "numberofemployees", beta: "numberofemployees"),
        WorldField("street", .text, alpha: "address", group: Self.address),
        WorldField("city", .text, alpha: "city", beta: "city", group: Self.address),
        WorldField("postal_code", .text, alpha: "zip", group: Self.address),
        WorldField("phone", .phone, alpha: "phone"),
    ]

    private static let deal = [
        WorldField(Self.mark, .text, alpha: "hs_next_step"),
        WorldField("name", .text, alpha: "dealname"),
        WorldField("amount", .number, alpha: "amount", group: ["amount", "currency"]),
        WorldField("currency", .currency, alpha: "deal_currency_code", group: ["amount", "currency"]),
        WorldField("stage", .dealStage, alpha: "dealstage"),
        WorldField("close_date", .date, alpha: "closedate"),
        WorldField("description", .text, alpha: "description"),
    ]
}
