import Connectors
import Foundation
import Records
import Synchronization
import Testing
import Transport

/// What goes over the wire to Tryton and what its answers mean, from exchanges recorded with trytond 8.2.
@Suite struct TrytonWireTests {
    /// A server that knows a few methods, and counts its logins.
    final class Server: Sendable {
        let answers: @Sendable (String, JSON) -> ScriptedTransport.Step?
        let logins = Mutex(0)
        let expired = Mutex(0)
        /// The headers of sessions that ran out.
        let revoked = Mutex<Set<String>>([])

        init(_ answers: @escaping @Sendable (String, JSON) -> ScriptedTransport.Step?) {
            self.answers = answers
        }

        var transport: ScriptedTransport {
            ScriptedTransport([]) { request in self.answer(request) }
        }

        private func answer(_ request: HTTPRequest) -> ScriptedTransport.Step {
            guard let body = request.body.flatMap({ try? JSON(parsing: $0) }), let method = body["method"]?.string,
                let params = body["params"]
            else { return .answer(400, "") }
            if method == "common.db.login" {
                let count = self.logins.withLock { logins in
                    logins += 1
                    return logins
                }
                return .answer(200, #"{"id":1,"result":[1,"session-\#(count)",null]}"#)
            }
            let isExpired = self.expired.withLock { expired in
                guard expired > 0 else { return false }
                expired -= 1
                return true
            }
            let header = request.headers["Authorization"]
            guard let header, !isExpired, !self.revoked.withLock({ $0.contains(header) }) else {
                return .answer(401, "<!doctype html>")
            }
            if let answer = self.answers(method, params) { return answer }
            switch method {
            case "model.res.user.get_preferences": return .answer(200, #"{"id":1,"result":{"company":3}}"#)
            case "model.company.company.search_read": return .answer(200, #"{"id":1,"result":[{"id":3,"party":9}]}"#)
            case "model.company.employee.search_read": return .answer(200, #"{"id":1,"result":[{"id":1,"party":11}]}"#)
            default: return .answer(500, method)
            }
        }
    }

    static func account(_ transport: ScriptedTransport) throws -> ManifestAccount {
        try Workbench.account(
            transport,
            manifest: Workbench.manifest("tryton"),
            credentials: ["login": Secret("admin"), "password": Secret("secret-word")],
            baseURL: "http://127.0.0.1:8000/crm"
        )
    }

    static func write(_ id: Text?, _ values: [(String, Value)], key: String = "k", basedOn: Int64? = nil) -> RemoteWrite
    {
        let properties = values.map { RemotePropertyWrite(name: $0.0, value: $0.1) }
        return RemoteWrite(id: id, basedOn: basedOn, key: key, properties: properties)
    }

    /// The parameters of the last call of a method.
    static func params(_ transport: ScriptedTransport, _ method: String) -> JSON? {
        transport.bodies.last { $0["method"]?.string == method }?["params"]
    }

    static let context: JSON = ["company": 3, "language": "en", "active_test": false]

    @Test func currenciesAreReadAndWrittenByTheirCodes() async throws {
        let server = Server { method, _ in
            switch method {
            case "model.currency.currency.search_read":
                .answer(200, #"{"id":1,"result":[{"id":7,"code":"EUR"},{"id":9,"code":"USD"}]}"#)
            case "model.sale.opportunity.search_read":
                .answer(
                    200,
                    #"{"id":1,"result":[{"id":1,"currency":9},{"id":2,"currency":8},{"id":3,"currency":null}]}"#.dated
                )
            case "model.sale.opportunity.create": .answer(200, #"{"id":1,"result":[4]}"#)
            default: nil
            }
        }
        let transport = server.transport
        let account = try Self.account(transport)
        let selection = RemoteSelection(properties: ["currency"])
        let page = try await account.page(of: "deals", selecting: selection, at: nil)
        // A currency that nobody can name is unreadable, not cleared.
        #expect(page.records.map(\.values) == [["USD"], [.absent], [.null]])
        let results = await account.create(
            "deals",
            [Self.write(nil, [("currency", "EUR")]), Self.write(nil, [("currency", "XXX")], key: "other")]
        )
        #expect(results[0].outcome == .created(id: "4", version: nil))
        #expect(
            results[1].outcome == .rejected(field: "currency", reason: "there is no such currency in the CRM")
        )
        #expect(Self.params(transport, "model.sale.opportunity.create")?[0]?[0]?["currency"] == 7)
        #expect(transport.bodies.count { $0["method"]?.string == "model.currency.currency.search_read" } == 1)
    }

    @Test func theSessionIsTakenOnceAndKept() async throws {
        let server = Server { method, _ in
            method == "model.party.party.search_read" ? .answer(200, #"{"id":1,"result":[]}"#) : nil
        }
        let transport = server.transport
        let account = try Self.account(transport)
        let selection = RemoteSelection(properties: ["name", "email"])
        _ = try await account.page(of: "contacts", selecting: selection, at: nil)
        _ = try await account.page(of: "contacts", selecting: selection, at: nil)
        #expect(server.logins.withLock { $0 } == 1)
        #expect(transport.requests[0].url == "http://127.0.0.1:8000/crm/rpc/")
        // The answer to a login is a secret: recordings leave both bodies out.
        #expect(transport.requests.map(\.hidesBodies) == transport.requests.indices.map { $0 == 0 })
        #expect(transport.requests[0].headers["Authorization"] == nil)
        // base64 of admin:1:session-1
        #expect(transport.requests[1].headers["Authorization"] == "Session YWRtaW46MTpzZXNzaW9uLTE=")
        let fields: JSON = [
            "name", "contact_mechanisms.type", "contact_mechanisms.value", "contact_mechanisms.active", "active",
            "last_modified_at", "replaced_by", "contact_mechanisms.last_modified_at",
        ]
        let domain: JSON = [
            [
                [["id", "not in", [9]], ["id", "not in", [11]]],
                ["categories", "not where", [["name", "=", "Company"]]],
            ], ["id", ">", 0],
        ]
        let expected = JSON.array([domain, 0, 200, [["id", "ASC"]], fields, Self.context])
        #expect(Self.params(transport, "model.party.party.search_read") == expected)
        #expect(account.requestsMade == 6)
    }

    @Test func anExpiredSessionIsTakenAgainOnce() async throws {
        let server = Server { method, _ in
            method == "model.party.party.write" ? .answer(200, #"{"id":1,"result":null}"#) : nil
        }
        let account = try Self.account(server.transport)
        #expect(await account.archive("contacts", ids: ["5"]) == [.updated(version: nil)])
        server.expired.withLock { $0 = 1 }
        #expect(await account.archive("contacts", ids: ["5"]) == [.updated(version: nil)])
        #expect(server.logins.withLock { $0 } == 2)
        #expect(account.denial == nil)
        // A session that is refused right after the login is not taken a third time.
        server.expired.withLock { $0 = 2 }
        let refused = await account.archive("contacts", ids: ["5"])
        #expect(refused == [.transient(reason: "HTTP 401: no message")])
        #expect(account.denial?.code == .unauthorized)
        #expect(server.logins.withLock { $0 } == 3)
    }

    /// Pain 25: two requests whose session had run out each took a new one, and threw the other's away.
    @Test func pain25RefreshesOfOneSessionRanAgainstEachOther() async throws {
        let server = Server { method, _ in
            method == "model.party.party.write" ? .answer(200, #"{"id":1,"result":null}"#) : nil
        }
        let account = try Self.account(server.transport)
        #expect(await account.archive("contacts", ids: ["5"]) == [.updated(version: nil)])
        server.revoked.withLock { $0 = ["Session YWRtaW46MTpzZXNzaW9uLTE="] }
        let outcomes = await withTaskGroup(of: [Outcome].self) { group in
            for id in 1...4 { group.addTask { await account.archive("contacts", ids: [Text(String(id))]) } }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(outcomes == Array(repeating: .updated(version: nil), count: 4))
        #expect(account.denial == nil)
        #expect(server.logins.withLock { $0 } == 2, "one of them took a session for all")
    }

    @Test func aPartyIsErasedForGoodOneAtATime() async throws {
        let server = Server { method, _ in
            method == "model.party.party.delete" ? .answer(200, #"{"id":1,"result":null}"#) : nil
        }
        let transport = server.transport
        let account = try Self.account(transport)
        #expect(await account.erase("contacts", ids: ["5", "6"]) == [.updated(version: nil), .updated(version: nil)])
        #expect(transport.bodies.count { $0["method"]?.string == "model.party.party.delete" } == 2)
        #expect(Self.params(transport, "model.party.party.delete")?[0] == [6])
        // An opportunity is no person: the manifest has no such call.
        guard case .rejected = await account.erase("deals", ids: ["7"])[0] else {
            Issue.record("deals cannot be erased")
            return
        }
    }

    @Test func aPageIsReadWithRowsTypesAndVersions() async throws {
        let body = #"""
            {"id":9,"result":[
            {"id":3,"write_date":null,"name":"Acme GmbH","active":1,"replaced_by":null,"last_modified_at":{"__class__":
            "datetime","year":2026,"month":11,"day":22,"hour":0,"minute":18,"second":32,"microsecond":200133},
            "contact_mechanisms.":[
              {"id":1,"type":"website","value":"https://acme.example","active":1,"last_modified_at":{"__class__":"datetime",
               "year":2026,"month":11,"day":22,"hour":0,"minute":18,"second":32,"microsecond":0}},
              {"id":2,"type":"email","value":"old@acme.example","active":0},
              {"id":4,"type":"email","value":"info@acme.example","active":1,"last_modified_at":{"__class__":"datetime",
               "year":2026,"month":11,"day":22,"hour":0,"minute":18,"second":33,"microsecond":5}}]},
            {"id":4,"name":"","active":0,"replaced_by":null,"contact_mechanisms.":[],"last_modified_at":{"__class__":
            "datetime","year":2026,"month":11,"day":22,"hour":0,"minute":0,"second":0,"microsecond":1}}]}
            """#
        let server = Server { method, _ in method == "model.party.party.search_read" ? .answer(200, body) : nil }
        let selection = RemoteSelection(properties: ["name", "email", "phone", "active"])
        let page = try await Self.account(server.transport).page(of: "contacts", selecting: selection, at: nil)
        let midnight = try #require(Instant("2026-11-22T00:00:00Z")).microseconds
        #expect(
            page.records == [
                RemoteRecord(
                    id: "3",
                    version: midnight + (18 * 60 + 33) * 1_000_000 + 5,
                    values: ["Acme GmbH", "info@acme.example", .null, .flag(true)]
                ),
                RemoteRecord(
                    id: "4",
                    version: midnight + 1,
                    values: ["", .null, .null, .flag(false)],
                    isArchived: true
                ),
            ]
        )
        #expect(page.unreadable.isEmpty)
        #expect(!page.hasMore)
    }

    @Test func companiesGetTheirCategoryAndRowsOnCreate() async throws {
        let server = Server { method, _ in
            switch method {
            case "model.party.category.search_read": .answer(200, #"{"id":1,"result":[]}"#)
            case "model.party.category.create": .answer(200, #"{"id":1,"result":[77]}"#)
            case "model.party.party.create": .answer(200, #"{"id":4,"result":[41,42]}"#)
            default: nil
            }
        }
        let transport = server.transport
        let account = try Self.account(transport)
        let writes = [
            Self.write(nil, [("name", "Acme"), ("website", "https://acme.example"), ("email", .null)], key: "a"),
            Self.write(nil, [("relais_id", "r-1")], key: "b"),
        ]
        let results = await account.create("companies", writes)
        #expect(results.map(\.outcome) == [.created(id: "41", version: nil), .created(id: "42", version: nil)])
        let categories: JSON = [["add", [77]]]
        let mechanisms: JSON = [["create", [["type": "website", "active": true, "value": "https://acme.example"]]]]
        let identifiers: JSON = [["create", [["active": true, "code": "r-1"]]]]
        let expected: JSON = [
            [
                ["name": "Acme", "contact_mechanisms": mechanisms, "categories": categories],
                ["identifiers": identifiers, "categories": categories],
            ], Self.context,
        ]
        #expect(Self.params(transport, "model.party.party.create") == expected)
    }

    /// A party with an address, read just before it is written.
    static let row = #"""
        {"id":4,"name":"Ada","active":1,"replaced_by":null,"_timestamp":"1795306713.56654","last_modified_at":
        {"__class__":"datetime","year":2026,"month":11,"day":22,"hour":0,"minute":18,"second":33,"microsecond":566537},
        "contact_mechanisms.":[{"id":3,"type":"email","value":"ada@x.example","active":1,"_timestamp":"1795306712.2791"},
        {"id":8,"type":"phone","value":"+33 1","active":1,"_timestamp":"1795306712.3"}]}
        """#

    @Test func updatesCarryTheMarksOfWhatTheyChange() async throws {
        let server = Server { method, _ in
            switch method {
            case "model.party.party.search_read": .answer(200, #"{"id":1,"result":[\#(Self.row)]}"#)
            case "model.party.party.write": .answer(200, #"{"id":1,"result":null}"#)
            default: nil
            }
        }
        let transport = server.transport
        let account = try Self.account(transport)
        let values: [(String, Value)] = [
            ("name", "Ada L."), ("email", "new@x.example"), ("phone", .null), ("website", "https://x.example"),
        ]
        let results = await account.update("contacts", [Self.write("4", values), Self.write("99", [("name", "B")])])
        #expect(results.map(\.outcome) == [.updated(version: nil), .gone])
        let commands: JSON = [
            ["write", [3], ["value": "new@x.example"]], ["delete", [8]],
            ["create", [["type": "website", "active": true, "value": "https://x.example"]]],
        ]
        let marks: JSON = [
            "party.party,4": "1795306713.56654", "party.contact_mechanism,3": "1795306712.2791",
            "party.contact_mechanism,8": "1795306712.3",
        ]
        let expected: JSON = [
            [4], ["name": "Ada L.", "contact_mechanisms": commands],
            ["company": 3, "language": "en", "active_test": false, "_timestamp": marks],
        ]
        #expect(Self.params(transport, "model.party.party.write") == expected)
    }

    /// One answer to a write, and what it means.
    static let answers: [(String, Outcome)] = [
        (#"["ConcurrencyException","Records were modified in the meanwhile"]"#, .conflict),
        (
            #"["UserError",["You are not allowed to modify the field \"Name\" in record \"Ada\" of \"Party\".","",null]]"#,
            .rejected(
                field: "name",
                reason: #"You are not allowed to modify the field "Name" in record "…" of "Party"."#
            )
        ),
        (
            #"["UserError",["A value is required for field \"Value\" in record \"x\" of \"Mechanism\".","",null]]"#,
            .rejected(field: nil, reason: #"A value is required for field "Value" in record "…" of "Mechanism"."#)
        ),
        (#"["UserError",["You are trying to write to records \"4\" of \"Party\" that don't exist.","",null]]"#, .gone),
        (
            #"["UserError",["The code on party must be unique.","",null]]"#,
            .transient(reason: "The code on party must be unique.")
        ),
        (#"["UserWarning",["w1","Are you sure?",""]]"#, .rejected(field: nil, reason: "Are you sure?")),
        (#"["'name'",""]"#, .rejected(field: "name", reason: "'name'")),
        (#"["'pool'",""]"#, .unknown(reason: "'pool'")),
        (#"["database is locked",""]"#, .transient(reason: "database is locked")),
        (#"["division by zero",""]"#, .unknown(reason: "division by zero")),
    ]

    @Test(arguments: Self.answers) func anErrorUnder200(error: String, outcome: Outcome) async throws {
        let server = Server { method, _ in
            switch method {
            case "model.party.party.search_read": .answer(200, #"{"id":1,"result":[\#(Self.row)]}"#)
            case "model.party.party.write": .answer(200, #"{"id":1,"error":\#(error)}"#)
            case "model.party.party.fields_get":
                .answer(200, #"{"id":1,"result":{"name":{"name":"name","string":"Name","type":"char"}}}"#)
            default: nil
            }
        }
        let account = try Self.account(server.transport)
        let results = await account.update("contacts", [Self.write("4", [("name", "Grace Hopper")])])
        #expect(results.map(\.outcome) == [outcome])
    }

    @Test func oneStaleRecordStopsNobody() async throws {
        let server = Server { method, params in
            switch method {
            case "model.party.party.search_read":
                return .answer(200, #"{"id":1,"result":[\#([1, 2, 3, 4].map(Self.row).joined(separator: ","))]}"#)
            case "model.party.party.write":
                // The server finds that party 3 moved in between.
                let ids = (params.array ?? []).compactMap { $0[0]?.int }
                return ids.contains(3)
                    ? .answer(200, #"{"id":1,"error":["ConcurrencyException","Records were modified"]}"#)
                    : .answer(200, #"{"id":1,"result":null}"#)
            default: return nil
            }
        }
        let account = try Self.account(server.transport)
        let writes = (1...4).map { Self.write(Text(String($0)), [("name", "B")], key: "k\($0)") }
        let outcomes = await account.update("contacts", writes).map(\.outcome)
        let updated = Outcome.updated(version: nil)
        #expect(outcomes == [updated, updated, .conflict, updated])
    }

    static func row(_ id: Int) -> String {
        #"{"id":\#(id),"active":1,"_timestamp":"1.\#(id)","last_modified_at":{"__class__":"datetime","year":2026,"#
            + #""month":11,"day":22,"hour":0,"minute":0,"second":0,"microsecond":\#(id)},"contact_mechanisms.":[]}"#
    }

    @Test func aNewerVersionIsNotEvenSent() async throws {
        let server = Server { method, _ in
            method == "model.party.party.search_read" ? .answer(200, #"{"id":1,"result":[\#(Self.row(7))]}"#) : nil
        }
        let transport = server.transport
        let account = try Self.account(transport)
        let midnight = try #require(Instant("2026-11-22T00:00:00Z")).microseconds
        let write = Self.write("7", [("name", "B")], basedOn: midnight + 6)
        #expect(await account.update("contacts", [write]).map(\.outcome) == [.conflict])
        #expect(Self.params(transport, "model.party.party.write") == nil)
    }

    @Test func aReplacedPartyIsFollowed() async throws {
        let server = Server { method, params in
            guard method == "model.party.party.search_read" else { return nil }
            let asked = params[0]?[0]?[2]?.array?.compactMap(\.int) ?? []
            let rows = asked.map { id in
                id == 5 ? Self.row(5).replacing(#""active":1"#, #""active":0,"replaced_by":6"#) : Self.row(id)
            }
            return .answer(200, #"{"id":1,"result":[\#(rows.joined(separator: ","))]}"#)
        }
        let account = try Self.account(server.transport)
        let selection = RemoteSelection(properties: ["email"])
        let found = try await account.read("contacts", keys: ["5", "8"], by: nil, selecting: selection)
        #expect(found.map { $0?.id } == ["6", "8"])
        let results = await account.update("contacts", [Self.write("5", [("name", "B")])])
        #expect(results.map(\.outcome) == [.remapped(id: "6")])
    }
}

extension String {
    fileprivate func replacing(_ old: String, _ new: String) -> String {
        guard let range = self.range(of: old) else { return self }
        return self.replacingCharacters(in: range, with: new)
    }
}

extension String {
    /// The rows with a state and a time of modification.
    fileprivate var dated: String {
        let time =
            #"{"__class__":"datetime","year":2026,"month":3,"day":2,"hour":9,"minute":0,"second":0,"microsecond":0}"#
        return self.replacingOccurrences(of: #""id":"#, with: #""state":"lead","last_modified_at":\#(time),"id":"#)
    }
}
