package import Records

/// A CRM account, as the sync engine sees it: read pages, read by id, write batches, and learn who is who.
///
/// There is one implementation for every product (a manifest makes the difference) and stand-ins in tests. It reports and
/// never decides: no retries beyond one refreshed token, no swallowed answers. Every input of a write gets exactly one
/// result; an input without an answer is `Outcome.unknown`.
package protocol RemoteAccount: Sendable {
    /// What the product's API can and cannot do.
    var traits: RemoteTraits { get }

    /// The id of the account behind the credentials, for the pin of R10.
    func accountID() async throws -> Text

    /// What the CRM says about an object's properties.
    func discover(_ object: String) async throws -> [RemoteProperty]

    /// The CRM's users that records can belong to, inactive ones included.
    func owners() async throws -> [RemoteOwner]

    /// The next page of an object, from a position that an earlier page gave, or from the start.
    ///
    /// A first pass lists everything; after its last page the positions continue with "changed since", with overlap,
    /// so that a lagging index loses nothing. The same record may come again; compare versions.
    func page(of object: String, selecting selection: RemoteSelection, at position: Text?) async throws -> RemotePage

    /// Reads records directly, never through a search index, by id or by the value of a unique property.
    ///
    /// The result has one entry for each key, in the order of the keys; nil means that there is no such live record.
    func read(
        _ object: String,
        keys: [Text],
        by property: String?,
        selecting selection: RemoteSelection
    ) async throws
        -> [RemoteRecord?]

    /// All records that hold a value of a property, for each of the keys, in their order, archived ones included.
    ///
    /// More than one only where nobody keeps the property unique (R4).
    func holders(
        _ object: String,
        of keys: [Text],
        by property: String,
        selecting selection: RemoteSelection
    ) async throws -> [[RemoteRecord]]

    /// Reads records by id, together with the history of some properties, `traits.historyBatchSize` at most at a time.
    ///
    /// One entry for each id, in order; nil means that there is no such live record. To be called only where
    /// `traits.historyBatchSize` is not nil.
    func histories(
        _ object: String,
        ids: [Text],
        of properties: [String],
        selecting selection: RemoteSelection
    ) async throws -> [RemoteHistory?]

    /// Makes records; one result for each input, in the order of the inputs.
    func create(_ object: String, _ inputs: [RemoteWrite]) async -> [RemoteWriteResult]

    /// Changes records; one result for each input, in the order of the inputs.
    func update(_ object: String, _ inputs: [RemoteWrite]) async -> [RemoteWriteResult]

    /// Archives records (or deletes them, where the product has no archive); one outcome for each id.
    func archive(_ object: String, ids: [Text]) async -> [Outcome]

    /// Deletes persons for good, as privacy laws want (R8); one outcome for each id, `gone` where there is nobody.
    ///
    /// `rejected` where the product has no such call for the object.
    func erase(_ object: String, ids: [Text]) async -> [Outcome]

    /// The records of another object that each record is associated with; one set for each id, in order.
    func associations(from object: String, ids: [Text], to other: String, label: String?) async throws -> [[Text]]

    /// Adds or removes one association for each input; one outcome for each, in order.
    func associate(
        from object: String,
        to other: String,
        label: String?,
        _ inputs: [AssociationWrite]
    ) async
        -> [Outcome]

    /// The list, or campaign, of a name or an id; nil if there is none.
    func list(
        _ kind: RemoteListKind,
        of object: String,
        _ reference: RemoteListReference
    ) async throws -> RemoteList?

    /// The ids of all records on a list.
    func members(of list: RemoteList) async throws -> [Text]

    /// Puts records on a list and takes records off it; whoever is there, or gone, already is no mistake.
    ///
    /// Can be done again without harm, whatever became of it. Returns the ids of records that the CRM does not have.
    func change(_ list: RemoteList, adding added: [Text], removing removed: [Text]) async throws -> Set<Text>

    /// Makes sure that the object has the unique text property that carries our record's id (R4).
    ///
    /// Returns false if the product cannot have one. Called by `connect` only.
    func prepareCreateKey(for object: String) async throws -> Bool

    /// Requests made since the account was opened.
    var requestsMade: Int { get }

    /// The refusal of the credentials that the latest request met; nil if they were good.
    ///
    /// Writes report records, not accounts: what a refused token or a missing permission stops is `transient`, since
    /// nothing was written. This says that a person has to act.
    var denial: RemoteFailure? { get }

    /// What may be asked in a day, and what was; nil if nobody counts.
    var dailyBudget: DailyBudget? { get }
}

extension RemoteAccount {
    /// nil: stand-ins that refuse nobody need not say so.
    package var denial: RemoteFailure? { nil }

    /// Fails: products without lists are not asked.
    package func list(
        _ kind: RemoteListKind,
        of object: String,
        _ reference: RemoteListReference
    ) async throws -> RemoteList? {
        throw RemoteFailure(.badRequest, "the product has no \(kind.rawValue) of \(object)")
    }

    /// Fails: products without lists are not asked.
    package func members(of list: RemoteList) async throws -> [Text] {
        throw RemoteFailure(.badRequest, "the product has no lists")
    }

