/// What a handler gives back: a status and a JSON body.
struct Answer {
    var status: Int
    var body: [UInt8]

    /// 204, which has no body.
    static let empty = Answer(status: 204, body: [])
}

/// A request that was let in, with what its handler needs.
struct Call {
    var route: Route
    var query: QueryItems
    var rawQuery: String
    var path: String
    var body: [UInt8]
    var token: AccessToken
    /// Where links in answers point, such as `http://127.0.0.1:8080`.
    var baseURL: String

    /// The body as JSON; throws 400 when it is none.
    func json() throws -> JSONNode {
        do {
            return try JSONParser.parse(self.body)
        } catch {
            throw APIError.invalidJSON(error)
        }
    }

    /// The body as a JSON object; throws 400 when it is none.
    func object() throws -> JSONNode {
        let node = try self.json()
        guard case .object = node else { throw APIError.wrongShape("expected an object") }
        return node
    }

    /// A parameter that is a whole number within a range; throws 400 when it is not.
    func number(_ name: String, default fallback: Int, in range: ClosedRange<Int>) throws -> Int {
        guard let text = self.query.value(name) else { return fallback }
        guard let number = wholeNumber(text) else {
            throw APIError.validation("Unable to parse value for query parameter: \(name)")
        }
        guard range.contains(Int(clamping: number)) else {
            throw APIError.validation(
                "Invalid \(name): \(number). It must be between \(range.lowerBound) and \(range.upperBound)."
            )
        }
        return Int(number)
    }

    /// A parameter that is `true` or `false`; false when it is absent, 400 when it is neither.
    func flag(_ name: String) throws -> Bool {
        switch self.query.value(name).map({ readable($0) }) {
        case nil, "false": return false
        case "true": return true
        default: throw APIError.validation("Unable to parse value for query parameter: \(name)")
        }
    }

    /// The address of the next page: this request's with another cursor.
    func nextLink(after: String) -> String {
        let others = self.rawQuery.split(separator: "&").filter { !$0.hasPrefix("after=") }.map { String($0) }
        return self.baseURL + self.path + "?" + (others + ["after=\(after)"]).joined(separator: "&")
    }
}
