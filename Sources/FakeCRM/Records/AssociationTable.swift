/// The associations of an account, each kept in both directions.
struct AssociationTable {
    /// One typed association seen from one side.
    struct Link: Equatable {
        var to: Int64
        var type: Int
    }

    /// From which record, towards which type of record.
    private struct Key: Hashable {
        var from: ObjectType
        var to: ObjectType
        var id: Int64
    }

    private var links: [Key: [Link]] = [:]

    /// The associations of a record, by the other record's id and then by type number.
    func links(from: ObjectType, _ id: Int64, to: ObjectType) -> [Link] {
        self.links[Key(from: from, to: to, id: id)] ?? []
    }

    /// Associates two records; setting a primary one takes the label from the record that had it.
    ///
    /// Returns false when it was there already.
    @discardableResult
    mutating func add(_ type: AssociationType, from: Int64, to: Int64) -> Bool {
        if self.links(from: type.from, from, to: type.to).contains(Link(to: to, type: type.id)) { return false }
        if type.isPrimary { self.clearPrimary(type, from: from, to: to) }
        self.insert(Link(to: to, type: type.id), at: Key(from: type.from, to: type.to, id: from))
        if type.from != type.to || from != to {
            self.insert(Link(to: from, type: type.inverse), at: Key(from: type.to, to: type.from, id: to))
        }
        return true
    }

    /// Takes one typed association away; false when it was not there.
    @discardableResult
    mutating func remove(_ type: AssociationType, from: Int64, to: Int64) -> Bool {
        let there = self.take(Link(to: to, type: type.id), at: Key(from: type.from, to: type.to, id: from))
        self.take(Link(to: from, type: type.inverse), at: Key(from: type.to, to: type.from, id: to))
        return there
    }

    /// Takes all associations between two records away; false when there were none.
    @discardableResult
    mutating func removeAll(from: ObjectType, _ fromID: Int64, to: ObjectType, _ toID: Int64) -> Bool {
        let found = self.links(from: from, fromID, to: to).filter { $0.to == toID }
        for link in found {
            if let type = AssociationType.named(link.type, from: from, to: to) {
                self.remove(type, from: fromID, to: toID)
            }
        }
        return !found.isEmpty
    }

    /// Takes a record out of all associations.
    mutating func removeRecord(_ type: ObjectType, _ id: Int64) {
        for other in ObjectType.allCases {
            for link in self.links(from: type, id, to: other) { self.removeAll(from: type, id, to: other, link.to) }
        }
    }

    /// Every association once, in a stable order, seen from the side with the lower type number.
    var all: [(type: AssociationType, from: Int64, to: Int64)] {
        var found: [(type: AssociationType, from: Int64, to: Int64)] = []
        for (key, links) in self.links {
            for link in links {
                guard let type = AssociationType.named(link.type, from: key.from, to: key.to) else { continue }
                let isCanonical = type.id < type.inverse || (type.id == type.inverse && key.id <= link.to)
                if isCanonical { found.append((type, key.id, link.to)) }
            }
        }
        return found.sorted { ($0.type.id, $0.from, $0.to) < ($1.type.id, $1.from, $1.to) }
    }

    /// A primary label is held once on the side of the one, so `contact → primary company` and not the reverse.
    private mutating func clearPrimary(_ type: AssociationType, from: Int64, to: Int64) {
        let isForward = type.id < type.inverse
        let (side, id, other) = isForward ? (type.from, from, type.to) : (type.to, to, type.from)
        let label = isForward ? type.id : type.inverse
        guard let forward = AssociationType.named(label, from: side, to: other) else { return }
        for link in self.links(from: side, id, to: other) where link.type == label {
            self.remove(forward, from: id, to: link.to)
        }
    }

    private mutating func insert(_ link: Link, at key: Key) {
        var links = self.links[key] ?? []
        guard !links.contains(link) else { return }
        let position = links.firstIndex { ($0.to, $0.type) > (link.to, link.type) } ?? links.count
        links.insert(link, at: position)
        self.links[key] = links
    }

    @discardableResult
    private mutating func take(_ link: Link, at key: Key) -> Bool {
        guard let position = self.links[key]?.firstIndex(of: link) else { return false }
        self.links[key]?.remove(at: position)
        if self.links[key]?.isEmpty == true { self.links[key] = nil }
        return true
    }
}
