/// All records of one type, with what is needed to find them.
struct ObjectTable {
    let type: ObjectType
    var properties: PropertyTable
    /// In the order of their ids; rows are never removed, so a row number stays valid.
    private(set) var rows: [Record] = []
    /// For each unique property the record that holds a value.
    private var holders: [Int: [[UInt8]: Int64]] = [:]
    /// The same for values that are not in lower case, by their lower-case form.
    private var foldedHolders: [Int: [[UInt8]: Set<Int64>]] = [:]
    /// Merged ids and the record each became part of.
    var aliases: [Int64: Int64] = [:]
    /// Ids of archived records, ascending.
    private(set) var archivedIDs: [Int64] = []
    /// For each row that was changed since it was created, the versions of the changed properties, the oldest first.
    private(set) var histories: [Int: [ValueVersion]] = [:]
    var changes = ChangeLog()
    var lag = IndexLag()
    private(set) var nextID: Int64

    init(type: ObjectType, properties: [PropertyDefinition], firstID: Int64) {
        self.type = type
        self.properties = PropertyTable(properties)
        self.nextID = firstID
    }

    /// Takes the next free id.
    mutating func takeID() -> Int64 {
        defer { self.nextID += 1 }
        return self.nextID
    }

    /// Makes sure that no id up to this one is given out.
    mutating func reserveIDs(upTo id: Int64) { self.nextID = max(self.nextID, id + 1) }

    /// The row of an id, whatever its state; nil when it never existed.
    func row(of id: Int64) -> Int? {
        guard let first = self.rows.first?.id else { return nil }
        // Ids are mostly without gaps, so the first guess is mostly right.
        let guess = Int(clamping: id - first)
        if self.rows.indices.contains(guess), self.rows[guess].id == id { return guess }
        let position = self.firstRow(from: id)
        return position < self.rows.count && self.rows[position].id == id ? position : nil
    }

    /// The first row whose id is not below this one; the count of rows when there is none.
    func firstRow(from id: Int64) -> Int {
        var low = 0
        var high = self.rows.count
        while low < high {
            let middle = (low + high) / 2
            if self.rows[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The id a merged record lives on under, or the id itself.
    func survivor(of id: Int64) -> Int64 {
        var current = id
        while let next = self.aliases[current] { current = next }
        return current
    }

    /// The live record that holds a value of a unique property; nil when none does.
    func holder(of text: [UInt8], property: Int) -> Int64? {
        text.isEmpty ? nil : self.holders[property]?[text]
    }

    /// The live records that hold a value in any mix of capitals, by id.
    func holders(ofAnyCase text: [UInt8], property: Int) -> [Int64] {
        let folded = lowercased(text)
        let exact = [self.holder(of: text, property: property), self.holder(of: folded, property: property)]
        return Set(exact.compactMap { $0 } + (self.foldedHolders[property]?[folded] ?? [])).sorted()
    }

    /// Adds a record; its id must be above all others.
    mutating func insert(_ record: Record) {
        precondition(self.rows.last.map { $0.id < record.id } ?? true, "records are added in the order of their ids")
        self.rows.append(record)
        self.changes.append(row: self.rows.count - 1, time: record.updatedAt)
        self.reserveIDs(upTo: record.id)
        if record.state == .archived { self.noteArchived(record.id) }
        if record.isLive { self.claimValues(of: record) }
    }

    /// Changes a record in place and keeps the indexes right.
    mutating func modify(row: Int, _ change: (inout Record) -> Void) {
        if self.rows[row].isLive { self.releaseValues(of: self.rows[row]) }
        let before = self.rows[row]
        change(&self.rows[row])
        let after = self.rows[row]
        if after.isLive { self.claimValues(of: after) }
        if before.state != .archived, after.state == .archived { self.noteArchived(after.id) }
        if before.state == .archived, after.state != .archived { self.archivedIDs.removeAll { $0 == after.id } }
        if after.updatedAt != before.updatedAt { self.changes.append(row: row, time: after.updatedAt) }
    }

    /// Keeps a version of a value; the first change of a property also keeps the value it had before.
    mutating func remember(_ version: ValueVersion, row: Int, before: ValueVersion?) {
        var versions = self.histories[row] ?? []
        if let before, !versions.contains(where: { $0.property == version.property }) { versions.append(before) }
        versions.append(version)
        self.histories[row] = versions
    }

    /// Replaces the whole history of a row, or removes it.
    mutating func setHistory(row: Int, _ versions: [ValueVersion]?) { self.histories[row] = versions }

    /// Lets lookups by a property that has just become unique find the records that were there before.
    mutating func reindexUniqueValues() {
        self.holders = [:]
        self.foldedHolders = [:]
        for record in self.rows where record.isLive { self.claimValues(of: record) }
    }

    private mutating func noteArchived(_ id: Int64) {
        let position = self.archivedIDs.firstIndex { $0 > id } ?? self.archivedIDs.count
        self.archivedIDs.insert(id, at: position)
    }

    private mutating func claimValues(of record: Record) {
        for (property, text) in self.uniqueValues(of: record) {
            self.holders[property, default: [:]][text] = record.id
            let folded = lowercased(text)
            if folded != text { self.foldedHolders[property, default: [:]][folded, default: []].insert(record.id) }
        }
    }

    private mutating func releaseValues(of record: Record) {
        for (property, text) in self.uniqueValues(of: record) where self.holders[property]?[text] == record.id {
            self.holders[property]?[text] = nil
            let folded = lowercased(text)
            if folded != text { self.foldedHolders[property]?[folded]?.remove(record.id) }
        }
    }

    /// The values of unique properties, a contact's further e-mail addresses included.
    private func uniqueValues(of record: Record) -> [(property: Int, text: [UInt8])] {
        var found: [(property: Int, text: [UInt8])] = []
        for property in self.properties.uniqueNumbers {
            if let text = record.values[property], !text.isEmpty { found.append((property, text)) }
        }
        if self.type == .contacts, let email = self.properties.number(of: "email"),
            let more = self.properties.number(of: "hs_additional_emails"), let texts = record.values[more]
        {
            found += texts.split(separator: UInt8(ascii: ";")).map { (email, Array($0)) }
        }
        return found
    }
}