    /// Fails: products without lists are not asked.
    package func change(
        _ list: RemoteList,
        adding added: [Text],
        removing removed: [Text]
    ) async throws -> Set<Text> {
        throw RemoteFailure(.badRequest, "the product has no lists")
    }

    /// Products without such a call: a person has to do it there.
    package func erase(_ object: String, ids: [Text]) async -> [Outcome] {
        ids.map { _ in .rejected(field: nil, reason: "the product has no call that deletes a person for good") }
    }

    /// One at most: stand-ins that keep their keys unique need not look further.
    package func holders(
        _ object: String,
        of keys: [Text],
        by property: String,
        selecting selection: RemoteSelection
    ) async throws -> [[RemoteRecord]] {
        try await self.read(object, keys: keys, by: property, selecting: selection).map { $0.map { [$0] } ?? [] }
    }

    /// Fails: products without a history are not asked.
    package func histories(
        _ object: String,
        ids: [Text],
        of properties: [String],
        selecting selection: RemoteSelection
    ) async throws -> [RemoteHistory?] {
        throw RemoteFailure(.badRequest, "the product keeps no history of \(object)")
    }

    /// nil: stand-ins that take any number of requests need not count them.
    package var dailyBudget: DailyBudget? { nil }
}

/// What to read of each record: property names in slot order, and the filter that the manifest can push down.
package struct RemoteSelection: Hashable, Sendable {
    /// The properties; their order is the order of `RemoteRecord.values`.
    package let properties: [String]

    /// Creates a selection.
    package init(properties: [String]) {
        self.properties = properties
    }
}

/// One record as the CRM gave it.
package struct RemoteRecord: Hashable, Sendable {
    /// The CRM's id.
    package let id: Text
    /// A number that grows with every change; microseconds of the modification time where the API has no better.
    package let version: Int64
    /// The requested properties in the order of the selection; `.absent` where the answer did not say.
    package let values: [Value]
    /// Whether the record is archived.
    package let isArchived: Bool
    /// The ids of records that were merged into this one, as far as it tells; may name its own.
    package let merged: [Text]
    /// The record of another object that stands for it now; nil if it stands for itself.
    package let successor: RemoteSuccessor?
    /// Whether it could be read; of one that could not, nothing is known but that it is there (R10).
    package private(set) var isReadable = true

    /// Creates a record.
    package init(
        id: Text,
        version: Int64,
        values: [Value],
        isArchived: Bool = false,
        merged: [Text] = [],
        successor: RemoteSuccessor? = nil
    ) {
        self.id = id
        self.version = version
        self.values = values
        self.isArchived = isArchived
        self.merged = merged
        self.successor = successor
    }

    /// A record that is there, in an answer of which no more can be made out.
    package static func unreadable(id: Text, properties: Int) -> RemoteRecord {
        var record = RemoteRecord(id: id, version: 0, values: Array(repeating: .absent, count: properties))
        record.isReadable = false
        return record
    }
}

/// A record of a page that could not be read, set aside so that the others go on (R13).
package struct UnreadableRecord: Hashable, Sendable {
    /// The CRM's id, if that much could be read.
    package let id: Text?
    /// Why, without the record's values.
    package let reason: String

    /// Creates a finding.
    package init(id: Text?, reason: String) {
        self.id = id
        self.reason = reason
    }
}

/// One page of a read.
package struct RemotePage: Sendable {
    /// The records.
    package let records: [RemoteRecord]
    /// Records that could not be read.
    package let unreadable: [UnreadableRecord]
    /// Where to go on: the next page now, or the next run.
    ///
    /// Stored in the same transaction as the page.
    package let position: Text
    /// Whether more pages wait now.
    package let hasMore: Bool
    /// Whether this page belongs to the first full pass.
    package let isFirstPass: Bool

    /// Creates a page.
    package init(
        records: [RemoteRecord],
        unreadable: [UnreadableRecord],
        position: Text,
        hasMore: Bool,
        isFirstPass: Bool
    ) {
        self.records = records
        self.unreadable = unreadable
        self.position = position
        self.hasMore = hasMore
        self.isFirstPass = isFirstPass
    }
}

/// One record to make or change.
package struct RemoteWrite: Hashable, Sendable {
    /// The CRM's id; nil for a create.
    package let id: Text?
    /// The version that the write is based on, for conditional writes; nil if unknown.
    package let basedOn: Int64?
    /// A key of ours that is unique within the batch, to tie answers to inputs.
    package let key: String
    /// The properties to write, by name; null clears.
    package let properties: [RemotePropertyWrite]
    /// The records that a new one is about; only of activities.
    package let ties: [RemoteTie]

    /// Creates a write.
    package init(
        id: Text?,
        basedOn: Int64?,
        key: String,
        properties: [RemotePropertyWrite],
        ties: [RemoteTie] = []
    ) {
        self.id = id
        self.basedOn = basedOn
        self.key = key
        self.properties = properties
        self.ties = ties
    }
}

