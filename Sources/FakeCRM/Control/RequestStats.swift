/// What an account was asked and what came of it, so that a test can say "0 writes".
package struct RequestStats: Sendable, Equatable {
    /// Requests by kind, such as `contacts.list`, `deals.batch_create`, `contacts.search`, `owners.list`.
    package var requests: [String: Int] = [:]
    /// Requests that write, by kind, whatever their answer was.
    package var writes: [String: Int] = [:]
    /// Answers by HTTP status.
    package var statuses: [Int: Int] = [:]
    /// Records created through the API.
    package var created = 0
    /// Updates of records through the API, those that changed nothing included.
    package var updated = 0
    /// Records archived or erased through the API.
    package var archived = 0
    /// Associations added or removed through the API.
    package var associationChanges = 0

    /// Creates counts that are all zero.
    package init() {}

    /// All requests but those to the control endpoints.
    package var requestCount: Int { self.requests.values.reduce(0, +) }
    /// All requests that write, whatever their answer was.
    package var writeCount: Int { self.writes.values.reduce(0, +) }
    /// All records created, updated or archived through the API.
    package var recordWrites: Int { self.created + self.updated + self.archived }
}
