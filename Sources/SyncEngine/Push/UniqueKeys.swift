import Connectors
import Mapping
import Planning
import Records
import Store

/// Values that the CRM keeps unique, on their way from one record to another (R7).
///
/// Who takes a value that another record of the batch gives up has to wait for it. Who wait for each other, as after a
/// swap of two addresses, would be refused one by one; they are parked together, naming each other.
struct UniqueKeys {
    private let positions: [Int]

    init(_ lane: MappingLane, traits: RemoteTraits) {
        self.positions = (traits.uniqueProperties[lane.mapping.remoteObject] ?? [])
            .compactMap { lane.runtime.position(ofRemote: $0) }
    }

    var isEmpty: Bool { self.positions.isEmpty }

    /// One record's plan, as far as it is about a unique value.
    struct Move {
        let remote: Text
        let field: Int
        let from: [UInt8]
        let to: [UInt8]
    }

    func moves(_ plan: RecordPlan, of remote: Text) -> [Move] {
        plan.toRemote.compactMap { write in
            guard self.positions.contains(write.field) else { return nil }
            return Move(remote: remote, field: write.field, from: Self.canon(write.old), to: Self.canon(write.new))
        }
    }

    /// Which records of a batch have to wait for others, and which wait for each other.
    func sort(_ moves: [Move]) -> (waiting: Set<Text>, circles: [[Move]]) {
        var holders: [Int: [[UInt8]: Move]] = [:]
        for move in moves where !move.from.isEmpty { holders[move.field, default: [:]][move.from] = move }
        var waiting: Set<Text> = []
        var circles: [[Move]] = []
        var parked: Set<Text> = []
        for move in moves where !parked.contains(move.remote) {
            var chain = [move]
            while let next = holders[move.field]?[chain[chain.count - 1].to],
                next.remote != chain[chain.count - 1].remote
            {
                if next.remote == move.remote {
                    circles.append(chain)
                    parked.formUnion(chain.map(\.remote))
                    break
                }
                // A chain that runs into somebody else's circle.
                if chain.contains(where: { $0.remote == next.remote }) { break }
                chain.append(next)
            }
            if chain.count > 1, !parked.contains(move.remote) { waiting.insert(move.remote) }
        }
        return (waiting.subtracting(parked), circles)
    }

    /// The bytes by which values are the same to a CRM that ignores the case of letters.
    private static func canon(_ value: Value) -> [UInt8] {
        guard case .text(let text) = value else { return [] }
        return Array(text.string.lowercased().utf8)
    }
}

extension RecordApplier {
    /// Parks records that wait for each other's unique values; each names the others.
    mutating func park(_ circle: [UniqueKeys.Move]) throws {
        for move in circle {
            let key = LinkKey(self.connection, self.object, move.remote)
            guard let link = try self.transaction.link(key), let record = try self.transaction.record(link.record)
            else {
                continue
            }
            let others = circle.filter { $0.remote != move.remote }.map(\.remote.string).joined(separator: ", ")
            let local = self.runtime.localValues(record.values)[move.field]
            let seen = try self.transaction.observation(key)?.values
            let remote = try seen?[move.field] ?? link.remoteShadow()[move.field] ?? .absent
            self.counts.fieldsRejected += 1
            try self.hold(
                move.field,
                .rejected,
                "swapped with \(others), and the CRM keeps it unique: swap it there, or clear one of them first",
                local,
                remote,
                link
            )
        }
    }
}
