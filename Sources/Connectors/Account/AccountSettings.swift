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

    /// Creates settings.
    package init(
        baseURL: String? = nil,
        credentials: [String: Secret],
        variables: [String: String] = [:],
        timeout: Duration = .seconds(60)
    ) {
        self.baseURL = baseURL
        self.credentials = credentials
        self.variables = variables
        self.timeout = timeout
    }
}
