import Records

/// How one product's HTTP API is read and written: a file of `Config/connectors`, checked.
///
/// Reading follows the words of Airbyte's low-code manifests, writing has words of its own (DESIGN §6). Nothing of any
/// product is in code; where a product needs more, the vocabulary grows.
package struct ConnectorManifest: Sendable {
    /// The product's name: `hubspot`.
    package let product: String
    /// What people call the product.
    package let label: String
    /// The names of the credentials that a connection must have.
    package let credentialNames: [String]
    /// The permissions that the credentials should have, for `doctor` and the set-up page.
    package let scopes: [String]
    /// Where the API is, unless the connection says otherwise; nil if every customer has a place of their own.
    package let baseURL: String?
    /// What a connection may set, with the defaults.
    package let variables: [ManifestVariable]
    /// The remote objects, in the order of the file.
    package var objectNames: [String] { self.objects.map(\.name) }
    /// How notifications are checked; nil if the product sends none that can be.
    package let webhooks: WebhookRules?

    let lostUpdate: LostUpdateProtection
    let indexLag: Duration
    let clockUncertainty: Duration
    let authenticator: Authenticator
    let budget: BudgetRules
    let errors: ErrorRules
    let values: ValueRules
    let lookups: [LookupRule]
    let objects: [ObjectRules]
    let associations: [AssociationRules]
    let lists: [RemoteListRules]
    let activities: [ActivityRules]
    let owners: OwnerRules?
    let account: AccountRules
    let pipelines: [PipelineRules]

    /// The rules for an object; nil if the manifest has none.
    func object(_ name: String) -> ObjectRules? { self.objects.first { $0.name.hasSameBytes(as: name) } }
}

/// One thing that a connection may set.
package struct ManifestVariable: Sendable {
    /// The name, as in `${name}`.
    package let name: String
    /// The value without a setting; may refer to variables above it.
    let value: Template
}

/// One request, before its places are filled in.
struct RequestRule: Sendable {
    /// Constant text for logs and counts: `contacts changes`.
    var label: String
    let method: String
    let path: Template
    let query: [(name: String, value: Template)]
    let headers: [(name: String, value: Template)]
    let body: Template?
    /// All names that the request refers to.
    let references: [String]
    /// Whether the body proves who sends it, as a login's does: then the answer is a secret too.
    let bodyHoldsCredentials: Bool

    init(
        label: String,
        method: String,
        path: Template,
        query: [(name: String, value: Template)],
        headers: [(name: String, value: Template)],
        body: Template?
    ) {
        self.label = label
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        // Once for all requests that are made by the rule.
        let ofBody = body?.references ?? []
        self.references = path.references + (query + headers).flatMap { $0.value.references } + ofBody
        self.bodyHoldsCredentials = ofBody.contains { $0.hasPrefix("credentials.") }
    }
}

/// How requests prove who sends them.
struct Authenticator: Sendable {
    /// The request that gives a token; nil if the credentials themselves are one.
    let login: RequestRule?
    /// The field that carries the proof.
    let header: String
    /// What stands before the proof: `Bearer `.
    let prefix: String
    /// The proof.
    let value: Template
    /// Whether the proof is sent in base64.
    let isBase64: Bool
}

/// How fast requests may be sent.
struct BudgetRules: Sendable {
    /// At most `limit` requests in any stretch of `interval`.
    struct Rate: Sendable {
        let limit: Int
        let interval: Duration
    }

    /// A name, the requests that it counts, and how many may be sent.
    struct Policy: Sendable {
        let name: String
        /// The end of the path of the requests it counts; nil for all.
        let pathEnd: String?
        /// The method of the requests it counts; nil for all.
        let method: String?
        let rates: [Rate]
    }

