package import Records

/// How a store is opened.
package struct StoreOptions: Sendable {
    /// When a commit counts as done.
    package enum Durability: Sendable {
        /// A crash of the process loses nothing; a power cut may lose the last commits, never their order.
        case normal
        /// Nothing is lost in a power cut either; each commit waits for the disk.
        case full
    }

    /// The objects and their properties.
    package var schema: Schema
    /// The match keys by local object; the store builds those it does not have yet and keeps all up to date.
    package var identityKeys: [String: [IdentityKey]]
    /// When a commit counts as done.
    package var durability: Durability
    /// How long to wait for another process's write, such as the command line beside `serve`.
    package var busyTimeoutSeconds: Double
    /// Called with the text of each statement that runs, without its arguments; for tests of query plans.
    package var trace: (@Sendable (String) -> Void)?

    /// Creates options.
    package init(
        schema: Schema,
        identityKeys: [String: [IdentityKey]] = [:],
        durability: Durability = .normal,
        busyTimeoutSeconds: Double = 10,
        trace: (@Sendable (String) -> Void)? = nil
    ) {
        self.schema = schema
        self.identityKeys = identityKeys
        self.durability = durability
        self.busyTimeoutSeconds = busyTimeoutSeconds
        self.trace = trace
    }
}
