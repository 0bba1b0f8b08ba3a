/// What a connection knows about its account: where it is, how to get in, and what it sets in the manifest.
package struct AccountSettings: Sendable {
    /// Where the API is; nil for the manifest's own address.
    package let baseURL: String?
    /// The credentials by the names that the manifest gives them.
    package let credentials: [String: Secret]
    /// Settings for the manifest's variables, by name.
    package let variables: [String: String]
    /// How long one request may take.
    package let timeout: Duration
    /// How many requests may go out.
    package let budget: RequestBudget
    /// Whether the CRM's histories are asked, after a write, for what it replaced unseen, where the product keeps any.
    package let detectsLostUpdates: Bool

    /// Creates settings.
    package init(
        baseURL: String? = nil,
        credentials: [String: Secret],
        variables: [String: String] = [:],
        timeout: Duration = .seconds(60),
        budget: RequestBudget = .manifest,
        detectsLostUpdates: Bool = true
    ) {
        self.baseURL = baseURL
        self.credentials = credentials
        self.variables = variables
        self.timeout = timeout
        self.budget = budget
        self.detectsLostUpdates = detectsLostUpdates
    }
}

/// How many requests an account may be sent.
package enum RequestBudget: Hashable, Sendable {
    /// As many as the manifest says that the product allows.
    case manifest
    /// As many as we like: for a server of one's own, such as a stand-in, which has no such rule.
    ///
    /// An answer that asks to wait is still heeded.
    case unlimited
    /// As the manifest says, and no more than so many in a day: for an account that others share.
    case daily(Int)
}
