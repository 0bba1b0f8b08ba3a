/// A user of the CRM to whom records can belong.
package struct Owner: Sendable {
    /// The id that records refer to.
    package var id: Int64
    /// The id of the person's login, a different number.
    package var userID: Int64
    /// The person's e-mail address.
    package var email: String
    /// The person's first name.
    package var firstName: String
    /// The person's last name.
    package var lastName: String
    /// Whether the person has left; archived owners are listed only when asked for.
    package var isArchived: Bool

    /// Creates an owner.
    package init(
        id: Int64,
        userID: Int64,
        email: String,
        firstName: String,
        lastName: String,
        isArchived: Bool = false
    ) {
        self.id = id
        self.userID = userID
        self.email = email
        self.firstName = firstName
        self.lastName = lastName
        self.isArchived = isArchived
    }
}
