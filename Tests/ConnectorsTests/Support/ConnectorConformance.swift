import Connectors
import Records
import Testing

/// What every connector must do, whatever its product: run against a fake account, a recorded one or a real one.
struct ConnectorConformance: Sendable {
    /// The account under test.
    let account: ManifestAccount
    /// The object that the checks make records of.
    let object: String
    /// A text property that can be written.
    let property: String
    /// The values of a new record, all different for different numbers.
    let values: @Sendable (Int) -> [RemotePropertyWrite]
    /// A record that the CRM refuses; nil if it refuses none.
    let refused: [RemotePropertyWrite]?
    /// Lets as much time pass as the index may lag.
    let settle: @Sendable () async throws -> Void
    /// Changes `property` as somebody else.
    let outsider: @Sendable (Text, String) async throws -> Void

    /// The value that a new record of this number has in `property`.
    private func value(of number: Int) -> Value {
        self.values(number).first { $0.name == self.property }?.value ?? .absent
    }

    private var selection: RemoteSelection { RemoteSelection(properties: [self.property]) }

    /// Reads pages until no more wait; gives the records by id and the last position.
    func pull(from position: Text? = nil) async throws -> (records: [Text: RemoteRecord], position: Text, pages: Int) {
        var records: [Text: RemoteRecord] = [:]
        var (position, pages, hasMore) = (position, 0, true)
        while hasMore {
            let page = try await self.account.page(of: self.object, selecting: self.selection, at: position)
            #expect(page.unreadable.isEmpty)
            for record in page.records { records[record.id] = record }
            (position, pages, hasMore) = (page.position, pages + 1, page.hasMore)
            try #require(pages < 1000)
        }
        return (records, try #require(position), pages)
    }

    /// Makes records and gives their ids.
    func make(_ numbers: Range<Int>) async throws -> [Text] {
        let inputs = numbers.map { RemoteWrite(id: nil, basedOn: nil, key: "k\($0)", properties: self.values($0)) }
        return try await self.account.create(self.object, inputs).map { result in
            guard case .created(let id, _) = result.outcome else {
                Issue.record("not created: \(result.outcome)")
                throw CancellationError()
            }
            return id
        }
    }

    func set(_ id: Text, to text: String, basedOn: Int64? = nil, key: String = "one") -> RemoteWrite {
        let value = RemotePropertyWrite(name: self.property, value: .text(text))
        return RemoteWrite(id: id, basedOn: basedOn, key: key, properties: [value])
    }

    func read(_ ids: [Text]) async throws -> [RemoteRecord?] {
        try await self.account.read(self.object, keys: ids, by: nil, selecting: self.selection)
    }
}

// MARK: - The checks

extension ConnectorConformance {
    /// What was made is there, under the id that the answer gave, with its values, in the order of the question.
    func createdRecordsCanBeRead() async throws {
        let ids = try await self.make(0..<5)
        #expect(Set(ids).count == 5)
        let missing = Text("999999999")
        let found = try await self.read([ids[3], missing, ids[1], ids[3]])
        #expect(found.map { $0?.id } == [ids[3], nil, ids[1], ids[3]])
        #expect(found[0]?.values == [self.value(of: 3)])
    }

    /// Everything comes in the first pass, and nothing but the overlap afterwards, with one request.
    func aQuietReadIsOneRequest() async throws {
        let ids = try await self.make(10..<13)
        try await self.settle()
        let first = try await self.pull()
        #expect(Set(ids).isSubset(of: Set(first.records.keys)))
        try await self.settle()
        let second = try await self.pull(from: first.position)
        try await self.settle()
        let before = self.account.requestsMade
        let third = try await self.pull(from: second.position)
        #expect(self.account.requestsMade == before + 1)
        #expect(third.pages == 1)
        #expect(third.records.isEmpty)
    }

