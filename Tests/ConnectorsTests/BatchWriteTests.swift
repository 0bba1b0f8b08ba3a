import Connectors
import Records
import Synchronization
import Testing
import Transport

/// How the answers of batches are tied to their inputs, and how refusals are narrowed down.
@Suite struct BatchWriteTests {
    static func creates(_ count: Int) -> [RemoteWrite] {
        (0..<count).map { number in
            let value = RemotePropertyWrite(name: "firstname", value: .text("Ada \(number)"))
            return RemoteWrite(id: nil, basedOn: nil, key: "k\(number)", properties: [value])
        }
    }

    @Test func partialResultsAreTiedByTraceID() async throws {
        let body = """
            {"status":"COMPLETE","results":[
              {"id":"13","objectWriteTraceId":"k3","updatedAt":"2026-11-22T09:00:00.003Z","properties":{"firstname":"Ada"}},
              {"id":"10","objectWriteTraceId":"k0","updatedAt":"2026-11-22T09:00:00Z"}],
             "numErrors":2,"errors":[
              {"status":"error","category":"VALIDATION_ERROR","message":"bad stage",
               "context":{"objectWriteTraceId":["k1"],"propertyName":["lifecyclestage"]}},
              {"category":"CONFLICT","message":"Contact already exists. Existing ID: 99",
               "context":{"objectWriteTraceId":["k4"]}}]}
            """
        let transport = ScriptedTransport([.answer(207, body)])
        let results = try await Workbench.account(transport).create("contacts", Self.creates(5))
        #expect(
            results.map(\.outcome) == [
                .created(id: "10", version: 1_795_338_000_000_000),
                .rejected(field: "lifecyclestage", reason: "bad stage"),
                .unknown(reason: "the answer does not mention it"),
                .created(id: "13", version: 1_795_338_000_003_000),
                .linked(id: "99"),
            ]
        )
        #expect(results[3].values == [RemotePropertyWrite(name: "firstname", value: .text("Ada"))])
        #expect(results[0].values.isEmpty)
        #expect(transport.requests.count == 1)
    }

    @Test func withoutTraceIDsTheCreateKeyTiesThem() async throws {
        let inputs = (0..<3).map { number in
            let key = RemotePropertyWrite(name: "relais_id", value: .text("r\(number)"))
            return RemoteWrite(id: nil, basedOn: nil, key: "k\(number)", properties: [key])
        }
        let body =
            #"{"results":[{"id":"2","properties":{"relais_id":"r2"}},{"id":"0","properties":{"relais_id":"r0"}}]}"#
        let transport = ScriptedTransport([.answer(201, body)])
        let results = try await Workbench.account(transport).create("contacts", inputs)
        #expect(results.map(\.outcome.name) == ["created", "unknown", "created"])
    }

    @Test func anotherIDIsARemap() async throws {
        let body = #"{"results":[{"id":"50","objectWriteTraceId":"k"}]}"#
        let account = try Workbench.account(ScriptedTransport([.answer(200, body)]))
        let write = RemoteWrite(id: "7", basedOn: nil, key: "k", properties: [])
        #expect(await account.update("contacts", [write]).map(\.outcome) == [.remapped(id: "50")])
    }

    /// A server that refuses any batch with one of the marked names in it, as a whole.
    static func refusing(_ marks: Set<Int>) -> ScriptedTransport {
        ScriptedTransport([]) { request in
            guard let body = request.body.flatMap({ try? JSON(parsing: $0) }), let inputs = body["inputs"]?.array
            else { return .answer(500, "{}") }
            let names = inputs.compactMap { $0["properties"]?["firstname"]?.string }
            let bad = names.contains { name in marks.contains { name == "Ada \($0)" } }
            if bad { return .answer(400, #"{"category":"VALIDATION_ERROR","message":"one of them is wrong"}"#) }
            let results = inputs.compactMap { $0["objectWriteTraceId"]?.string }.map { key in
                #"{"id":"1\#(key.dropFirst())","objectWriteTraceId":"\#(key)"}"#
            }
            return .answer(201, #"{"results":[\#(results.joined(separator: ","))]}"#)
        }
    }

    @Test func oneBadRecordIsFoundByHalving() async throws {
        let transport = Self.refusing([37])
        let results = try await Workbench.account(transport).create("contacts", Self.creates(100))
        for (index, result) in results.enumerated() {
            let expected = index == 37 ? "rejected" : "created"
            #expect(result.outcome.name == expected)
        }
        // One for all, and two for each halving of a hundred.
        #expect(transport.requests.count <= 15)
    }

    @Test func halvingIsBounded() async throws {
        let transport = Self.refusing(Set(0..<100))
        let results = try await Workbench.account(transport).create("contacts", Self.creates(100))
        #expect(transport.requests.count == 66)
        #expect(Set(results.map(\.outcome.name)) == ["rejected", "transient"])
    }

    @Test func batchesAreNoLargerThanTheManifestSays() async throws {
        let transport = Self.refusing([])
        let results = try await Workbench.account(transport).create("contacts", Self.creates(250))
        #expect(results.allSatisfy { $0.outcome.name == "created" })
        #expect(transport.bodies.map { $0["inputs"]?.array?.count } == [100, 100, 50])
    }

    @Test func aLostAnswerIsNeverFollowedByAnotherTry() async throws {
        let transport = ScriptedTransport([
            .answer(400, #"{"message":"one of them is wrong"}"#), .failure(.reset(sentRequest: true)),
            .answer(400, #"{"message":"wrong"}"#),
        ])
        let results = try await Workbench.account(transport).create("contacts", Self.creates(2))
        #expect(results.map(\.outcome.name) == ["unknown", "rejected"])
        #expect(transport.requests.count == 3)
    }

    @Test func valuesAreSentInTheFormsOfTheManifest() async throws {
        let values: [(String, Value)] = [
            ("a", .text("x")), ("b", .null), ("c", .number(Number("1200.50") ?? Number(0))), ("d", .flag(true)),
            ("e", .date(CalendarDate(days: 20_779))), ("f", .instant(Workbench.start)),
            ("g", .set(of: ["z", "y"])), ("h", .absent),
        ]
        let write = RemoteWrite(
            id: "7",
            basedOn: nil,
            key: "k",
            properties: values.map { RemotePropertyWrite(name: $0.0, value: $0.1) }
        )
        let transport = ScriptedTransport([.answer(200, "{}")])
        _ = try await Workbench.account(transport).update("contacts", [write])
        let sent = transport.bodies.first?["inputs"]?[0]
        let expected: JSON = [
            "id": "7", "objectWriteTraceId": "k",
            "properties": [
                "a": "x", "b": "", "c": "1200.5", "d": "true", "e": "2026-11-22", "f": "2026-11-22T09:00:00.000Z",
                "g": "y;z",
            ],
        ]
        #expect(sent == expected)
    }

    @Test func unknownObjectsAreRefusedWithoutARequest() async throws {
        let transport = ScriptedTransport([])
        let results = try await Workbench.account(transport).create("tickets", Self.creates(2))
        let outcome = Outcome.rejected(field: nil, reason: "the manifest of HubSpot cannot create tickets")
        #expect(results.map(\.outcome) == [outcome, outcome])
        #expect(transport.requests.isEmpty)
    }
}
