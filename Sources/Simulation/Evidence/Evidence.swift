import Records

/// Something that must never happen, and did.
package struct Violation: Sendable, Hashable {
    /// The invariant.
    package let invariant: String
    /// The record it concerns; nil is none in particular.
    package let subject: Int?
    /// What is wrong.
    package let message: String

    package init(_ invariant: String, _ subject: Int?, _ message: String) {
        self.invariant = invariant
        self.subject = subject
        self.message = message
    }
}

/// What is known at the end of a simulation, from the outside: what the checkers judge.
///
/// Plain data, so that a test can make a bad world by hand.
package struct Evidence: Sendable {
    /// One field of one linked record, on both sides.
    package struct Cell: Sendable {
        /// The record.
        package var subject: Int
        /// The connection.
        package var home: Home
        /// The field.
        package var field: WorldField
        /// What our store holds, as text.
        package var local: String
        /// What the CRM holds.
        package var remote: String
        /// What our store believes that the CRM holds; nil if it has no idea.
        package var believed: String?
        /// Why the field may differ: a conflict, a hold, a review and so on; nil if nothing explains it.
        package var flag: String?

        package init(
            subject: Int,
            home: Home,
            field: WorldField,
            local: String,
            remote: String,
            believed: String? = nil,
            flag: String? = nil
        ) {
            self.subject = subject
            self.home = home
            self.field = field
            self.local = local
            self.remote = remote
            self.believed = believed
            self.flag = flag
        }
    }

    /// A live record without a counterpart.
    package struct Stray: Sendable {
        /// The record.
        package var subject: Int?
        /// Where it is.
        package var side: Home
        /// The connection that does not link it.
        package var home: Home
        /// Why it may be alone; nil if nothing explains it.
        package var flag: String?

        package init(subject: Int?, side: Home, home: Home, flag: String? = nil) {
            self.subject = subject
            self.side = side
            self.home = home
            self.flag = flag
        }
    }

    /// Fields of linked records.
    package var cells: [Cell] = []
    /// Records without a link.
    package var strays: [Stray] = []
    /// What became of each field over time.
    package var histories: [FieldHistory] = []
    /// The marks of the live records in each home.
    package var marks: [Home: [Int]] = [:]
    /// What integrations wrote: the property, and whether the mapping lets it.
    package var forbiddenWrites: [(subject: Int?, text: String)] = []
    /// Local deletions by a sync that nothing in a CRM explains.
    package var unexplainedDeletes: [(subject: Int?, text: String)] = []
    /// Requests that broke a rate.
    package var rateBreaks: [String] = []
    /// What the store holds that it should not at rest.
    package var leftovers: [String] = []
    /// What contradicts itself in the store.
    package var contradictions: [(subject: Int?, text: String)] = []
    /// Secrets and addresses that turned up in logs and messages.
    package var leaks: [String] = []
    /// Edits that nobody could have seen between the last read and the write (DESIGN R2, `lost_update: window`).
    package var lostInWindow = 0
    /// Links that join two records which must not be taken for one, and records with two counterparts.
    package var mistakenIdentities: [(subject: Int?, text: String)] = []
    /// What is left of people who asked to be forgotten.
    package var remembered: [(subject: Int?, text: String)] = []
    /// Links and aliases that lead nowhere after a merge.
    package var looseEnds: [(subject: Int?, text: String)] = []
    /// Writes of records that the run had not read before (R2).
    package var unguarded: [(subject: Int?, text: String)] = []
    /// Requests for records while the token belonged to another account.
    package var accountSlips: [String] = []
    /// Ties to records that we do not know, and that a sync took away.
    package var removedTies: [(subject: Int?, text: String)] = []
    /// Values on which a transform breaks its laws.
    package var lensBreaks: [(subject: Int?, text: String)] = []
    /// What syncs deleted here, by object, as breakers count: when, in microseconds, whether a person had allowed it, and how
    /// many links there were.
    package var deletions: [Home: [String: [(at: Int64, isAllowed: Bool, links: Int)]]] = [:]
    /// Writes of a field while it was in no mapping, and of records that were kept out.
    package var trespasses: [(subject: Int?, text: String)] = []
    /// Ties that say one thing here and another in a CRM.
    package var unequalTies: [(subject: Int?, text: String)] = []
    /// Groups of fields that were taken from both sides at once.
    package var mixedGroups: [(subject: Int?, text: String)] = []
    /// What there is in the end on all sides, without times and ids; empty unless that was asked for.
    package var endState: [String] = []
    /// What was noticed along the way.
    package var noticed: [Violation] = []

    package init() {}
}

extension Evidence {
    /// Tells what the syncs wrote.
    func tell(_ story: Story) {
        for history in self.histories {
            for (home, steps) in history.steps.sorted(by: { $0.key < $1.key }) {
                for step in steps {
                    guard let writer = step.writer else { continue }
                    let place = home == .local ? "our store (from \(writer))" : "\(home)"
                    let text = "the sync writes \(history.field.name) in \(place): \"\(step.old)\" -> \"\(step.new)\""
                    story.tell(Instant(microseconds: step.at), history.subject, text)
                }
            }
            for logged in history.logged {
                story.tell(
                    Instant(microseconds: .max),
                    history.subject,
                    "conflict log of \(history.field.name) (\(logged.home)): \(logged.values)"
                )
            }
        }
    }
}

/// What became of one field of one record in all its homes.
package struct FieldHistory: Sendable {
    /// One change in one home.
    package struct Step: Sendable {
        /// When, in microseconds of the true time or of our clock.
        package var at: Int64
        /// The connection whose sync wrote it; nil for a person or the CRM itself.
        package var writer: Home?
        /// What was there.
        package var old: String
        /// What is there now.
        package var new: String
        /// Whether nobody read the record between the last change of it and this write.
        package var isUnseen = false
        /// Whether it came from another record of ours that was merged into this one.
        package var isMerge = false

        package init(at: Int64, writer: Home?, old: String, new: String, isUnseen: Bool = false) {
            self.at = at
            self.writer = writer
            self.old = old
            self.new = new
            self.isUnseen = isUnseen
        }
    }

    /// A row of the conflict log about the field.
    package struct Logged: Sendable {
        /// The connection.
        package var home: Home
        /// The values in question, and what they were before.
        package var values: [String]

        package init(home: Home, values: [String]) {
            self.home = home
            self.values = values
        }
    }

    /// The record.
    package var subject: Int
    /// The field.
    package var field: WorldField
    /// The changes by home, in their order.
    package var steps: [Home: [Step]]
    /// The conflict log.
    package var logged: [Logged]
    /// Whether a clear may be ignored, or undone, as a mapping says.
    package var isKeptWhenCleared = false
    /// When the record was first met in a CRM where it existed already, or what differed then was settled, on our clock; a
    /// home where it was made is missing.
    package var metAt: [Home: Int64] = [:]
    /// The tags that the field has had in records of a CRM that were this one's counterparts before the one of today.
    package var formerly: [Home: Set<Int>] = [:]
    /// Which of the records with that subject it is: somebody's change may have made two of one.
    package var record = 0

    package init(subject: Int, field: WorldField, steps: [Home: [Step]], logged: [Logged] = []) {
        self.subject = subject
        self.field = field
        self.steps = steps
        self.logged = logged
    }

    /// The tags in a value.
    func tags(_ text: String) -> Set<Int> { Set(Tag.found(in: text, self.field.form)) }

    /// The tags that the conflict log names.
    var loggedTags: Set<Int> { Set(self.logged.flatMap(\.values).flatMap { self.tags($0) }) }
}
