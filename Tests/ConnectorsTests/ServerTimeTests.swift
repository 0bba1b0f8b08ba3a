import Records
import Testing

@testable import Connectors

@Suite struct ServerTimeTests {
    @Test(
        arguments: [
            ("Sun, 22 Nov 2026 00:18:32 GMT", "2026-11-22T00:18:32.000Z"),
            ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37.000Z"),
            ("Sunday, 06-Nov-94 08:49:37 GMT", nil),
            ("Sun, 31 Feb 2026 00:18:32 GMT", nil),
            ("Sun, 22 Nov 2026 25:18:32 GMT", nil),
            ("2026-11-22T00:18:32Z", nil),
            ("", nil),
        ] as [(String, String?)]
    ) func dates(text: String, expected: String?) {
        #expect(ServerTime.date(text)?.description == expected)
    }
}
