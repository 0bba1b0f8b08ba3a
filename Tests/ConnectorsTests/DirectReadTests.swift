import Connectors
import FakeCRM
import Records
import Testing
import Transport

/// Reading by id and by key: one answer for each key, whatever the order, the gaps and the strangers in the answer.
@Suite struct DirectReadTests {
    static let selection = RemoteSelection(properties: ["firstname"])

    static func answer(_ records: [(id: String, email: String)]) -> ScriptedTransport.Step {
        let results = records.map { record in
            #"{"id":"\#(record.id)","updatedAt":"2026-11-22T09:00:00Z","properties":{"email":"\#(record.email)"}}"#
        }
        return .answer(207, #"{"results":[\#(results.joined(separator: ","))]}"#)
    }

    static func read(_ transport: ScriptedTransport, _ keys: [Text], by property: String?) async throws -> [Text?] {
        try await Workbench.account(transport)
            .read("contacts", keys: keys, by: property, selecting: Self.selection).map { $0?.id }
    }

    @Test func keysAreTiedWhateverTheOrder() async throws {
        let transport = ScriptedTransport([
            Self.answer([("3", "c@x.example"), ("1", "a@x.example")]), Self.answer([]),
        ])
        #expect(try await Self.read(transport, ["1", "2", "3", "1", ""], by: nil) == ["1", nil, "3", "1", nil])
        let inputs = transport.bodies[0]["inputs"]
        #expect(inputs == [["id": "1"], ["id": "2"], ["id": "3"]])
        // A merged record could hide behind its winner, so that the missing one is asked for once more.
        #expect(transport.bodies[1]["inputs"] == [["id": "2"]])
    }

    @Test func emailsAreTiedInEitherCase() async throws {
        let transport = ScriptedTransport([Self.answer([("1", "ada@x.example")])])
        #expect(try await Self.read(transport, ["ADA@x.example"], by: "email") == ["1"])
        #expect(transport.bodies[0]["idProperty"] == "email")
        #expect(transport.bodies[0]["properties"] == ["firstname", "email", "hs_merged_object_ids"])
    }

    @Test func theOneStrangerBelongsToTheOneOpenKey() async throws {
        let transport = ScriptedTransport([Self.answer([("1", "a@x.example"), ("9", "main@x.example")])])
        let found = try await Self.read(transport, ["a@x.example", "second@x.example"], by: "email")
        #expect(found == ["1", "9"])
    }

    @Test func strangersAmongSeveralOpenKeysAreAskedForAlone() async throws {
        let transport = ScriptedTransport([
            Self.answer([("8", "x@x.example"), ("9", "y@x.example")]), Self.answer([]),
            Self.answer([("9", "y@x.example")]), Self.answer([("8", "x@x.example")]),
        ])
        let found = try await Self.read(transport, ["a@x.example", "b@x.example", "c@x.example"], by: "email")
        #expect(found == [nil, "9", "8"])
    }

    @Test func manyKeysAreReadInBatches() async throws {
        let transport = ScriptedTransport([Self.answer([]), Self.answer([]), Self.answer([])])
        let found = try await Self.read(transport, (1...201).map { Text(String($0)) }, by: nil)
        #expect(found.allSatisfy { $0 == nil })
        #expect(transport.bodies.map { $0["inputs"]?.array?.count } == [100, 100, 1])
    }

    @Test func whatCannotBeReadIsNotTakenForMissing() async throws {
        let body = #"{"results":[{"id":"1","properties":{"firstname":"Ada"}}]}"#
        let account = try Workbench.account(ScriptedTransport([.answer(200, body)]))
        let found = try await account.read("contacts", keys: ["1"], by: nil, selecting: Self.selection)
        #expect(found == [.unreadable(id: "1", properties: 1)])
    }

    /// Answers reads by id as HubSpot does; of some records it loses the id.
    private static func forgetful(_ nameless: Set<String>) -> ScriptedTransport {
        ScriptedTransport([]) { request in
            let inputs = request.body.flatMap { try? JSON(parsing: $0) }?["inputs"]?.array ?? []
            let records = inputs.compactMap { $0["id"]?.string }.map { id in
                let name = nameless.contains(id) ? "" : #""id":"\#(id)","#
                return #"{\#(name)"updatedAt":"2026-11-22T09:00:00Z","properties":{"firstname":"A"}}"#
            }
            return .answer(200, #"{"results":[\#(records.joined(separator: ","))]}"#)
        }
    }

    /// R13: it is found out who that is, and the others are read.
    @Test func aRecordWithoutItsIDStopsNobodyElse() async throws {
        let transport = Self.forgetful(["37"])
        let keys = (1...100).map { Text(String($0)) }
        let found = try await Workbench.account(transport)
            .read("contacts", keys: keys, by: nil, selecting: Self.selection)
        #expect(found.map { $0?.id } == keys)
        #expect(found.filter { $0?.isReadable == false }.map { $0?.id } == ["37"])
        #expect(transport.requests.count <= 15)
    }

    /// An answer that is damaged all over is nobody's fault; it is not asked for a hundred times.
    @Test func anAnswerWithoutAnyIDIsAFailure() async throws {
        let keys = (1...100).map { Text(String($0)) }
        let transport = Self.forgetful(Set(keys.map(\.string)))
        let account = try Workbench.account(transport)
        await #expect(throws: RemoteFailure.self) {
            try await account.read("contacts", keys: keys, by: nil, selecting: Self.selection)
        }
        #expect(transport.requests.count == 3)
    }

    // MARK: Holders

    /// An answer that cannot be made out is a failure, and never "nobody carries this key".
    @Test(arguments: [
        #"{"results":[{"id":"1","updatedAt":"2026-11"#, #"{"results":{"id":"1"}}"#, "{}", "[]", "", "null",
        "<html>maintenance</html>", #"{"results":[{"updatedAt":"2026-11-22T09:00:00Z","properties":{}}]}"#,
    ])
    func holdersAreNotMissingBecauseTheAnswerIsDamaged(body: String) async throws {
        let account = try Workbench.account(ScriptedTransport([], watch: { _ in .answer(200, body) }))
        await #expect(throws: RemoteFailure.self) {
            try await account.holders("contacts", of: ["k1"], by: "relais_id", selecting: Self.selection)
        }
    }

