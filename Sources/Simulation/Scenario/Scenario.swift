package import SyncEngine

/// Everything about one seed that is decided before it runs: who lives where, who does what when, and what goes wrong.
///
/// A value, so that a part can be taken out; nothing that is left changes by that.
package struct Scenario: Sendable {
    /// From what everything was derived; what is left open here is derived from it later.
    package var seed: UInt64
    /// How many days people and faults have.
    package var days: Int
    /// The records at the start.
    package var subjects: [Subject]
    /// What people do, by time.
    package var actions: [Action]
    /// When each connection syncs, by time.
    package var polls: [Poll]
    /// How often each kind of fault happens to a request, in a thousand.
    package var faults: [FaultKind: Int]
    /// Faults that do not happen although they would.
    package var spared: Set<FaultID> = []
    /// When the process is killed.
    package var kills: [Kill]
    /// The fields' policies.
    package var policies: PolicyChoice
    /// The CRMs' habits are derived from this; nil is no habits at all.
    package var habitSeed: UInt64?
    /// What life has beyond edits.
    package var features: Set<WorldFeature> = []
    /// In which order the CRMs tell of what changed; 0 is the order in which it happened.
    ///
    /// In another one some of it comes after what happened later.
    package var hintOrder = 0

    /// A record that exists at the start.
    package struct Subject: Sendable, Hashable {
        /// Its number; its mark is `s` and this.
        package var id: Int
        /// What it is.
        package var thing: Thing
        /// Where it is.
        package var homes: [Home]
        /// The company it belongs to, where both are.
        package var company: Int?
    }

    /// A sync that begins at a time.
    package struct Poll: Sendable, Hashable {
        /// Its number among those of its connection.
        package var id: Int
        /// The connection.
        package var home: Home
        /// When, in milliseconds since the start.
        package var at: Int64
    }

    /// A process that ends in the middle of a sync, without a chance to say anything.
    package struct Kill: Sendable, Hashable {
        /// The connection whose sync it is.
        package var home: Home
        /// The number of the sync.
        package var poll: Int
        /// At which of the points that the sync passes.
        package var point: Int
    }
}

/// Something that a person does.
package struct Action: Sendable, Hashable {
    /// Its number; the tags of what is typed derive from it.
    package var id: Int
    /// When, in milliseconds since the start.
    package var at: Int64
    /// Where.
    package var home: Home
    /// To which record, by number.
    package var subject: Int
    /// What.
    package var kind: Kind

    /// The things that people do.
    package enum Kind: Sendable, Hashable {
        /// Sets fields to values with fresh tags.
        case edit([String])
        /// Empties a field.
        case clear(String)
        /// Makes a record with the subject's number; nothing if there is one.
        case create(Thing)
        /// Makes a record with the e-mail address or domain of another subject.
        case duplicate(Thing, of: Int)
        /// Gives the subject's e-mail address to another and takes the other's.
        case swap(with: Int)
        /// Puts the subject into a company; nil takes it out.
        case join(Int?)
        /// Decides some of the waiting conflicts.
        case decide
        /// Deletes or archives the record.
        case remove
        /// Brings it back.
        case restore
        /// Merges it into another one of the same kind, in a CRM.
        case merge(into: Int)
        /// Makes records that look alike: the subject in a CRM, one or two more here.
        case lookalikes(Lookalike, Int, Int)
        /// Clones a record in a CRM.
        case copy(of: Int)
        /// Forgets the person.
        case erase
        /// Keeps the record out of syncs.
        case exclude
        /// Lets it take part again.
        case include
        /// Undoes the latest run of the connection.
        case undo(UndoSide)
        /// Looks at a plan, or lets a careful run carry out nothing of it.
        case plan(isCareful: Bool)
        /// Takes a field out of the connection's contact mapping, or puts it back.
        case remap(String, isMapped: Bool)
        /// The CRM tells of what changed since it told last.
        case notify(starts: Bool)
        /// Sets a stage that no mapping knows.
        case oddStage
        /// Sets a stage that the mapping leaves out, or one that it takes.
        case filter(isOut: Bool)
        /// Gives the deal a contact here; nil takes it away.
        case meet(Int?)
        /// Ties the deal, in a CRM, to a new contact that looks like two of ours.
        case attend(Int, Int, Int)
        /// Somebody who was forgotten is made once more, with the address of then.
        case comeBack
        /// Deletes more contacts of a CRM than anybody does by hand.
        case deleteMany
    }

    /// The tag of the field at a place.
    func tag(_ place: Int) -> Int { (self.id + 1) * 4 + place }
}

extension Scenario {
    /// The mark of a subject, which nobody edits.
    static func mark(_ subject: Int) -> String { "s\(subject)" }

    /// The subject of a mark; nil if it is none.
    static func subject(_ mark: String) -> Int? {
        let text = mark.drop { $0 == " " }
        return text.first == "s" ? Int(text.dropFirst().prefix { $0.isNumber }) : nil
    }

    /// The tag of a value that a subject begins with.
    static func tag(_ subject: Int, _ home: Home, _ field: Int) -> Int {
        50_000 + subject * 64 + home.rawValue * 20 + field
    }
}
