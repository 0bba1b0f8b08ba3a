import Mapping
import Planning
import Records
import Store

/// Whole pages: what is new or did not change goes through the store's page path, everything else the ordinary way.
extension RecordApplier {
    /// The open page path, and what need not be looked at for each record.
    struct PageRoute {
        let writer: PageWriter
        let preparer: PagePreparer
        /// Whether anything is kept of this object's remote records; where nothing is, nothing need be forgotten.
        var hasObservations: Bool
        /// Whether a question about one of them is open.
        var hasReviews: Bool
    }

    /// Takes in records of one page, in their order; `makesNew` says whether they are likely to be new.
    mutating func take(_ records: [Incoming], makesNew: Bool) throws {
        guard let preparer = self.preparer, self.gate == nil else {
            for record in records { try self.apply(record, isDirect: false) }
            return
        }
        guard !records.isEmpty else { return }
        var builder = PageBuilder(preparer)
        for record in records {
            builder.add(record)
            if makesNew { builder.makeCreation(in: self.context) }
        }
        try self.take(builder.take())
    }

    /// Takes in a page that was prepared beside the writing of an earlier one.
    mutating func take(_ page: PreparedPage) throws {
        guard !page.entries.isEmpty else { return }
        try self.openRoute()
        guard let route = self.route else {
            for entry in page.entries { try self.apply(entry.record, isDirect: false) }
            return
        }
        try page.json.withUnsafeBufferPointer { json in
            try page.keys.withUnsafeBufferPointer { keys in
                let bytes = PageBytes(json: json, keys: keys, canons: page.canons)
                for entry in page.entries { try self.take(entry, bytes, route) }
            }
        }
    }

    /// The bytes of a page while it is taken in.
    private struct PageBytes {
        let json: UnsafeBufferPointer<UInt8>
        let keys: UnsafeBufferPointer<UInt8>
        let canons: [Range<Int>]

        func json(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: self.json[range]) }

        func key(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: self.keys[range]) }
    }

    private mutating func openRoute() throws {
        guard self.route == nil, self.gate == nil, let preparer = self.preparer,
            try self.transaction.storedIdentityKeys(of: self.localObject) == preparer.stored
        else { return }
        self.route = PageRoute(
            writer: try PageWriter(
                self.transaction,
                connection: self.connection,
                local: self.localObject,
                remote: self.object,
                shape: self.shape,
                cause: self.cause
            ),
            preparer: preparer,
            hasObservations: try self.transaction.hasObservations(self.connection, self.object),
            hasReviews: try self.transaction.hasOpenReviews(self.connection, self.object)
        )
    }

    private mutating func take(_ entry: PreparedPage.Entry, _ bytes: PageBytes, _ route: PageRoute) throws {
        let record = entry.record
        guard !record.isArchived, !entry.shadow.isEmpty else { return try self.apply(record, isDirect: false) }
        let id = bytes.key(entry.id)
        let match = try route.writer.compare(remote: id, version: record.version, shadow: bytes.json(entry.shadow))
        switch match {
        case .stale: self.counts.stale += 1
        case .same(let isNewer):
            if isNewer { try route.writer.confirm(remote: id, version: record.version) }
            try self.forgetObservation(of: record)
            self.counts.unchanged += 1
        case .differs(let link): try self.applyLinked(record, link: link, isDirect: false)
        case .missing: try self.takeNew(entry, bytes, route)
        }
    }

    /// A record without a link: made here if it is nobody we know and holds nothing that needs more thought.
    private mutating func takeNew(_ entry: PreparedPage.Entry, _ bytes: PageBytes, _ route: PageRoute) throws {
        let record = entry.record
        guard record.passesFilter, record.named == nil else { return try self.applyUnlinked(record) }
        switch entry.creation {
        case .ordinary: try self.applyUnlinked(record)
        case .ready(let properties, let canons):
            guard try self.isNobody(canons, bytes, route) else { return try self.applyUnlinked(record) }
            try self.create(entry, properties, canons, bytes, route)
        case .unmade:
            var builder = PageBuilder(route.preparer, capacity: 2_048)
            builder.add(record)
            builder.makeCreation(in: self.context)
            let page = builder.take()
            guard let made = page.entries.first, case .ready = made.creation else {
                return try self.applyUnlinked(record)
            }
            try page.json.withUnsafeBufferPointer { json in
                try page.keys.withUnsafeBufferPointer { keys in
                    try self.takeNew(made, PageBytes(json: json, keys: keys, canons: page.canons), route)
                }
            }
        }
    }

    /// Whether no match key finds anybody; who is found is a question for the matcher.
    private func isNobody(_ canons: Int, _ bytes: PageBytes, _ route: PageRoute) throws -> Bool {
        for (place, key) in self.identityKeys.enumerated() {
            let canon = bytes.canons[canons + place]
            if canon.isEmpty { continue }
            guard try route.writer.find(key, canon: bytes.key(canon)) == .none else { return false }
        }
        return true
    }

    private mutating func create(
        _ entry: PreparedPage.Entry,
        _ properties: Range<Int>,
        _ canons: Int,
        _ bytes: PageBytes,
        _ route: PageRoute
    ) throws {
        let id = self.ids.next()
        try route.writer.insert(
            id,
            remote: bytes.key(entry.id),
            version: entry.record.version,
            properties: bytes.json(properties),
            shadow: bytes.json(entry.shadow)
        )
        for (place, stored) in route.preparer.stored.enumerated() {
            let canon = bytes.canons[canons + self.identityKeys.count + place]
            if !canon.isEmpty { try route.writer.insertIdentity(id, stored.number, canon: bytes.key(canon)) }
        }
        self.counts.createdLocally += 1
        if self.route?.hasReviews ?? true {
            try self.settleReviews(about: LinkKey(self.connection, self.object, entry.record.id))
        }
        try self.forgetObservation(of: entry.record)
    }

    private func forgetObservation(of record: Incoming) throws {
        guard self.route?.hasObservations ?? true else { return }
        try self.transaction.removeObservation(LinkKey(self.connection, self.object, record.id))
    }
}