    /// A holder that is damaged stands for each key that nobody else answers.
    @Test func aHolderThatCannotBeReadIsThere() async throws {
        let body = """
            {"results":[{"id":"1","properties":{"relais_id":"k1"}},
            {"id":"2","updatedAt":"2026-11-22T09:00:00Z","properties":{"relais_id":"k2"}}]}
            """
        let account = try Workbench.account(ScriptedTransport([.answer(200, body)]))
        let found = try await account.holders("contacts", of: ["k1", "k2"], by: "relais_id", selecting: Self.selection)
        #expect(found.map { $0.map(\.id) } == [["1"], ["2"]])
        #expect(found.map { $0.map(\.isReadable) } == [[false], [true]])
    }

    @Test(arguments: [true, false]) func aMergedRecordAnswersUnderItsNewName(makesNewRecord: Bool) async throws {
        let time = TestTime()
        let habits = Habits(mergeMakesNewRecord: makesNewRecord)
        let fake = FakeCRMAccount(habits: habits, clock: FakeClock { time.now.milliseconds })
        let account = try Workbench.account(FakeTransport(account: fake), clock: time)
        let first = try fake.add(.contacts, ["firstname": "A"], by: 7)
        let second = try fake.add(.contacts, ["firstname": "B"], by: 7)
        let third = try fake.add(.contacts, ["firstname": "C"], by: 7)
        let winner = try fake.merge(.contacts, second, into: first, by: 7)
        let keys = [third, second, first].map { Text(String($0)) }
        let found = try await account.read("contacts", keys: keys, by: nil, selecting: Self.selection)
        #expect(found.map { $0?.id } == [keys[0], Text(String(winner)), Text(String(winner))])
        let value = RemotePropertyWrite(name: "firstname", value: .text("New"))
        let write = RemoteWrite(id: keys[1], basedOn: nil, key: "k", properties: [value])
        #expect(await account.update("contacts", [write]).map(\.outcome) == [.remapped(id: Text(String(winner)))])
    }
}
