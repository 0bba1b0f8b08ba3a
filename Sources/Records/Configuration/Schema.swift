/// The type of a property in the local store.
package enum PropertyType: Hashable, Sendable {
    /// Any text.
    case text
    /// An exact decimal number.
    case number
    /// True or false.
    case flag
    /// A day without a zone.
    case date
    /// A point in time.
    case instant
    /// One of a list of texts.
    case option([Text])
    /// Any number of a list of texts; an empty list allows any text.
    case set([Text])
    /// A lifecycle stage, by name, in the order of the schema's lifecycle.
    case stage
    /// The e-mail address of a person of ours, such as a sales owner.
    case owner
    /// A record of the named object, as the text of its id.
    case reference(object: String)

    /// The name of the type in `schema.yaml`.
    package var name: String {
        switch self {
        case .text: "text"
        case .number: "number"
        case .flag: "flag"
        case .date: "date"
        case .instant: "datetime"
        case .option: "option"
        case .set: "set"
        case .stage: "stage"
        case .owner: "owner"
        case .reference: "reference"
        }
    }
}

/// One property of an object.
package struct PropertySchema: Hashable, Sendable {
    /// The name in mappings, expressions and the store; lower-case letters, digits and underscores.
    package let name: String
    /// What the property may hold.
    package let type: PropertyType
    /// What a person calls it.
    package let label: String

    /// Creates a property.
    package init(name: String, type: PropertyType, label: String) {
        self.name = name
        self.type = type
        self.label = label
    }
}

/// One object (contact, company, deal, or one of the company's own) and its properties.
package struct ObjectSchema: Hashable, Sendable {
    /// The singular name: `contact`.
    package let name: String
    /// The properties in the order of the file.
    package let properties: [PropertySchema]

    /// Creates an object.
    package init(name: String, properties: [PropertySchema]) {
        self.name = name
        self.properties = properties
    }

    /// The property of that name, if the object has one.
    package func property(_ name: String) -> PropertySchema? {
        self.properties.first { $0.name.hasSameBytes(as: name) }
    }
}

/// The lifecycle: its stages in order, and the side stages that stand outside the order.
package struct Lifecycle: Hashable, Sendable {
    /// The stages from the first to the furthest.
    package let stages: [Text]
    /// Stages outside the order, such as `disqualified`; reaching or leaving one takes a decision.
    package let sideStages: [Text]
    /// The place of each side stage in comparisons, below 0 for "before the first stage"; in the order of `sideStages`.
    package let sideRanks: [Int]

    /// The stages of the design: subscriber to evangelist, and `disqualified`.
    package static let standard = Lifecycle(
        stages: ["subscriber", "lead", "mql", "sql", "opportunity", "customer", "evangelist"],
        sideStages: ["disqualified"]
    )

    /// Creates a lifecycle; side stages without a rank get negative ones, from -1 down.
    package init(stages: [Text], sideStages: [Text], sideRanks: [Int] = []) {
        self.stages = stages
        self.sideStages = sideStages
        self.sideRanks = sideStages.indices.map { $0 < sideRanks.count ? sideRanks[$0] : -1 - $0 }
    }

    /// The place of a stage in the order, from 0; nil for a side stage or an unknown one.
    package func rank(of stage: Text) -> Int? { self.stages.firstIndex(of: stage) }

    /// What a stage counts as where expressions compare stages; nil for an unknown one.
    package func comparisonRank(of stage: Text) -> Int? {
        self.rank(of: stage) ?? self.sideStages.firstIndex(of: stage).map { self.sideRanks[$0] }
    }
}

/// The objects of the store, as `schema.yaml` declares them.
package struct Schema: Hashable, Sendable {
    /// The objects in the order of the file.
    package let objects: [ObjectSchema]
    /// The lifecycle of contacts.
    package let lifecycle: Lifecycle

    /// Creates a schema.
    package init(objects: [ObjectSchema], lifecycle: Lifecycle = .standard) {
        self.objects = objects
        self.lifecycle = lifecycle
    }

    /// The object of that name, if the schema has one.
    package func object(_ name: String) -> ObjectSchema? {
        self.objects.first { $0.name.hasSameBytes(as: name) }
    }
}
