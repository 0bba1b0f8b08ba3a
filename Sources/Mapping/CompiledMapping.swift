package import CEL
package import Records

/// One field of a mapping, ready to run.
package final class MappingField: Sendable {
    /// What kind of thing the remote side of the field is.
    package enum Kind: Hashable, Sendable {
        /// A property of the remote record.
        case property
        /// A set of associated remote records, written by calls of its own; the label is the API's, such as `primary`.
        case association(remoteObject: String, label: String?)
        /// No remote property of its own: the value comes from an expression over the whole record.
        case computed
    }

    /// The local property; nil if the field only fills a remote one (a constant, a computed push).
    package let local: String?
    /// The remote property, or the remote object of an association; nil for a pull by expression.
    package let remote: String?
    /// What kind of thing the remote side is.
    package let kind: Kind
    /// Which way changes travel.
    package let direction: SyncDirection
    /// Who wins when both sides changed.
    package let onConflict: ConflictPolicy
    /// Who wins on first contact; nil if the mapping does not say.
    package let initial: FirstContactPolicy?
    /// What a clear means.
    package let onClear: ClearPolicy
    /// The side whose value always stands, nil for equals.
    ///
    /// The other side's edits are written back.
    package let authority: Side?
    /// What to do with a value that the CRM filled in when it created the record.
    package let onCreateDefault: CreateDefaultPolicy
    /// The transform between both sides.
    package let lens: any Lens
    /// The type of the local property.
    package let type: PropertyType
    /// What the field allows beyond who wins.
    package let rules: FieldRules
    /// For a computed field: the expression that gives the value of the written side.
    package let expression: CELProgram?
    /// What a new remote record gets while the local value is blank, from the whole local record; nil if nothing.
    package let newValue: CELProgram?
    /// A hash of everything that decides what the field's shadow means; a change of it drops the shadow (R9).
    package let fingerprint: String
    /// Where the field stands in its file.
    package let location: SourceLocation
    /// What it holds of a remote text that it shares with other fields; nil for a property of its own.
    package let part: FieldPart?

    /// Creates a field.
    package init(
        local: String?,
        remote: String?,
        kind: Kind = .property,
        direction: SyncDirection = .both,
        onConflict: ConflictPolicy = .manual,
        initial: FirstContactPolicy? = nil,
        onClear: ClearPolicy = .propagate,
        authority: Side? = nil,
        onCreateDefault: CreateDefaultPolicy = .pull,
        lens: any Lens = LensChain([]),
        type: PropertyType = .text,
        rules: FieldRules = FieldRules(),
        expression: CELProgram? = nil,
        newValue: CELProgram? = nil,
        fingerprint: String = "",
        location: SourceLocation = SourceLocation(file: ""),
        part: FieldPart? = nil
    ) {
        self.local = local
        self.remote = remote
        self.kind = kind
        self.direction = direction
        self.onConflict = onConflict
        self.initial = initial
        self.onClear = onClear
        self.authority = authority
        self.onCreateDefault = onCreateDefault
        self.lens = lens
        self.type = type
        self.rules = rules
        self.expression = expression
        self.newValue = newValue
        self.fingerprint = fingerprint
        self.location = location
        self.part = part
    }

    /// What messages call the field: its local property, else its remote one.
    package var name: String { self.local ?? self.remote ?? "" }
}

/// Whether a mapping creates, or changes, records on either side.
package struct WaySwitches: Hashable, Sendable {
    /// From the CRM to the store.
    package let pull: Bool
    /// From the store to the CRM.
    package let push: Bool

    /// Creates the switches.
    package init(pull: Bool = true, push: Bool = true) {
        self.pull = pull
        self.push = push
    }

    /// Whether changes travel from that side.
    package func isOn(from side: Side) -> Bool { side == .remote ? self.pull : self.push }
}

/// How long a mapping's filters bind.
package enum FilterKind: String, Hashable, Sendable, CaseIterable {
    /// A linked record that leaves them is frozen (R18).
    case continuous
    /// They decide over the entry only.
    case entry
}

/// What a mapping does about records that one side deletes (R10).
package struct DeleteSwitches: Hashable, Sendable {
    /// What a deletion on one side does to the other.
    package enum Answer: String, Hashable, Sendable, CaseIterable {
        /// Nothing: the link rests, and the record is not made again.
        case ignore
        /// The other side archives its record too.
        case archive
    }

    /// What happens to a record that was deleted on one side and edited on the other since both last agreed.
    package enum Edited: String, Hashable, Sendable, CaseIterable {
        /// A person decides; until then nothing is deleted and nothing is written.
        case review
        /// The edit wins: the record comes back on the side that deleted it.
        case keep
        /// The deletion wins; the edit stays in the journal.
        case archive
    }

    /// What follows when the CRM archives or deletes a linked record.
    package let pull: Answer
    /// What follows when we delete a linked record.
    package let push: Answer
    /// Who wins against an edit on the other side.
    package let edited: Edited

    /// Creates the switches; by default deletions stay where they are.
    package init(pull: Answer = .ignore, push: Answer = .ignore, edited: Edited = .review) {
        self.pull = pull
        self.push = push
        self.edited = edited
    }
}

/// What happens to two of our records when the CRM merges the remote records that they are linked to (R17).
package enum MergePolicy: String, Hashable, Sendable, CaseIterable {
    /// Ours are merged as well; the one whose remote record survives stays.
    case follow
    /// A person decides.
    case review
}

