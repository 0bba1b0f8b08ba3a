package import CEL
package import Messaging
package import Records
package import Scoring
package import Store

/// One person in sales who can be given leads.
package struct OwnerRule: Sendable {
    /// The address, by which the CRM knows the person too.
    package let email: Text
    /// How many leads, compared with the others.
    package let weight: Int
    /// The most open hand-offs at a time; nil for no limit.
    package let capacity: Int?
    /// Days on which the person is given nothing, both ends included.
    package let absences: [ClosedRange<CalendarDate>]
    /// The leads that the person takes; nil for all.
    package let condition: CELProgram?

    /// Creates a person.
    package init(
        email: Text,
        weight: Int = 1,
        capacity: Int? = nil,
        absences: [ClosedRange<CalendarDate>] = [],
        condition: CELProgram? = nil
    ) {
        self.email = email
        self.weight = weight
        self.capacity = capacity
        self.absences = absences
        self.condition = condition
    }
}

/// What happens when an owner lets a lead lie.
package struct NudgeRule: Sendable {
    /// What happens.
    package enum Kind: Hashable, Sendable {
        /// The owner is reminded.
        case remind(template: Text)
        /// Somebody else is told.
        case escalate(to: Text, template: Text)
        /// The lead goes to the next owner.
        case reassign
    }

    /// How long after the owner was told.
    package let after: Duration
    /// What happens.
    package let kind: Kind
}

/// How leads get from marketing to sales: `Config/handoff.yaml`.
package struct HandOffRules: Sendable {
    /// What makes a lead one for sales.
    package enum Qualification: Sendable {
        /// Its points and its grade, by the matrix of the scoring rules.
        case score
        /// A condition over the contact that comes to hold.
        case condition(CELProgram, hash: Text)
        /// Only workflows.
        case requested
    }

    /// The deal that is made for an accepted lead.
    package struct Deal: Sendable {
        /// Its name.
        package let name: InlineTemplate
        /// Its stage at the beginning.
        package let stage: Text
        /// Further properties.
        package let settings: [PropertySetting]
        /// The stages that mean won.
        package let won: [Text]
        /// The stages that mean lost.
        package let lost: [Text]
    }

    /// The task that is made for the owner.
    package struct Task: Sendable {
        /// What to do.
        package let subject: InlineTemplate
        /// The rest; nil for the reasons alone.
        package let body: InlineTemplate?
        /// How long the owner has.
        package let due: Duration
        /// Further properties.
        package let settings: [PropertySetting]
        /// The states that mean done.
        package let done: [Text]
    }

    /// What expressions and templates speak of.
    package let vocabulary: RecordVocabulary
    /// The connection that must confirm; nil if there is no CRM.
    package let connection: Text?
    /// What makes a lead one for sales.
    package let qualification: Qualification
    /// Whether somebody must accept the lead before sales gets it.
    package let needsReview: Bool
    /// Who is told that a lead waits for review, and with which template.
    package let reviewer: (address: Text, template: Text)?
    /// The stage of a lead that qualified.
    package let qualifiedStage: Text
    /// The stage of a lead that was accepted.
    package let acceptedStage: Text
    /// The stage after a won deal.
    package let wonStage: Text
    /// What is written into a lead that does not fit.
    package let rejected: [PropertySetting]
    /// What is written into a lead that goes back to marketing.
    package let recycled: [PropertySetting]
    /// What is written into a lead whose deal was lost.
    package let lost: [PropertySetting]
    /// Whether who owns the contact already keeps it.
    package let keepsOwner: Bool
    /// Who is given leads, in turn.
    package let pool: [OwnerRule]
    /// Who is given leads that nobody in the pool can take; nil to let them wait.
    package let fallback: Text?
    /// The deal to make; nil for none.
    package let deal: Deal?
    /// The task to make; nil for none.
    package let task: Task?
    /// The contact's properties that the CRM must have taken.
    package let confirmed: [String]
    /// The template that tells the owner; nil to tell nobody.
    package let notification: Text?
    /// What happens while the owner lets it lie, in the order of time.
    package let nudges: [NudgeRule]
}
