import Foundation
import Records
import Testing
import Transport

/// A person who works in Tryton: speaks to the server in words of its own, so that the manifest under test has no say in
/// what is there.
struct Salesperson: Sendable {
    /// The server refused.
    struct Refusal: Error {
        let answer: String
    }

    private let server: TrytonServer
    private let client: CurlClient
    private let session: String
    private let context: JSON = ["company": 1, "language": "en", "active_test": false]

    /// Logs in.
    init(_ server: TrytonServer) async throws {
        self.server = server
        self.client = try CurlClient()
        let answer = try await Self.send(
            "common.db.login",
            [.string(server.login), ["password": .string(server.password)], "en"],
            to: server,
            through: self.client,
            session: nil
        )
        let user = try #require(answer[0]?.int)
        let token = try #require(answer[1]?.string)
        self.session = Data("\(server.login):\(user):\(token)".utf8).base64EncodedString()
    }

    /// Calls a method of a model; the context comes last.
    @discardableResult
    func call(_ method: String, _ parameters: JSON...) async throws -> JSON {
        try await Self.send(
            "model.\(method)",
            parameters + [self.context],
            to: self.server,
            through: self.client,
            session: self.session
        )
    }

    private static func send(
        _ method: String,
        _ parameters: [JSON],
        to server: TrytonServer,
        through client: CurlClient,
        session: String?
    ) async throws -> JSON {
        let body: JSON = ["id": 1, "method": .string(method), "params": .array(parameters)]
        var headers: [(String, String)] = [("Content-Type", "application/json")]
        if let session { headers.append(("Authorization", "Session \(session)")) }
        let request = HTTPRequest(.post, url: "\(server.base)/rpc/", headers: HTTPHeaders(headers), body: body.bytes)
        let response = try await client.send(request)
        guard response.status == 200 else { throw Refusal(answer: "\(method): status \(response.status)") }
        let answer = try response.json()
        if let error = answer["error"] { throw Refusal(answer: "\(method): \(error.text)") }
        return answer["result"] ?? .null
    }

    // MARK: Writing

