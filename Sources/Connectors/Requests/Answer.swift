import Records
import Transport

/// An answer with a status of success, whose body may still say otherwise.
struct Answer {
    let response: HTTPResponse
    let classifier: AnswerClassifier
    let sent: Set<String>
    let scrubber: Scrubber

    /// The body as a document; throws a `CallFailure` if it is an error, and if it is no JSON.
    ///
    /// A success without a body is null.
    func json() throws -> JSON {
        guard self.response.body.count > 0 else { return .null }
        let body = try self.response.json()
        try self.check(body)
        return body
    }

    /// Throws a `CallFailure` if a body says that it is an error.
    func check(_ body: JSON) throws(CallFailure) {
        guard let present = self.classifier.rules.present, let found = present.first(in: body), !found.isNull else {
            return
        }
        let failure = self.classifier.failure(
            status: self.response.status,
            body: body,
            sent: self.sent,
            scrubber: self.scrubber
        )
        if let failure { throw failure }
    }

    /// The server's clock, if it tells the time.
    var serverTime: Instant? { self.response.headers["Date"].flatMap(ServerTime.date) }
}
