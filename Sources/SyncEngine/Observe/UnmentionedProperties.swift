import Connectors
import Mapping
import Records
import Store

/// The properties of a mapping that a CRM's answers leave out: an administrator took them away there, or hides them from us.
///
/// What is not mentioned shows nothing (R10). When such a property is back, nothing tells of the records that were read
/// meanwhile, so that all have to be read again, as after an edit of the mapping (R9).
struct UnmentionedProperties {
    let connection: String
    let lane: MappingLane

    private var name: String { "unmentioned/\(self.connection)/\(self.lane.mapping.name)" }
    private var backName: String { "back/\(self.connection)/\(self.lane.mapping.name)" }

    /// Compares what was left out last with the pages that were just read: a whole answer leaves it out of every record.
    func note(_ group: PageGroup, in transaction: Transaction) throws {
        let records = group.pages.lazy.flatMap(\.page.records).filter(\.isReadable)
        guard let sample = records.last else { return }
        let places = sample.values.indices.filter { place in
            sample.values[place] == .absent && records.allSatisfy { $0.values[place] == .absent }
        }
        let names = places.map { self.lane.runtime.selection.properties[$0] }
        let known = try transaction.cursor(self.name)?.string.split(separator: "\n").map(String.init) ?? []
        guard known != names else { return }
        try transaction.setCursor(self.name, to: Text(names.joined(separator: "\n")))
        let mapped = self.lane.runtime.selection.properties
        if known.contains(where: { mapped.contains($0) && !names.contains($0) }) {
            try transaction.setCursor(self.backName, to: "1")
        }
    }

    /// Whether a property came back since everything was read last; says so once.
    func areBack(in transaction: Transaction) throws -> Bool {
        guard try transaction.cursor(self.backName) != nil else { return false }
        try transaction.removeCursor(self.backName)
        return true
    }
}