    /// Makes one record.
    func make(_ model: String, _ values: JSON) async throws -> Text {
        let made = try await self.call("\(model).create", [values])
        return Text(String(try #require(made[0]?.int)))
    }

    /// Makes a person with contact mechanisms, by type.
    func person(_ name: String, _ mechanisms: [String: String] = [:], of company: Text? = nil) async throws -> Text {
        let id = try await self.make("party.party", Self.party(name, mechanisms, categories: []))
        if let company { try await self.employ(id, company) }
        return id
    }

    /// Makes a company: a party in the category of companies.
    func company(_ name: String, _ mechanisms: [String: String] = [:]) async throws -> Text {
        let category = try await self.named("Company", "party.category")
        return try await self.make("party.party", Self.party(name, mechanisms, categories: [category]))
    }

    /// Says that a person works for a company.
    func employ(_ person: Text, _ company: Text) async throws {
        let type = try await self.named("Employee of", "party.relation.type")
        let relation: JSON = ["from_": .id(person), "to": .id(company), "type": type]
        try await self.call("party.relation.all.create", [relation])
    }

    /// Makes an opportunity.
    func opportunity(_ description: String, amount: String, party: Text?, contact: Text? = nil) async throws -> Text {
        var values: [(key: String, value: JSON)] = [
            (key: "description", value: .string(description)), (key: "amount", value: .decimal(amount)),
        ]
        if let party { values.append((key: "party", value: .id(party))) }
        if let contact {
            let mechanism = try #require(try await self.mechanisms(of: contact).first)
            values.append((key: "contact", value: mechanism["id"] ?? .null))
        }
        return try await self.make("sale.opportunity", .object(values))
    }

    /// Changes a record.
    func edit(_ model: String, _ id: Text, _ values: JSON) async throws {
        try await self.call("\(model).write", [.id(id)], values)
    }

    /// Changes the first contact mechanism of a type, or makes one.
    func edit(_ type: String, of party: Text, to value: String) async throws {
        let known = try await self.mechanisms(of: party).first { $0["type"] == .string(type) }
        if let id = known?["id"] {
            try await self.call("party.contact_mechanism.write", [id], ["value": .string(value)])
        } else {
            let mechanism: JSON = ["party": .id(party), "type": .string(type), "value": .string(value)]
            try await self.call("party.contact_mechanism.create", [mechanism])
        }
    }

    private static func party(_ name: String, _ mechanisms: [String: String], categories: [JSON]) -> JSON {
        let rows = mechanisms.sorted { $0.key < $1.key }
            .map { type, value in JSON.object([("type", .string(type)), ("value", .string(value))]) }
        return [
            "name": .string(name), "contact_mechanisms": [["create", .array(rows)]],
            "categories": [["add", .array(categories)]],
        ]
    }

    /// The id of the record of that name; made if there is none.
    private func named(_ name: String, _ model: String) async throws -> JSON {
        let found = try await self.call(
            "\(model).search_read",
            [["name", "=", .string(name)]],
            0,
            1,
            .null,
            ["name"]
        )
        if let id = found[0]?["id"] { return id }
        return .id(try await self.make(model, ["name": .string(name)]))
    }
}

extension Salesperson {
    // MARK: Looking

    /// A field of a record; a field of what it points at is asked for by its path.
    func field(_ name: String, of model: String, _ id: Text, as path: String? = nil) async throws -> JSON {
        let rows = try await self.call("\(model).read", [.id(id)], [.string(path ?? name)])
        return try #require(rows[0]?[name])
    }

    /// The value of the first contact mechanism of a type, in the order that people see; nil if there is none.
    func mechanism(_ type: String, of party: Text) async throws -> String? {
        try await self.mechanisms(of: party).first { $0["type"] == .string(type) }?["value"]?.string
    }

    private func mechanisms(of party: Text) async throws -> [JSON] {
        let rows = try await self.call(
            "party.contact_mechanism.search_read",
            [["party", "=", .id(party)], ["active", "=", true]],
            0,
            .null,
            [["sequence", "ASC NULLS FIRST"], ["id", "ASC"]],
            ["type", "value"]
        )
        return rows.array ?? []
    }

    /// The companies that a person works for.
    func employers(of person: Text) async throws -> [Text] {
        let rows = try await self.call(
            "party.relation.all.search_read",
            [["from_", "=", .id(person)], ["type.name", "=", "Employee of"]],
            0,
            .null,
            .null,
            ["to"]
        )
        return (rows.array ?? []).compactMap { $0["to"]?.int }.map { Text(String($0)) }
    }

    /// The ids of the records that a domain finds, in order.
    func search(_ model: String, _ domain: JSON) async throws -> [Text] {
        let found = try await self.call("\(model).search", domain, 0, .null, [["id", "ASC"]])
        return (found.array ?? []).compactMap(\.int).map { Text(String($0)) }
    }

    /// When anything that a sync could write was written last, with how much there is: equal means that nobody wrote.
    func fingerprint() async throws -> [String] {
        var marks: [String] = []
        for model in ["party.party", "party.contact_mechanism", "party.identifier", "party.relation", "sale.opportunity"] {
            let name = model == "party.relation" ? "party.relation.all" : model
            let count = try await self.call("\(name).search_count", [])
            guard model != "party.relation" else {
                marks.append("\(model) \(count.text)")
                continue
            }
            let newest = try await self.call(
                "\(name).search_read",
                [],
                0,
                1,
                [["last_modified_at", "DESC"]],
                ["last_modified_at"]
            )
            marks.append("\(model) \(count.text) \(newest[0]?["last_modified_at"]?.text ?? "")")
        }
        return marks
    }
}

extension JSON {
    /// An id as Tryton takes it.
    static func id(_ id: Text) -> JSON { .number(id.string) }

    /// A decimal number as Tryton writes it.
    static func decimal(_ digits: String) -> JSON { ["__class__": "Decimal", "decimal": .string(digits)] }
}
