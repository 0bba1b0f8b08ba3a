import Connectors
import Records
import Testing
import Transport

/// What each way in which a request can go wrong means for the record that was written.
///
/// The rule behind the table: `transient` only if nothing can have been written, `unknown` whenever it may have been.
@Suite struct WriteOutcomeTests {
    /// One way to go wrong, and what it means.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let step: ScriptedTransport.Step
        let outcome: Outcome
        var testDescription: String { self.name }

        init(_ name: String, _ step: ScriptedTransport.Step, _ outcome: Outcome) {
            self.name = name
            self.step = step
            self.outcome = outcome
        }
    }

    static let update = "contacts update"
    static let reset = "\(update): the connection ended too early"

    static let lost: [Case] = [
        Case("no address", .failure(.cannotResolve), .transient(reason: "\(update): the host name cannot be resolved")),
        Case("refused", .failure(.refused), .transient(reason: "\(update): no connection could be made")),
        Case("tls", .failure(.tls), .transient(reason: "\(update): no secure connection could be made")),
        Case(
            "connect timeout",
            .failure(.connectTimeout),
            .transient(reason: "\(update): no connection was made in time")
        ),
        Case(
            "timeout before sending",
            .failure(.timeout(sentRequest: false)),
            .transient(reason: "\(update): timed out before the request was sent")
        ),
        Case(
            "timeout after sending",
            .failure(.timeout(sentRequest: true)),
            .unknown(reason: "\(update): timed out after the request may have reached the server")
        ),
        Case(
            "reset before sending",
            .failure(.reset(sentRequest: false)),
            .transient(reason: "\(reset) before the request was sent")
        ),
        Case(
            "reset after sending",
            .failure(.reset(sentRequest: true)),
            .unknown(reason: "\(reset) after the request may have reached the server")
        ),
        Case("too large", .failure(.bodyTooLarge), .unknown(reason: "\(update): the answer is too large")),
        Case("garbled", .failure(.malformedAnswer), .unknown(reason: "\(update): the answer cannot be read")),
    ]

    static let ambiguous: [Case] =
        [500, 502, 503, 504, 521, 523, 524, 408].map { status in
            Case(
                "status \(status)",
                .answer(status, "<html>oops</html>"),
                .unknown(reason: "HTTP \(status): no message")
            )
        } + [
            Case(
                "a page instead of JSON",
                .answer(200, "<html>We will be back</html>"),
                .unknown(reason: "the answer to \"\(update)\" cannot be read: unexpected byte (byte 0)")
            ),
            Case(
                "half an answer",
                .answer(200, #"{"status":"COMPLETE","results":[{"id":"7","#),
                .unknown(reason: "the answer to \"\(update)\" cannot be read: the text ends too early (byte 42)")
            ),
            Case("no results", .answer(200, "{}"), .unknown(reason: "the answer does not mention it")),
            Case("nothing", .answer(200, ""), .unknown(reason: "the answer does not mention it")),
            Case(
                "somebody else's result",
                .answer(200, #"{"results":[{"id":"8","objectWriteTraceId":"other"}]}"#),
                .unknown(reason: "the answer does not mention it")
            ),
            Case(
                "two results for one input",
                .answer(200, #"{"results":[{"id":"7"},{"id":"7","objectWriteTraceId":"k"}]}"#),
                .unknown(reason: "the answer has two results for it")
            ),
        ]

    static let refused: [Case] = [
        Case(
            "wrong value",
            .answer(
                400,
                #"{"status":"error","category":"VALIDATION_ERROR","message":"Property values were not valid","#
                    + #""errors":[{"message":"no such stage","context":{"propertyName":["lifecyclestage"]}}]}"#
            ),
            .rejected(field: "lifecyclestage", reason: "HTTP 400: Property values were not valid")
        ),
        Case(
            "wrong value, named in the message",
            .answer(400, #"{"message":"Property values were not valid: [{\"name\":\"phone\"}]"}"#),
            .rejected(field: "phone", reason: #"HTTP 400: Property values were not valid: [{"name":"phone"}]"#)
        ),
        Case(
            "exists already",
            .answer(409, #"{"category":"CONFLICT","message":"Contact already exists. Existing ID: 4711"}"#),
            .linked(id: "4711")
        ),
        Case(
            "conflict of another kind",
            .answer(409, #"{"category":"CONFLICT","message":"busy"}"#),
            .rejected(field: nil, reason: "HTTP 409: busy")
        ),
        Case(
            "gone",
            .answer(404, #"{"category":"OBJECT_NOT_FOUND","message":"no such record"}"#),
            .gone
        ),
        Case(
            "a wrong path is not a missing record",
            .answer(404, #"{"message":"resource not found"}"#),
            .transient(reason: "HTTP 404: resource not found")
        ),
        Case(
            "moved elsewhere",
            .answer(302, ""),
            .transient(
                reason:
                    "HTTP 302: no message; it redirects, and no redirect is followed: is the connection's base_url right?"
            )
        ),
        Case("precondition", .answer(412, ""), .conflict),
        Case("wrong token", .answer(401, #"{"message":"expired"}"#), .transient(reason: "HTTP 401: expired")),
        Case("no permission", .answer(403, #"{"message":"no"}"#), .transient(reason: "HTTP 403: no")),
    ]

    static let slow: [Case] = [
        Case("429", .answer(429, "{}"), .rateLimited(after: nil)),
        Case("seconds", .answer(429, "{}", [("Retry-After", "10")]), .rateLimited(after: .seconds(10))),
        Case("a fraction", .answer(429, "{}", [("retry-after", "0.5")]), .rateLimited(after: .milliseconds(500))),
        Case("milliseconds", .answer(429, "{}", [("Retry-After", "10000")]), .rateLimited(after: .seconds(10))),
        Case(
            "a date",
            .answer(429, "{}", [("Retry-After", "Sun, 22 Nov 2026 09:02:00 GMT")]),
            .rateLimited(after: .seconds(120))
        ),
        Case(
            "a date in the past",
            .answer(429, "{}", [("Retry-After", "Sun, 22 Nov 2020 09:02:00 GMT")]),
            .rateLimited(after: .zero)
        ),
        Case("negative", .answer(429, "{}", [("Retry-After", "-5")]), .rateLimited(after: .zero)),
        Case("absurd", .answer(429, "{}", [("Retry-After", "1e300")]), .rateLimited(after: .seconds(900))),
        Case("nonsense", .answer(429, "{}", [("Retry-After", "soon")]), .rateLimited(after: nil)),
        Case("the day's", .answer(429, #"{"policyName":"DAILY"}"#), .rateLimited(after: .seconds(3600))),
        Case("locked", .answer(423, "{}"), .rateLimited(after: .seconds(2))),
        Case("locked for longer", .answer(423, "{}", [("Retry-After", "30")]), .rateLimited(after: .seconds(30))),
        Case("moving", .answer(477, "{}"), .rateLimited(after: .seconds(900))),
    ]

    @Test(arguments: Self.lost + Self.ambiguous + Self.refused + Self.slow)
    func oneRecord(example: Case) async throws {
        let transport = ScriptedTransport([example.step])
        let account = try Workbench.account(transport)
        let value = RemotePropertyWrite(name: "firstname", value: .text("Ada"))
        let write = RemoteWrite(id: "7", basedOn: nil, key: "k", properties: [value])
        let results = await account.update("contacts", [write])
        #expect(results.map(\.outcome) == [example.outcome])
        #expect(transport.requests.count == 1)
    }

    @Test(arguments: Self.lost + Self.ambiguous)
    func whatIsAmbiguousForOneIsForAll(example: Case) async throws {
        let transport = ScriptedTransport([example.step])
        let account = try Workbench.account(transport)
        let writes = (1...4).map { number in
            RemoteWrite(id: Text("10\(number)"), basedOn: nil, key: "k\(number)", properties: [])
        }
        let results = await account.update("contacts", writes)
        #expect(results.allSatisfy { $0.outcome.name == results[0].outcome.name })
        #expect(["unknown", "transient"].contains(results[0].outcome.name))
        #expect(transport.requests.count == 1)
    }

    @Test func aRefusedTokenShowsAsDenial() async throws {
        let transport = ScriptedTransport([.answer(401, "{}"), .answer(403, "{}"), .answer(204, "")])
        let account = try Workbench.account(transport)
        _ = await account.archive("contacts", ids: ["1"])
        #expect(account.denial?.code == .unauthorized)
        _ = await account.archive("contacts", ids: ["1"])
        #expect(account.denial?.code == .forbidden)
        #expect(await account.archive("contacts", ids: ["1"]) == [.updated(version: nil)])
        #expect(account.denial == nil)
    }
}
