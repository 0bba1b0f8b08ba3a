/// What distinguishes one account of the fake CRM from another.
package struct AccountOptions: Sendable {
    /// A property that must be set when another has a value; enforced from the 2026-09 paths on.
    package struct Requirement: Sendable {
        /// The type of record it holds for.
        package var type: ObjectType
        /// The property whose value decides.
        package var when: String
        /// The value that makes the other property required.
        package var equals: String
        /// The property that must then have a value.
        package var required: String

        /// Creates a requirement.
        package init(type: ObjectType, when: String, equals: String, required: String) {
            self.type = type
            self.when = when
            self.equals = equals
            self.required = required
        }
    }

    /// The account's id, which `account-info` tells.
    package var portalID: Int64
    /// The tokens that let in.
    package var tokens: [AccessToken]
    /// The users to whom records can belong.
    package var owners: [Owner]
    /// The account's IANA time zone.
    package var timeZone: String
    /// The account's currency.
    package var currency: String
    /// The first id of each type; above 2³², so that a client cannot keep ids in 32 bits.
    package var firstRecordID: Int64
    /// From what all choices of the fake are derived.
    package var seed: UInt64
    /// Rules that an administrator has set up.
    package var requirements: [Requirement]

    /// Creates the options of an account.
    package init(
        portalID: Int64 = 139_000_001,
        tokens: [AccessToken] = [AccessToken("pat-fake-0001")],
        owners: [Owner] = [],
        timeZone: String = "Europe/Paris",
        currency: String = "EUR",
        firstRecordID: Int64 = 10_000_000_001,
        seed: UInt64 = 1,
        requirements: [Requirement] = []
    ) {
        self.portalID = portalID
        self.tokens = tokens
        self.owners = owners
        self.timeZone = timeZone
        self.currency = currency
        self.firstRecordID = firstRecordID
        self.seed = seed
        self.requirements = requirements
    }
}