/// One property to write.
package struct RemotePropertyWrite: Hashable, Sendable {
    /// The remote property.
    package let name: String
    /// The value in remote terms; `.null` clears.
    package let value: Value
    /// Whether the property is cleared just before, by the same operation, because the CRM takes no step back otherwise.
    package let clearsFirst: Bool

    /// Creates a property write.
    package init(name: String, value: Value, clearsFirst: Bool = false) {
        self.name = name
        self.value = value
        self.clearsFirst = clearsFirst
    }
}

/// What became of one input of a write.
package struct RemoteWriteResult: Hashable, Sendable {
    /// The outcome.
    package let outcome: Outcome
    /// The property values that the answer itself gave, by name; empty if it gave none.
    package let values: [RemotePropertyWrite]
    /// Properties that were refused although the rest of the record was made, such as a state that a new record cannot
    /// have; they are to be parked (R13), and what the CRM holds instead is no edit of anybody's.
    package let refused: [RemoteRefusal]

    /// Creates a result.
    package init(outcome: Outcome, values: [RemotePropertyWrite] = [], refused: [RemoteRefusal] = []) {
        self.outcome = outcome
        self.values = values
        self.refused = refused
    }
}

/// One property that the CRM refused.
package struct RemoteRefusal: Hashable, Sendable {
    /// The remote property.
    package let field: Text
    /// Why, without the value.
    package let reason: String

    /// Creates a refusal.
    package init(field: Text, reason: String) {
        self.field = field
        self.reason = reason
    }
}

/// One association to add or remove.
package struct AssociationWrite: Hashable, Sendable {
    /// The record it starts from.
    package let from: Text
    /// The record it leads to.
    package let to: Text
    /// Whether to remove it.
    package let isRemoval: Bool

    /// Creates an association write.
    package init(from: Text, to: Text, isRemoval: Bool = false) {
        self.from = from
        self.to = to
        self.isRemoval = isRemoval
    }
}

/// A property of a remote object, as the CRM's schema describes it.
package struct RemoteProperty: Hashable, Sendable {
    /// The name in the API.
    package let name: String
    /// What people of the CRM call it.
    package let label: String
    /// The API's own type name.
    package let type: String
    /// The values it may hold, for enumerations.
    package let options: [Text]
    /// Whether the API refuses writes to it.
    package let isReadOnly: Bool
    /// Whether a create must give it.
    package let isRequired: Bool
    /// Whether the CRM keeps it unique.
    package let isUnique: Bool
    /// Which options go with which value of another property; nil if all go with every one.
    package let within: Within?

    /// What another property has to do with the options of one, as a pipeline with the stages.
    package struct Within: Hashable, Sendable {
        /// The other property.
        package let property: String
        /// The options, by the value of the other property.
        package let options: [Text: [Text]]

        /// Creates the rule.
        package init(property: String, options: [Text: [Text]]) {
            self.property = property
            self.options = options
        }
    }

    /// Creates a property.
    package init(
        name: String,
        label: String,
        type: String,
        options: [Text] = [],
        isReadOnly: Bool = false,
        isRequired: Bool = false,
        isUnique: Bool = false,
        within: Within? = nil
    ) {
        self.name = name
        self.label = label
        self.type = type
        self.options = options
        self.isReadOnly = isReadOnly
        self.isRequired = isRequired
        self.isUnique = isUnique
        self.within = within
    }
}

/// A user of the CRM that records can belong to.
package struct RemoteOwner: Hashable, Sendable {
    /// The id that goes into the owner property.
    package let id: Text
    /// The e-mail address, in lower case; nil if the CRM shows none.
    package let email: Text?
    /// The name that people use.
    package let name: String
    /// Whether records can still be given to this user.
    package let isActive: Bool

    /// Creates an owner.
    package init(id: Text, email: Text?, name: String, isActive: Bool) {
        self.id = id
        self.email = email
        self.name = name
        self.isActive = isActive
    }
}

/// A failure that concerns a whole account rather than one record.
package struct RemoteFailure: DispositionedError {
    /// What went wrong.
    package enum Code: String, Sendable, CaseIterable {
        /// The server cannot be reached.
        case unreachable
        /// The credentials are refused.
        case unauthorized
        /// The credentials lack a scope or permission.
        case forbidden
        /// Too many requests.
        case rateLimited = "rate_limited"
        /// The server failed.
        case serverError = "server_error"
        /// The answer is not what the manifest describes.
        case unexpectedAnswer = "unexpected_answer"
        /// The request was refused as wrong.
        case badRequest = "bad_request"

        /// The one place where a code is tied to a recovery.
        package var disposition: Disposition {
            switch self {
            case .unreachable, .rateLimited, .serverError: .retry
            case .unauthorized, .forbidden: .pauseConnection
            case .unexpectedAnswer, .badRequest: .abortRun
            }
        }
    }

    /// Which failure this is.
    package let code: Code
    /// One line for an operator, free of field values and secrets.
    package let message: String
    /// How long the server asked to wait, if it said.
    package let retryAfter: Duration?

    /// Creates a failure.
    package init(_ code: Code, _ message: String, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    package var codeName: String { self.code.rawValue }
    package var disposition: Disposition { self.code.disposition }
    package var description: String { self.message }
}
