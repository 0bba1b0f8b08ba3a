import Connectors
import Foundation
import Records
import Testing

/// A broken manifest says what is wrong, where, and how to mend it: all at once, and never by crashing.
@Suite struct ManifestDiagnosticTests {
    /// A small manifest that is right.
    static let right = """
        connector: tiny
        base_url: https://api.tiny.example
        variables: { version: v1 }
        credentials: [token]
        authenticator: { type: BearerAuthenticator, api_token: "${credentials.token}" }
        index_lag: 5s
        api_budget:
          policies: [ { name: all, rates: [ { limit: 10, interval: 1s } ] } ]
        error_handler:
          message: [message]
          response_filters:
            - { http_codes: [429], action: RATE_LIMITED }
        record: { id: id, version: [updated] }
        operations:
          list:
            request: { path: "/${version}/${object.type}", query: { after: "${page_token}" } }
            records: data
            paginator: { type: CursorPagination, cursor_value: next }
          create:
            request: { method: POST, path: "/${version}/${object.type}", body: { $each: inputs, $item: "${item.properties}" } }
            results: { records: data, match: [ position ] }
        objects:
          people: { parameters: { type: people } }
        associations:
          pairs:
            - { from: people, to: people }
        account: { request: { path: /me }, id: "${answer.id}" }
        """

    static func findings(_ text: String) -> String {
        do {
            _ = try Workbench.manifest(text: text)
            return ""
        } catch let list as DiagnosticList {
            return list.description
        } catch {
            return "another error: \(error)"
        }
    }

    @Test func theSmallManifestIsRight() {
        #expect(Self.findings(Self.right) == "")
    }

    @Test(arguments: [
        (
            "index_lag: 5s", "index_leg: 5s",
            "test.yaml:6:1: error: the manifest has no key \"index_leg\": did you mean index_lag?"
        ),
        (
            "index_lag: 5s", "index_lag: 5 seconds",
            "test.yaml:6:12: error: index_lag must be a length of time, not \"5 seconds\": write 500ms, 30s, 15m, 1h or 1d"
        ),
        (
            "BearerAuthenticator", "BearerAuthenticatr",
            "test.yaml:5:24: error: type cannot be \"BearerAuthenticatr\": did you mean BearerAuthenticator?"
        ),
        (
            "${credentials.token}", "${credentials.tokn}",
            "test.yaml:5:57: error: nothing here is called \"credentials.tokn\": did you mean credentials.token?"
        ),
        (
            "{ limit: 10,", "{ limit: 0,",
            "test.yaml:8:46: error: limit must be from 1 to 100000, not \"0\": write a number from 1 to 100000"
        ),
        (
            "version: [updated] }", "version: [updated], converted: { into: poeple, path: became } }",
            "test.yaml:13:58: error: there is no object \"poeple\" to be converted to: did you mean people?"
        ),
        (
            "RATE_LIMITED", "RATELIMITED",
            "test.yaml:12:36: error: action cannot be \"RATELIMITED\": did you mean RATE_LIMITED?"
        ),
        (
            "{ http_codes: [429], action", "{ action",
            "test.yaml:12:7: error: the filter has no condition: add http_codes, path or message_contains"
        ),
        (
            ", version: [updated] }", " }",
            "test.yaml:13:9: error: the record lacks version: add \"version: …\""
        ),
        (
            "/${version}/${object.type}\", query", "/${versoin}/${object.typ}\", query",
            """
            test.yaml:16:24: error: nothing here is called "versoin": did you mean version?
            test.yaml:16:35: error: nothing here is called "object.typ": did you mean object.type?
            """
        ),
        (
            "${page_token}", "${page_tokens}",
            "test.yaml:16:69: error: nothing here is called \"page_tokens\": did you mean page_token?"
        ),
        (
            "CursorPagination", "CursorPaginatin",
            "test.yaml:18:24: error: type cannot be \"CursorPaginatin\": did you mean CursorPagination?"
        ),
        (
            "match: [ position ]", "match: [ order ]",
            "test.yaml:21:40: error: a match cannot be \"order\": write one of position"
        ),
        (
            "inputs, $item", "input, $item",
            "test.yaml:20:81: error: nothing here is called \"input\": did you mean inputs?"
        ),
        (
            "people: { parameters", "people: { like: companies, parameters",
            "test.yaml:23:19: error: there is no object \"companies\" to be like: remove it"
        ),
        (
            "to: people }", "to: persons }",
            "test.yaml:26:27: error: there is no object \"persons\": write one of people"
        ),
        (
            "account: { request: { path: /me }, id", "account: { id",
            "test.yaml:27:10: error: the account lacks request: add \"request: …\""
        ),
        (
            "connector: tiny\n", "",
            "test.yaml:1:1: error: the manifest lacks connector: add \"connector: …\""
        ),
        (
            "  list:\n    request: {", "  list:\n    reqest: {",
            """
            test.yaml:16:5: error: the list has no key "reqest": did you mean request?
            test.yaml:16:5: error: the list lacks request: add "request: …"
            """
        ),
    ]) func oneMistake(right: String, wrong: String, finding: String) throws {
        let text = Self.right
        let range = try #require(text.range(of: right))
        #expect(Self.findings(text.replacingCharacters(in: range, with: wrong)) == finding)
    }

    @Test func severalMistakesAreReportedTogether() throws {
        let text = Self.right.replacing("index_lag: 5s", with: "index_lag: soon")
            .replacing("RATE_LIMITED", with: "WAIT").replacing("records: data\n    paginator", with: "paginator")
        #expect(
            Self.findings(text) == """
                test.yaml:6:12: error: index_lag must be a length of time, not "soon": write 500ms, 30s, 15m, 1h or 1d
                test.yaml:12:36: error: action cannot be "WAIT": write one of CONFLICT, FAIL, FORBIDDEN, GONE, LINK, \
                RATE_LIMITED, REFRESH_TOKEN_THEN_RETRY, RETRY, SUCCESS, UNKNOWN
                test.yaml:16:5: error: the list lacks records: add "records: …"
                """
        )
    }

    @Test(arguments: ["", "[]", "a: b: c", "just text", "connector: [x]", "objects: 7", "\u{0}"])
    func rubbishIsRefused(text: String) {
        #expect(Self.findings(text).contains("test.yaml:"))
    }

    @Test func everyLineOfTheShippedManifestsMatters() throws {
        for product in ["hubspot", "tryton"] {
            let lines = String(decoding: try Workbench.bytes(product), as: UTF8.self).split(
                separator: "\n",
                omittingEmptySubsequences: false
            )
            // Cut anywhere, a manifest is refused or still one; it never takes the process down.
            for count in stride(from: 1, to: lines.count, by: 7) {
                _ = Self.findings(lines.prefix(count).joined(separator: "\n"))
            }
        }
    }
}