/// One mapping file, checked and ready to run.
package final class CompiledMapping: Sendable {
    /// The name in the file: `hubspot/contact`.
    package let name: String
    /// The connection it belongs to.
    package let connection: String
    /// The local object.
    package let localObject: String
    /// The remote object, by its name in the connector's manifest.
    package let remoteObject: String
    /// The fields; their positions are the positions in shadows and plans.
    package let fields: [MappingField]
    /// Fields that move together (R15), as positions; fields outside every group stand alone.
    package let groups: [[Int]]
    /// The match keys in order, each a list of field positions (R7).
    package let match: [[Int]]
    /// What to do when several records match.
    package let duplicates: DuplicatePolicy
    /// Which fields say who a record is.
    package let identity: IdentityRule
    /// A stable hash of what decides which remote records are taken in: the filters, the match keys, the switches.
    package let intake: String
    /// Which remote records are taken in; nil takes all.
    package let pullFilter: CELProgram?
    /// The filters of the mappings of the same remote object that come before this one: what they take is theirs (R17).
    package let earlierFilters: [CELProgram]
    /// Which local records are sent out; nil sends all.
    package let pushFilter: CELProgram?
    /// How long the filters bind.
    package let filterKind: FilterKind
    /// Whether records are created on either side.
    package let create: WaySwitches
    /// Whether linked records are changed on either side.
    package let update: WaySwitches
    /// What a deletion on one side does to the other.
    package let delete: DeleteSwitches
    /// What the CRM's merges do to two records of ours.
    package let merges: MergePolicy
    /// A hash of the whole file, for "the mapping changed since".
    package let fingerprint: String
    /// The lifecycle of the schema, for `furthest`.
    package let lifecycle: Lifecycle
    /// The path of the file, as findings name it.
    package let file: String
    /// The local object with all its properties, in the order in which expressions take them.
    package let localSchema: ObjectSchema
    /// Role addresses such as `info@` that may identify a record all the same (R7): `info`, or a whole address.
    package let allowedRoleAddresses: [Text]
    /// The remote properties to ask for, without repetition; expressions and `MappingApplier` take values in this order.
    package let remoteProperties: [String]
    /// For each field the place of its remote property in `remoteProperties`; nil for associations and pulled expressions.
    package let remoteSlots: [Int?]
    /// The remote texts that several fields hold parts of.
    package let joints: [JointText]
    /// The properties that are counted over other records, in the order of the file.
    package let rollUps: [RollUp]
    /// The lists of the CRM on which segments of ours are to be, in the order of the file.
    package let memberships: [ListMembership]
    /// The events that the CRM gets as activities, in the order of the file.
    package let activities: [ActivityRule]
    /// What expressions need to know of the local properties.
    let propertyTypes: PropertyTypes

    /// Creates a mapping; `remoteProperties` follows from the fields, and so does `identity` where none is given.
    ///
    /// `besides` are remote properties that only the earlier filters need.
    package init(
        name: String,
        connection: String,
        localObject: String,
        remoteObject: String,
        fields: [MappingField],
        groups: [[Int]] = [],
        match: [[Int]] = [],
        duplicates: DuplicatePolicy = .review,
        pullFilter: CELProgram? = nil,
        earlierFilters: [CELProgram] = [],
        besides: [String] = [],
        pushFilter: CELProgram? = nil,
        filterKind: FilterKind = .continuous,
        create: WaySwitches = WaySwitches(),
        update: WaySwitches = WaySwitches(),
        delete: DeleteSwitches = DeleteSwitches(),
        merges: MergePolicy = .follow,
        fingerprint: String = "",
        lifecycle: Lifecycle = .standard,
        localSchema: ObjectSchema? = nil,
        allowedRoleAddresses: [Text] = [],
        intake: String = "",
        identity: IdentityRule? = nil,
        rollUps: [RollUp] = [],
        memberships: [ListMembership] = [],
        activities: [ActivityRule] = [],
        file: String = ""
    ) {
        self.rollUps = rollUps
        self.memberships = memberships
        self.activities = activities
        self.file = file
        self.intake = intake
        let schema = localSchema ?? ObjectSchema(name: localObject, properties: [])
        self.localSchema = schema
        self.allowedRoleAddresses = allowedRoleAddresses
        self.identity = identity ?? .standard(fields)
        self.propertyTypes = PropertyTypes(of: schema, lifecycle: lifecycle)
        let properties = RemoteProperties(of: fields, besides: besides)
        self.remoteProperties = properties.names
        self.remoteSlots = properties.slots
        self.joints = Self.joints(of: fields, slots: properties.slots)
        self.name = name
        self.connection = connection
        self.localObject = localObject
        self.remoteObject = remoteObject
        self.fields = fields
        self.groups = groups
        self.match = match
        self.duplicates = duplicates
        self.pullFilter = pullFilter
        self.earlierFilters = earlierFilters
        self.pushFilter = pushFilter
        self.filterKind = filterKind
        self.create = create
        self.update = update
        self.delete = delete
        self.merges = merges
        self.fingerprint = fingerprint
        self.lifecycle = lifecycle
    }
}

/// The remote properties that fields name, each once, in the order of the fields.
struct RemoteProperties {
    private(set) var names: [String] = []
    private(set) var slots: [Int?] = []

    init(of fields: [MappingField], besides: [String] = []) {
        for field in fields {
            if case .association = field.kind {
                self.slots.append(nil)
            } else {
                self.slots.append(field.remote.map { self.slot(of: $0) })
            }
        }
        for name in besides { _ = self.slot(of: name) }
    }

    private mutating func slot(of name: String) -> Int {
        if let known = self.names.firstIndex(where: { $0.hasSameBytes(as: name) }) { return known }
        self.names.append(name)
        return self.names.count - 1
    }
}
