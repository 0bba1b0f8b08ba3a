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
        /// Whether somebody was erased, so that each new record must be looked at.
        let hasErased: Bool
        /// Whether a question about one of them is open.
        var hasReviews: Bool
        /// The linked records about whose identity a question is open; it is closed if they are as they were.
        let doubted: Set<Text>
        /// Which records of the page are new as the store was when the page began; nil once something else was written.
        var isNew: [Bool]?
    }

    /// Takes in records of one page, in their order; `makesNew` says whether they are likely to be new.
    mutating func take(_ records: [Incoming], makesNew: Bool) throws {
        guard let preparer = self.preparer, self.gate == nil else {
            for record in records { try self.attempt(record) { try $0.apply(record, isDirect: false) } }
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
            for entry in page.entries {
                try self.attempt(entry.record) { try $0.apply(entry.record, isDirect: false) }
            }
            return
        }
        try page.json.withUnsafeBufferPointer { json in
            try page.keys.withUnsafeBufferPointer { keys in
                let bytes = PageBytes(json: json, keys: keys, canons: page.canons)
                route.writer.startPage()
                let isNew = try self.newcomers(page.entries, bytes, route)
                self.route?.isNew = isNew
                for (place, entry) in page.entries.enumerated() {
                    if let new = self.creation(of: entry, at: place, bytes, route) {
                        try self.create(entry, new.properties, new.canons, bytes, route)
                    } else {
                        try self.take(entry, bytes, route)
                    }
                }
                try route.writer.flush()
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
        guard self.route == nil, self.gate == nil, !self.isolates, let preparer = self.preparer,
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
            hasErased: try self.transaction.hasErasedKeys(),
            hasReviews: try self.transaction.hasOpenReviews(self.connection, self.object),
            doubted: try self.transaction.doubtedRemotes(self.connection, self.object)
        )
    }

    // MARK: New records, the page as a whole

    /// Which records of a page have neither a link nor anybody with their match keys, found with a few statements for
    /// all of them; nil where that does not pay.
    private func newcomers(
        _ entries: [PreparedPage.Entry],
        _ bytes: PageBytes,
        _ route: PageRoute
    ) throws -> [Bool]? {
        let first = entries.map { entry -> Int? in
            guard case .ready(_, let canons) = entry.creation else { return nil }
            return canons
        }
        guard first.contains(where: { $0 != nil }),
            try !route.writer.mayHaveLinks(entries.lazy.map { bytes.key($0.id) })
        else { return nil }
        var isNew = first.map { $0 != nil }
        for (place, key) in self.identityKeys.enumerated() {
            let canons = first.map { bytes.key($0.map { bytes.canons[$0 + place] } ?? 0..<0) }
            for found in try route.writer.places(of: key, among: canons) { isNew[found] = false }
        }
        return isNew
    }

    /// What a record is made of that is new for certain; nil if it has to be looked at by itself.
    ///
    /// What was found for the page as a whole holds until something else than new records is written; what the page
    /// brought itself is known by name.
    private func creation(
        of entry: PreparedPage.Entry,
        at place: Int,
        _ bytes: PageBytes,
        _ route: PageRoute
    ) -> (properties: Range<Int>, canons: Int)? {
        guard let isNew = self.route?.isNew, isNew[place], entry.record.named == nil, entry.record.passesFilter,
            entry.record.merged.isEmpty, entry.record.successor == nil, !route.hasErased,
            !entry.record.isArchived, case .ready(let properties, let canons) = entry.creation,
            !route.writer.hasAdded(remote: bytes.key(entry.id))
        else { return nil }
        for (place, key) in self.identityKeys.enumerated() {
            let canon = bytes.canons[canons + place]
            if !canon.isEmpty, route.writer.hasAdded(key, canon: bytes.key(canon)) { return nil }
        }
        return (properties, canons)
    }

    // MARK: One record

    private mutating func take(_ entry: PreparedPage.Entry, _ bytes: PageBytes, _ route: PageRoute) throws {
        let record = entry.record
        let isPlain = !record.isArchived && record.merged.isEmpty && record.successor == nil && record.passesFilter
        guard isPlain, !entry.shadow.isEmpty, route.doubted.isEmpty || !route.doubted.contains(record.id) else {
            try self.leavePage(route)
            return try self.apply(record, isDirect: false)
        }
        let id = bytes.key(entry.id)
        let match = try route.writer.compare(remote: id, version: record.version, shadow: bytes.json(entry.shadow))
        switch match {
        case .stale: self.counts.stale += 1
        case .same(let isNewer):
            if isNewer { try route.writer.confirm(remote: id, version: record.version) }
            if self.route?.hasObservations ?? true { try route.writer.forget(remote: id) }
            self.counts.unchanged += 1
        case .differs(let link):
            try self.leavePage(route)
            try self.applyLinked(record, link: link, isDirect: false)
        case .missing: try self.takeNew(entry, bytes, route)
        }
    }

    /// Goes on the ordinary way, which has to see what was added, and may write anything.
    private mutating func leavePage(_ route: PageRoute) throws {
        try route.writer.flush()
        self.route?.isNew = nil
    }

    /// A record without a link: made here if it is nobody we know and holds nothing that needs more thought.
    private mutating func takeNew(_ entry: PreparedPage.Entry, _ bytes: PageBytes, _ route: PageRoute) throws {
        let record = entry.record
        guard record.passesFilter, record.named == nil, !route.hasErased else {
            return try self.takeUnlinked(record, route)
        }
        switch entry.creation {
        case .ordinary: try self.takeUnlinked(record, route)
        case .ready(let properties, let canons):
            guard try self.isNobody(canons, bytes, route) else { return try self.takeUnlinked(record, route) }
            try self.create(entry, properties, canons, bytes, route)
        case .unmade:
            // A transform may look for what was added.
            try route.writer.flush()
            var builder = PageBuilder(route.preparer, capacity: 2_048)
            builder.add(record)
            builder.makeCreation(in: self.context)
            let page = builder.take()
            guard let made = page.entries.first, case .ready = made.creation else {
                return try self.takeUnlinked(record, route)
            }
            try page.json.withUnsafeBufferPointer { json in
                try page.keys.withUnsafeBufferPointer { keys in
                    try self.takeNew(made, PageBytes(json: json, keys: keys, canons: page.canons), route)
                    try route.writer.flush()
                }
            }
        }
    }

    private mutating func takeUnlinked(_ record: Incoming, _ route: PageRoute) throws {
        try self.leavePage(route)
        try self.applyUnlinked(record)
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
        route.writer.add(
            self.ids.next(),
            remote: bytes.key(entry.id),
            version: entry.record.version,
            properties: bytes.json(properties),
            shadow: bytes.json(entry.shadow)
        )
        for (place, stored) in route.preparer.stored.enumerated() {
            let canon = bytes.canons[canons + self.identityKeys.count + place]
            if !canon.isEmpty { route.writer.addIdentity(stored.number, canon: bytes.key(canon)) }
        }
        self.counts.createdLocally += 1
        if self.route?.hasReviews ?? true, try route.writer.isAskedAbout(remote: bytes.key(entry.id)) {
            try self.settleReviews(about: LinkKey(self.connection, self.object, entry.record.id))
        }
        if self.route?.hasObservations ?? true { try route.writer.forget(remote: bytes.key(entry.id)) }
    }
}
