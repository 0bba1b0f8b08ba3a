import FakeCRM
import Records
import Store
import Synchronization

extension World {
    /// What may be asked at any time: no version floor ever sinks (S7).
    func watchFloors() {
        let links = try? self.store.read { transaction in
            try self.connectionNumbers(transaction).flatMap { connection in
                try Thing.allCases.flatMap { thing -> [(key: LinkKey, remoteVersion: Int64)] in
                    let object = try transaction.object(thing.type.rawValue)
                    return try transaction.linkMarks(connection, object, limit: .max).map { mark in
                        (key: LinkKey(connection, object, mark.remote), remoteVersion: mark.remoteVersion)
                    }
                }
            }
        }
        for link in links ?? [] {
            if let known = self.floors[link.key], link.remoteVersion < known {
                self.violations.append(
                    Violation(
                        "S7",
                        nil,
                        "the version floor of \(link.key.remote) sank by \(known - link.remoteVersion)"
                    )
                )
            }
            self.floors[link.key] = link.remoteVersion
        }
    }

    private func connectionNumbers(_ transaction: Transaction) throws -> [ConnectionNumber] {
        try Home.remotes.compactMap { try transaction.connection("\($0)")?.number }
    }

    /// What came of everything.
    package func evidence(keepsEndState: Bool = false) throws -> Evidence {
        let exchanges = self.networks.mapValues { network in network.state.withLock(\.exchanges) }
        var evidence = try self.store.read { transaction in
            var maker = EvidenceMaker(
                scenario: self.scenario,
                crms: self.crms,
                mappings: self.mappings,
                exchanges: exchanges,
                transaction: transaction,
                chronicle: self.chronicle,
                keepsEndState: keepsEndState
            )
            return try maker.make()
        }
        if self.scenario.faults[.clockJumps] != nil { evidence.rateBreaks = [] }
        evidence.leaks = self.watch.leaks
        evidence.noticed = self.violations
        return evidence
    }

    /// How often each fault happened.
    package var faultCounts: [FaultKind: Int] {
        self.networks.values.reduce(into: self.counts) { counts, network in
            counts.merge(network.state.withLock(\.counts), uniquingKeysWith: +)
        }
    }

    /// The faults that happened, so that they can be spared.
    package var fired: [FaultID] { self.networks.values.flatMap { $0.state.withLock(\.fired) }.sorted() }

    /// A hash over everything that happened on the wire, on our side and in the CRMs.
    package func traceHash() throws -> UInt64 {
        var trace = self.trace
        for home in Home.remotes {
            if let network = self.networks[home] { trace.add(Int64(bitPattern: network.state.withLock(\.trace.hash))) }
            for change in self.crms[home]?.changes() ?? [] {
                trace.add(change.id)
                trace.add(change.time)
                trace.add(change.property)
                trace.add(change.new)
            }
        }
        for entry in try self.store.read({ try $0.journal(after: 0, limit: .max) }) {
            trace.add(entry.at.microseconds)
            trace.add(entry.record.description)
            for change in entry.changes { trace.add("\(change.property)=\(change.new)") }
        }
        return trace.hash
    }
}
