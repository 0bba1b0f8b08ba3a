package import Records

/// How safe a write is against an edit that we have not seen (R2).
package enum LostUpdateProtection: String, Sendable, CaseIterable {
    /// Writes are conditional: the CRM refuses one that is based on an old version.
    case none
    /// Values that we overwrote unseen can be found afterwards in the CRM's property history.
    case detected
    /// There is a window between the read just before the write and the write itself.
    case window
}

/// What one product's API can and cannot do, as its manifest says.
package struct RemoteTraits: Sendable {
    /// The product's name: `hubspot`.
    package let product: String
    /// How safe writes are; printed by `doctor`.
    package let lostUpdate: LostUpdateProtection
    /// How long the search index may lag behind the records.
    package let indexLag: Duration
    /// The unique property that carries our record's id, by object; an object without one is not in the table (R4).
    package let createKeys: [String: String]
    /// Properties that the CRM keeps unique, by object: a record can be read directly by them.
    package let uniqueProperties: [String: [String]]
    /// The most inputs of one write.
    package let batchSize: Int
    /// The most keys of one direct read.
    package let readBatchSize: Int
    /// How the CRM spells a cleared text: `""` or null.
    package let clearedText: Value
    /// Remote objects whose references are properties of the record, not associations.
    package let hasAssociations: Bool
    /// Properties that the CRM lets climb only, by object: a step back takes a clear before it (R5).
    package let forwardOnly: [String: [String]]
    /// The objects whose create key nobody keeps unique: the CRM would take the same create twice (R4).
    package let unenforcedKeys: Set<String>
    /// The most ids of one read with histories; nil if the product keeps none, or nobody wants them (R2).
    package let historyBatchSize: Int?
    /// What the product makes of texts, by object; nothing is known of those that are not in the table.
    package let storedForms: [String: StoredForms]
    /// The lists and campaigns that records can be put on.
    package let lists: [RemoteListTraits]
    /// The activities that can be written.
    package let activities: [RemoteActivityTraits]

    /// Creates the traits.
    package init(
        product: String,
        lostUpdate: LostUpdateProtection,
        indexLag: Duration,
        createKeys: [String: String],
        uniqueProperties: [String: [String]],
        batchSize: Int,
        readBatchSize: Int,
        clearedText: Value,
        hasAssociations: Bool,
        forwardOnly: [String: [String]] = [:],
        unenforcedKeys: Set<String> = [],
        historyBatchSize: Int? = nil,
        storedForms: [String: StoredForms] = [:],
        lists: [RemoteListTraits] = [],
        activities: [RemoteActivityTraits] = []
    ) {
        self.product = product
        self.lostUpdate = lostUpdate
        self.indexLag = indexLag
        self.createKeys = createKeys
        self.uniqueProperties = uniqueProperties
        self.batchSize = batchSize
        self.readBatchSize = readBatchSize
        self.clearedText = clearedText
        self.hasAssociations = hasAssociations
        self.forwardOnly = forwardOnly
        self.unenforcedKeys = unenforcedKeys
        self.historyBatchSize = historyBatchSize
        self.storedForms = storedForms
        self.lists = lists
        self.activities = activities
    }
}
