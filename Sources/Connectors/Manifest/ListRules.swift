import Records

/// How the lists of one kind are found, read and changed, for one object.
struct RemoteListRules: Sendable {
    /// How a list is found.
    struct Find: Sendable {
        /// The request by the name that people gave it; nil if it can be found by its id only.
        let byName: RequestRule?
        /// The request by its id; nil if it can be found by its name only.
        let byID: RequestRule?
        /// Where the list is in the answer; the first, if there are several.
        let list: AnswerPath?
        let id: AnswerPath
        /// Where its name is, to tell a list that is only called alike; nil if the answer has no other.
        let name: AnswerPath?
        /// Where to see whether people can put somebody on it, and the values that say so.
        let fixed: (path: AnswerPath, values: [JSON])?
        /// Where the object of its members is, and what it must be.
        let object: (path: AnswerPath, equals: Template)?
    }

    /// How members are added or removed.
    struct Write: Sendable {
        let request: RequestRule
        let batchSize: Int
        /// Where the ids of records are that the CRM does not have.
        let missing: AnswerPath?
        /// Where the errors of single inputs are, in an answer that is a success as a whole.
        let errors: AnswerPath?
        /// Whether what is to be removed is the row that ties a member, so that those are read first.
        let byRow: Bool
    }

    let kind: RemoteListKind
    let object: String
    let find: Find
    let members: ListRule
    /// Where the member's record is in a row of `members`.
    let member: AnswerPath
    /// Where the row's own id is; nil if it has none.
    let row: AnswerPath?
    let add: Write
    let remove: Write

    var traits: RemoteListTraits {
        RemoteListTraits(
            kind: self.kind,
            object: self.object,
            every: self.members.every,
            batchSize: min(self.add.batchSize, self.remove.batchSize)
        )
    }
}

/// How an activity of a kind is made: as a record of an object, tied to the one that it is about.
struct ActivityRules: Sendable {
    let traits: RemoteActivityTraits
    /// What a create needs to know of the tie, by the object that the activity is about.
    let ties: [String: [(key: String, value: JSON)]]
}
