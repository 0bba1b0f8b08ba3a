/// A made-up company's customers as they look after some years: accents, blanks, doubles, odd phones, role addresses.
///
/// The same seed and sizes give the same population, byte for byte.
package struct Population: Sendable {
    /// Values by property name, in the order they were filled in.
    package typealias Values = [(name: String, text: String)]

    /// A contact of the CRM.
    package struct Contact: Sendable {
        /// The contact's values by HubSpot property name.
        package var values: Values
        /// The contact's company, by its place in `companies`; nil for none.
        package var company: Int?
    }

    /// A deal of the CRM.
    package struct Deal: Sendable {
        /// The deal's values by HubSpot property name.
        package var values: Values
        /// The deal's contact, by its place in `contacts`; nil for none.
        package var contact: Int?
        /// The deal's company, by its place in `companies`; nil for none.
        package var company: Int?
    }

    /// How an entry of the marketing list relates to the CRM.
    package enum Relation: Sendable, Equatable {
        /// The person is not in the CRM.
        case onlyMarketing
        /// The person is the CRM contact of that place, and what both sides know agrees but for case and blanks.
        case same(contact: Int)
        /// The person is the CRM contact of that place, and the named values differ.
        case differs(contact: Int, names: [String])
        /// The person is already in the marketing list, at that place.
        case doubled(entry: Int)
    }

    /// An entry of the marketing list, to be imported.
    package struct MarketingEntry: Sendable {
        /// The entry's values: `email`, `first_name`, `last_name`, `phone`, `job_title`, `company`, `city`, `country`,
        /// `lifecycle_stage`, `source`; blank ones are left out.
        package var values: Values
        /// How the entry relates to the CRM.
        package var relation: Relation
    }

    /// The sellers to whom records belong; the last one has left.
    package var owners: [Owner]
    /// The companies by HubSpot property name.
    package var companies: [Values]
    /// The contacts; no two share an e-mail address.
    package var contacts: [Contact]
    /// The deals.
    package var deals: [Deal]
    /// The marketing side's own list, part of which is in the CRM too.
    package var marketing: [MarketingEntry]
    /// The time of the newest change, in milliseconds since 1970.
    package var now: Int64

    /// The time at which a population is looked at unless another is given: 2026-11-02 at 8:00 in UTC.
    package static let defaultNow: Int64 = 1_793_606_400_000

    /// Makes a population.
    ///
    /// - Parameters:
    ///   - seed: what everything is derived from.
    ///   - contacts: how many contacts the CRM has.
    ///   - companies: how many companies the CRM has.
    ///   - deals: how many deals the CRM has.
    ///   - marketing: how many entries the marketing list has, half of which are in the CRM; nil is a quarter of the
    ///     contacts.
    ///   - now: the time at which the population is looked at, in milliseconds since 1970.
    /// - Returns: the population.
    package static func generate(
        seed: UInt64,
        contacts: Int,
        companies: Int,
        deals: Int,
        marketing: Int? = nil,
        now: Int64 = Population.defaultNow
    ) -> Population {
        var maker = PopulationMaker(seed: seed, now: now)
        maker.makeCompanies(companies)
        maker.makeContacts(contacts)
        maker.makeDeals(deals)
        maker.makeMarketing(marketing ?? contacts / 4)
        return maker.population
    }

    /// Five sellers and one who has left.
    static let sellers: [Owner] = [
        Owner(
            id: 76_210_001,
            userID: 9_100_001,
            email: "claire.martin@lumiere.example",
            firstName: "Claire",
            lastName: "Martin"
        ),
        Owner(
            id: 76_210_002,
            userID: 9_100_002,
            email: "yann.le.goff@lumiere.example",
            firstName: "Yann",
            lastName: "Le Goff"
        ),
        Owner(
            id: 76_210_003,
            userID: 9_100_003,
            email: "sofia.keller@lumiere.example",
            firstName: "Sofía",
            lastName: "Keller"
        ),
        Owner(
            id: 76_210_004,
            userID: 9_100_004,
            email: "Omar.Diallo@lumiere.example",
            firstName: "Omar",
            lastName: "Diallo"
        ),
        Owner(
            id: 76_210_005,
            userID: 9_100_005,
            email: "ines.prevost@lumiere.example",
            firstName: "Inès",
            lastName: "Prévost"
        ),
        Owner(
            id: 76_210_006,
            userID: 9_100_006,
            email: "paul.ancien@lumiere.example",
            firstName: "Paul",
            lastName: "Ancien",
            isArchived: true
        ),
    ]
}
