package import Records

/// What reserves effects.
package enum EffectSource: String, Hashable, Sendable, CaseIterable, SQLArgument {
    /// A step of an enrolment.
    case enrolment
    /// A stage of a hand-off.
    case handOff = "handoff"
}

/// What an effect does to the outside world.
package enum EffectKind: String, Hashable, Sendable, CaseIterable, SQLArgument {
    /// A mail to the person that the record is about.
    case mail
    /// A mail to a person of ours.
    case notification
}

/// How far an effect got.
package enum EffectState: String, Hashable, Sendable, CaseIterable, SQLArgument {
    /// It is to be sent.
    case reserved
    /// A server took it.
    case sent
    /// It was on its way and no answer is known: never sent again by itself (W3).
    case unknown
    /// It was refused for good.
    case failed
    /// It was not to be sent: unsubscribed, suppressed, no address.
    case skipped
}

/// What names an effect: one visit of one step.
package struct EffectPlace: Hashable, Sendable {
    /// What reserved it.
    package let source: EffectSource
    /// The number of the enrolment or hand-off.
    package let subject: Int64
    /// The step.
    package let step: Text
    /// Which visit of the step.
    package let visit: Int

    /// Creates a place.
    package init(_ source: EffectSource, _ subject: Int64, step: Text, visit: Int) {
        self.source = source
        self.subject = subject
        self.step = step
        self.visit = visit
    }
}

/// One effect, from its reservation on.
package struct Effect: Hashable, Sendable {
    /// What reserved it.
    package let place: EffectPlace
    /// What it does.
    package let kind: EffectKind
    /// The key by which the outside world can tell a repetition.
    package let key: Text
    /// The record it is about.
    package let record: RecordID
    /// The template it was made from.
    package let template: Text
    /// The address, in its canonical form; nil if there was none.
    package let recipient: Text?
    /// When it was reserved.
    package let reservedAt: Instant
    /// Where the journal ended then: what is behind may be an answer to it.
    package let journalEnd: Int64
    /// How far it got.
    package var state: EffectState
    /// Not to be sent before; nil unless it is reserved.
    package var notBefore: Instant?
    /// How often it was handed to a server.
    package var attempts: Int
    /// When its state was last changed since the reservation.
    package var settledAt: Instant?
    /// The composed message in the form of `Messaging`; kept until it is sent.
    package var message: String?
    /// The Message-ID.
    package var providerID: Text?
    /// Why it stands as it stands, for a person.
    package var detail: Text?

    /// Creates an effect that is to be sent.
    package init(
        _ place: EffectPlace,
        kind: EffectKind,
        key: Text,
        record: RecordID,
        template: Text,
        recipient: Text,
        at instant: Instant,
        journalEnd: Int64,
        message: String
    ) {
        self.init(place, kind, key, record, template, recipient, instant, journalEnd, state: .reserved)
        self.notBefore = instant
        self.message = message
    }

    /// Creates an effect that is not to be sent, with the reason.
    package init(
        notSent state: EffectState,
        _ place: EffectPlace,
        kind: EffectKind,
        key: Text,
        record: RecordID,
        template: Text,
        recipient: Text?,
        at instant: Instant,
        journalEnd: Int64,
        reason: Text
    ) {
        self.init(place, kind, key, record, template, recipient, instant, journalEnd, state: state)
        self.settledAt = instant
        self.detail = reason
    }

    init(
        _ place: EffectPlace,
        _ kind: EffectKind,
        _ key: Text,
        _ record: RecordID,
        _ template: Text,
        _ recipient: Text?,
        _ reservedAt: Instant,
        _ journalEnd: Int64,
        state: EffectState
    ) {
        self.place = place
        self.kind = kind
        self.key = key
        self.record = record
        self.template = template
        self.recipient = recipient
        self.reservedAt = reservedAt
        self.journalEnd = journalEnd
        self.state = state
        self.attempts = 0
    }
}