    /// What somebody else changes comes with the next read, with a higher version.
    func changesOfOthersAppear() async throws {
        let ids = try await self.make(20..<23)
        try await self.settle()
        let first = try await self.pull()
        try await self.outsider(ids[1], "Changed elsewhere")
        try await self.settle()
        let second = try await self.pull(from: first.position)
        let (old, new) = (try #require(first.records[ids[1]]), try #require(second.records[ids[1]]))
        #expect(new.values == [.text("Changed elsewhere")])
        #expect(new.version > old.version)
    }

    /// What changes while the pages are read is not lost between them.
    func changesDuringTheFirstPassAppear() async throws {
        let ids = try await self.make(30..<32)
        try await self.settle()
        let page = try await self.account.page(of: self.object, selecting: self.selection, at: nil)
        try await self.outsider(ids[0], "Changed in between")
        let late = try await self.make(32..<33)
        try await self.settle()
        var (position, hasMore, seen) = (page.position, page.hasMore, [Text: RemoteRecord]())
        for _ in 0..<3 {
            while hasMore {
                let next = try await self.account.page(of: self.object, selecting: self.selection, at: position)
                for record in next.records { seen[record.id] = record }
                (position, hasMore) = (next.position, next.hasMore)
            }
            hasMore = true
        }
        #expect(seen[ids[0]]?.values == [.text("Changed in between")])
        #expect(seen[late[0]] != nil)
    }

    /// An update changes what it names and nothing else; each input has its answer.
    func updatesHaveOneResultEach() async throws {
        let ids = try await self.make(40..<43)
        let writes = [ids[2], ids[0]].enumerated().map { self.set($1, to: "Updated \($0)", key: "u\($0)") }
        let results = await self.account.update(self.object, writes)
        for result in results {
            guard case .updated = result.outcome else {
                Issue.record("not updated: \(result.outcome)")
                return
            }
        }
        let found = try await self.read(ids)
        #expect(found[0]?.values == [.text("Updated 1")])
        #expect(found[1]?.values == [self.value(of: 41)])
        #expect(found[2]?.values == [.text("Updated 0")])
    }

    /// One record that the CRM refuses is reported as refused; the others are made.
    func oneRefusedRecordStopsNobody() async throws {
        guard let refused else { return }
        var inputs = (50..<58).map { RemoteWrite(id: nil, basedOn: nil, key: "k\($0)", properties: self.values($0)) }
        inputs[3] = RemoteWrite(id: nil, basedOn: nil, key: "bad", properties: refused)
        let results = await self.account.create(self.object, inputs)
        #expect(results.count == inputs.count)
        for (index, result) in results.enumerated() {
            switch (index, result.outcome) {
            case (3, .rejected(_, let reason)): #expect(!reason.isEmpty)
            case (3, _): Issue.record("not refused: \(result.outcome)")
            case (_, .created): break
            default: Issue.record("not created: \(result.outcome)")
            }
        }
    }

    /// Writing to what does not exist any more says so, and does not stop the rest of the batch.
    func aMissingRecordIsGone() async throws {
        let ids = try await self.make(60..<62)
        let writes = [
            self.set(ids[0], to: "A", key: "a"), self.set(Text("999999999"), to: "B", key: "b"),
            self.set(ids[1], to: "C", key: "c"),
        ]
        let results = await self.account.update(self.object, writes)
        #expect(results[1].outcome == .gone)
        let found = try await self.read(ids)
        #expect(found.map { $0?.values } == [[.text("A")], [.text("C")]])
    }

    /// What is archived is reported as archived or not found, never as a live record.
    func archivedRecordsAreNoLiveOnes() async throws {
        let ids = try await self.make(70..<72)
        #expect(await self.account.archive(self.object, ids: [ids[0]]) == [.updated(version: nil)])
        try await self.settle()
        let found = try await self.read(ids)
        #expect(found[0].map { $0.isArchived } ?? true)
        #expect(found[1]?.isArchived == false)
    }

    /// A write that is based on an old version is refused where the product can do that.
    func staleWritesConflict() async throws {
        guard self.account.traits.lostUpdate == .none else { return }
        let ids = try await self.make(80..<82)
        let before = try await self.read(ids)
        try await self.outsider(ids[0], "Newer")
        let writes = ids.enumerated().map { self.set($1, to: "Mine", basedOn: before[$0]?.version, key: "s\($0)") }
        let results = await self.account.update(self.object, writes)
        #expect(results[0].outcome == .conflict)
        let after = try await self.read(ids)
        #expect(after.map { $0?.values } == [[.text("Newer")], [.text("Mine")]])
    }

    /// A record made with our id can be found by it, directly.
    func theCreateKeyFindsARecord() async throws {
        let key = try #require(self.account.traits.createKeys[self.object])
        #expect(try await self.account.prepareCreateKey(for: self.object))
        #expect(try await self.account.prepareCreateKey(for: self.object))
        let mark = "0193-conformance-\(UInt64.random(in: 0...UInt64.max))"
        let properties = self.values(90) + [RemotePropertyWrite(name: key, value: .text(mark))]
        let input = RemoteWrite(id: nil, basedOn: nil, key: "k", properties: properties)
        let results = await self.account.create(self.object, [input])
        guard case .created(let id, _) = results[0].outcome else {
            Issue.record("not created: \(results[0].outcome)")
            return
        }
        let found = try await self.account.read(
            self.object,
            keys: ["nobody", Text(mark)],
            by: key,
            selecting: self.selection
        )
        #expect(found.map { $0?.id } == [nil, id])
    }

    /// The schema knows the property, and that it can be written.
    func theSchemaKnowsTheProperty() async throws {
        let properties = try await self.account.discover(self.object)
        let property = try #require(properties.first { $0.name == self.property })
        #expect(!property.isReadOnly)
        #expect(Set(properties.map(\.name)).count == properties.count)
    }

    /// The account says who it is, the same each time.
    func theAccountHasAnID() async throws {
        let id = try await self.account.accountID()
        #expect(!id.isEmpty)
        #expect(try await self.account.accountID() == id)
    }

    /// Associations can be added twice, read and removed twice.
    func associationsComeAndGo(to other: String, _ target: Text, label: String?) async throws {
        let ids = try await self.make(95..<97)
        func change(_ isRemoval: Bool) async -> [Outcome] {
            let input = AssociationWrite(from: ids[0], to: target, isRemoval: isRemoval)
            return await self.account.associate(from: self.object, to: other, label: label, [input])
        }
        func state() async throws -> [[Text]] {
            try await self.account.associations(from: self.object, ids: ids, to: other, label: label)
        }
        #expect(try await state() == [[], []])
        #expect(await change(false) == [.updated(version: nil)])
        #expect([.updated(version: nil), .unchanged].contains(await change(false)[0]))
        #expect(try await state() == [[target], []])
        #expect(await change(true) == [.updated(version: nil)])
        #expect([.updated(version: nil), .unchanged].contains(await change(true)[0]))
        #expect(try await state() == [[], []])
    }
}
