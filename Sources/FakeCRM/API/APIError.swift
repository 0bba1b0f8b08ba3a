/// A refusal, with what the product says of it.
struct APIError: Error {
    /// One of the finer problems that a refusal lists.
    struct Detail {
        var message: String
        var code: String?
        /// Names and their values, in the order they are written.
        var context: [(name: String, values: [String])] = []
    }

    var status: Int
    var category: String
    var message: String
    var details: [Detail] = []
    var context: [(name: String, values: [String])] = []
    /// For 429: `DAILY`, `TEN_SECONDLY_ROLLING`, `SECONDLY`.
    var policyName: String?
    var links: [(name: String, url: String)] = []
}

extension APIError {
    /// A request that does not make sense.
    static func validation(_ message: String, context: [(name: String, values: [String])] = []) -> Self {
        Self(status: 400, category: "VALIDATION_ERROR", message: message, context: context)
    }

    /// A body that is not the JSON the endpoint takes.
    static func invalidJSON(_ problem: JSONProblem) -> Self {
        .validation("Invalid input JSON on line \(problem.line), column \(problem.column): \(problem.message)")
    }

    /// A body whose JSON has another shape than the endpoint takes.
    static func wrongShape(_ message: String) -> Self { .validation("Invalid input JSON: \(message)") }

    /// A single record, property, owner or pipeline that is not there.
    static let notFound = Self(status: 404, category: "OBJECT_NOT_FOUND", message: "resource not found")

    /// A request without a token that this server knows.
    static let unauthorized = Self(
        status: 401,
        category: "INVALID_AUTHENTICATION",
        message: "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find "
            + "more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview"
    )

    /// A token without the scopes that the endpoint needs.
    static func missingScopes(_ scopes: [String]) -> Self {
        Self(
            status: 403,
            category: "MISSING_SCOPES",
            message: "This app hasn't been granted all required scopes to make this call. Read more about required "
                + "scopes here: https://developers.hubspot.com/scopes.",
            details: [
                Detail(
                    message: "One or more of the following scopes are required.",
                    context: [("requiredGranularScopes", scopes)]
                )
            ],
            links: [("scopes", "https://developers.hubspot.com/scopes")]
        )
    }

    /// A request over a limit.
    static func rateLimited(_ policy: String) -> Self {
        Self(
            status: 429,
            category: "RATE_LIMITS",
            message: "You have reached your \(policy.lowercased()) limit.",
            policyName: policy
        )
    }

    /// An e-mail address that another contact has.
    static func contactExists(_ id: Int64) -> Self {
        Self(status: 409, category: "CONFLICT", message: "Contact already exists. Existing ID: \(id)")
    }
}

extension APIError {
    /// The refusal as the body of an answer.
    func body(correlationID: String) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("status")
        json.string("error")
        json.key("message")
        json.string(self.message)
        if let policyName = self.policyName {
            json.key("errorType")
            json.string("RATE_LIMIT")
            json.key("policyName")
            json.string(policyName)
        }
        json.key("correlationId")
        json.string(correlationID)
        self.writeRest(to: &json)
        if self.policyName == nil {
            json.key("category")
            json.string(self.category)
        }
        json.endObject()
        return json.bytes
    }

    /// The refusal as an element of a batch answer's `errors`.
    func write(to json: inout JSONWriter, traceIDs: [[UInt8]]) {
        json.beginObject()
        json.key("status")
        json.string("error")
        json.key("category")
        json.string(self.category)
        json.key("message")
        json.string(self.message)
        json.key("context")
        json.beginObject()
        if !traceIDs.isEmpty {
            json.key("objectWriteTraceId")
            json.beginArray()
            for id in traceIDs { json.string(id) }
            json.endArray()
        }
        Self.write(self.context, to: &json)
        json.endObject()
        self.writeDetails(to: &json)
        json.endObject()
    }

    private func writeRest(to json: inout JSONWriter) {
        if !self.context.isEmpty {
            json.key("context")
            json.beginObject()
            Self.write(self.context, to: &json)
            json.endObject()
        }
        self.writeDetails(to: &json)
        if !self.links.isEmpty {
            json.key("links")
            json.beginObject()
            for link in self.links {
                json.key(Array(link.name.utf8))
                json.string(link.url)
            }
            json.endObject()
        }
    }

    private func writeDetails(to json: inout JSONWriter) {
        guard !self.details.isEmpty else { return }
        json.key("errors")
        json.beginArray()
        for detail in self.details {
            json.beginObject()
            json.key("message")
            json.string(detail.message)
            if let code = detail.code {
                json.key("code")
                json.string(code)
            }
            json.key("context")
            json.beginObject()
            Self.write(detail.context, to: &json)
            json.endObject()
            json.endObject()
        }
        json.endArray()
    }

    private static func write(_ context: [(name: String, values: [String])], to json: inout JSONWriter) {
        for item in context {
            json.key(Array(item.name.utf8))
            json.beginArray()
            for value in item.values { json.string(value) }
            json.endArray()
        }
    }
}
