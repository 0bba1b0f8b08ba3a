import FakeCRM
import Foundation

/// An account with a manual clock, and the shortest ways to ask it something.
struct Desk {
    static let start: Int64 = 1_793_606_400_000
    static let owners = [
        Owner(id: 501, userID: 9_501, email: "Claire@sellers.example", firstName: "Claire", lastName: "Martin"),
        Owner(id: 502, userID: 9_502, email: "yann@sellers.example", firstName: "Yann", lastName: "Le Goff"),
        Owner(
            id: 503,
            userID: 9_503,
            email: "gone@sellers.example",
            firstName: "Paul",
            lastName: "A",
            isArchived: true
        ),
    ]

    let clock: FakeClock
    let account: FakeCRMAccount
    var token = "pat-fake-0001"

    init(_ habits: Habits = .none, options: AccountOptions = AccountOptions(owners: Desk.owners)) {
        self.clock = FakeClock(startingAt: Self.start)
        self.account = FakeCRMAccount(options: options, habits: habits, clock: self.clock)
    }

    func send(_ method: String, _ target: String, _ body: String? = nil) -> Reply {
        var headers = [(name: "Authorization", value: "Bearer \(self.token)"), (name: "Host", value: "127.0.0.1:1")]
        if body != nil { headers.append(("Content-Type", "application/json")) }
        let request = FakeRequest(method, target, headers: headers, body: Array((body ?? "").utf8))
        return Reply(self.account.handle(request))
    }

    func get(_ target: String) -> Reply { self.send("GET", target) }
    func post(_ target: String, _ body: String) -> Reply { self.send("POST", target, body) }

    /// Creates a record and gives its id.
    func create(_ type: String, _ properties: [String: String]) -> String {
        let body = Self.json(["properties": properties])
        let reply = self.post("/crm/v3/objects/\(type)", body)
        return reply.json["id"].text ?? "refused: \(reply.text)"
    }

    /// Reads one property as the API gives it.
    func value(_ type: String, _ id: String, _ property: String) -> JSON {
        self.get("/crm/v3/objects/\(type)/\(id)?properties=\(property)").json["properties"][property]
    }

    static func json(_ value: Any) -> String {
        let data = try? JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed])
        return String(decoding: data ?? Data(), as: UTF8.self)
    }
}

/// An answer, with its body as JSON.
struct Reply {
    let response: FakeResponse
    let json: JSON

    init(_ response: FakeResponse) {
        self.response = response
        self.json = JSON(response.body)
    }

    var status: Int { self.response.status }
    var text: String { self.response.text }
    var category: String? { self.json["category"].text }
    var codes: [String] { self.json["errors"].items.compactMap { $0["code"].text } }
    var ids: [String] { self.json["results"].items.compactMap { $0["id"].text } }
}
