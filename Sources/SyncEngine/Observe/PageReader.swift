import Connectors
import Mapping
import Records
import Store

/// A group of pages of one object, read but not yet taken in.
struct PageGroup: Sendable {
    var pages: [ReadPage] = []
    /// Why the reading ended before its time: to be thrown once the pages before it are written.
    var failure: (any Error)?

    var position: Text? { self.pages.last?.page.position }
    var hasMore: Bool { self.failure == nil && self.pages.last?.page.hasMore ?? false }
}

/// One page with the associations of those of its records that moved.
struct ReadPage: Sendable {
    let page: RemotePage
    let associations: AssociationTable
    /// The records, ready for the store; nil if the writer has to see to that.
    let prepared: PreparedPage?
}

/// Associated remote ids, by field position and by remote id.
struct AssociationTable: Sendable {
    private var sets: [Int: [Text: [Text]]] = [:]

    /// The associations of one record, by field position; a record that was not asked about has none here.
    func of(_ id: Text) -> [Int: [Text]] { self.sets.compactMapValues { $0[id] } }

    mutating func set(_ position: Int, of ids: [Text], to sets: [[Text]]) {
        for (id, set) in zip(ids, sets) { self.sets[position, default: [:]][id] = set }
    }
}

/// Reads pages of one object, several of them into one group, so that a transaction holds more than one page.
struct PageReader: Sendable {
    let session: SyncSession
    let lane: MappingLane
    /// The most pages of one group, which is one transaction.
    ///
    /// Match keys fall anywhere in their index, so that a transaction of few records writes as many of its pages as one of
    /// many: 80 pages of 100 records took a fifth less than 20.
    static let mostPages = 80
    /// How long a group may take to read: what a CRM gave at its own pace is committed twice a second, so that a kill costs
    /// no more than the pages of the last second.
    static let longestRead = Duration.milliseconds(500)

    /// Pages of this group.
    var pagesPerGroup = PageReader.mostPages
    /// Whether most records are likely to be new, so that it pays to prepare their making.
    var makesNew = false
    /// Whether the associations of records that did not move are asked for too: adding one need not move its record.
    var asksAllAssociations = false

    private var account: any RemoteAccount { self.session.context.account }
    private var runtime: MappingRuntime { self.lane.runtime }

    /// Reads pages from a position; at least one, or it throws.
    ///
    /// What was read before a failure is not lost with it.
    func read(from position: Text?) async throws -> PageGroup {
        var group = PageGroup()
        var next = position
        let deadline = self.session.context.clock.now.advanced(by: Self.longestRead)
        repeat {
            do {
                let page = try await self.page(at: next)
                next = page.page.position
                group.pages.append(page)
            } catch  where !group.pages.isEmpty {
                group.failure = error
            }
        } while group.hasMore && group.pages.count < self.pagesPerGroup && self.session.context.clock.now < deadline
        return group
    }

    private func page(at position: Text?) async throws -> ReadPage {
        let page = try await self.session.retrying.run {
            try await self.account.page(
                of: self.runtime.mapping.remoteObject,
                selecting: self.runtime.selection,
                at: position
            )
        }
        let associations = try await self.associations(of: self.moved(page.records))
        let prepared = self.lane.preparer?
            .prepare(page.records, owners: self.session.owners, makesNew: self.makesNew)
        return ReadPage(page: page, associations: associations, prepared: prepared)
    }

    /// The associations of records; nothing is asked for a mapping without any.
    ///
    /// `positions` names the fields that are wanted; nil wants all.
    func associations(of ids: [Text], at positions: Set<Int>? = nil) async throws -> AssociationTable {
        var table = AssociationTable()
        guard !ids.isEmpty else { return table }
        for position in self.runtime.associations where positions?.contains(position) ?? true {
            guard case .association(let other, let label) = self.runtime.mapping.fields[position].kind else { continue }
            let sets = try await self.session.retrying.run {
                try await self.account.associations(
                    from: self.runtime.mapping.remoteObject,
                    ids: ids,
                    to: other,
                    label: label
                )
            }
            table.set(position, of: ids, to: sets)
        }
        return table
    }

    /// The ids of the records that are new, or newer than what is known: only their associations are worth a request.
    private func moved(_ records: [RemoteRecord]) throws -> [Text] {
        guard !self.runtime.associations.isEmpty else { return [] }
        if self.asksAllAssociations { return records.filter { !$0.isArchived }.map(\.id) }
        return try self.session.context.store.read { transaction in
            try records.filter { record in
                guard !record.isArchived else { return false }
                let key = LinkKey(self.session.connection.number, self.lane.object, record.id)
                guard let link = try transaction.link(key) else { return true }
                return record.version > link.remoteVersion
            }
            .map(\.id)
        }
    }
}