    let policies: [Policy]
    /// The field with the number of requests that the server still allows.
    let remainingHeader: String?
    /// The field with the length of the server's window, in milliseconds.
    let intervalHeader: String?
    /// The most requests in a day; nil if there is no such limit.
    var dailyLimit: Int?
    /// The part of a day's requests that is kept for urgent work, in percent.
    var dailyReserve = 10
    /// The field with the number of requests that the server still allows today.
    var dailyRemainingHeader: String?

    /// No limits at all.
    static let none = BudgetRules(policies: [], remainingHeader: nil, intervalHeader: nil)

    /// The rules as an account's settings want them: without a policy no request waits for its turn.
    func limited(to budget: RequestBudget) -> BudgetRules {
        switch budget {
        case .manifest: return self
        case .unlimited: return .none
        case .daily(let limit):
            var rules = self
            rules.dailyLimit = min(limit, self.dailyLimit ?? limit)
            return rules
        }
    }
}

/// A named value that is fetched once for an account and may be used in requests.
struct LookupRule: Sendable {
    let name: String
    let request: RequestRule
    /// One value, from `${answer…}`.
    let value: Template?
    /// Or all values at a path, as a list.
    let values: AnswerPath?
    /// Or pairs: what people call each thing of a list, and its id.
    let codes: (records: AnswerPath, code: AnswerPath, id: AnswerPath)?
    /// The request that makes the thing where it is missing, and the value from its answer.
    let make: RequestRule?
    let made: Template?
}

/// How the account behind the credentials is told from others (R10).
struct AccountRules: Sendable {
    let request: RequestRule
    let id: Template
}

/// How the CRM's users are listed.
struct OwnerRules: Sendable {
    /// One way through the list.
    struct Pass: Sendable {
        /// Whether those listed are active; nil if each answer says so.
        let isActive: Bool?
        let query: [(name: String, value: Template)]
    }

    let request: RequestRule
    let passes: [Pass]
    let records: AnswerPath
    let pageSize: Int
    let paginator: Paginator
    let id: AnswerPath
    let email: AnswerPath
    let name: [AnswerPath]
    let active: AnswerPath?
}

/// Where the options of a property are, for properties whose schema does not tell them.
struct PipelineRules: Sendable {
    let object: String
    let property: String
    let request: RequestRule
    let options: OptionRules
    /// The property that decides which of the options there are; nil if all are always there.
    var within: WithinRules?
}

/// Where an answer says which options go with which value of another property, as stages do with pipelines.
struct WithinRules: Sendable {
    let property: String
    /// The elements, each of one value of that property.
    let path: AnswerPath
    let value: AnswerPath
    /// The options, from the element on.
    let options: AnswerPath
}

/// Where options are in an answer.
struct OptionRules: Sendable {
    let path: AnswerPath
    let value: AnswerPath
}

/// How notifications look and how they are signed; for the server that receives them.
package struct WebhookRules: Sendable {
    /// The name of the algorithm: `hmac-sha256`.
    package let algorithm: String
    /// The credential that is the key.
    package let key: String
    /// The field that carries the signature.
    package let header: String
    /// How the signature is written: `base64` or `hex`.
    package let encoding: String
    /// What is signed, in order: `method`, `url`, `body`, `timestamp`.
    package let content: [String]
    /// The field that carries the time, in milliseconds; nil if none is signed.
    package let timestampHeader: String?
    /// How old a notification may be, and how far ahead of our clock.
    package let validFor: Duration
    /// Where the events are in the body.
    let events: AnswerPath
    /// Where an event's parts are.
    let event: WebhookEventRules
    /// The remote objects by the word that an event's type begins with, up to a dot.
    let objects: [String: String]
}

/// Where the parts of a notification's event are.
struct WebhookEventRules: Sendable {
    /// Its own id, if it has one; not unique in every product.
    let id: AnswerPath?
    /// What happened: `contact.propertyChange`.
    let type: AnswerPath
    /// The ids of the records that it is about; all that are found count.
    let records: [AnswerPath]
    /// When it happened.
    let time: AnswerPath?
    /// The account that it happened in; nil if events do not say.
    let account: AnswerPath?
}
