import Records
import Testing

@testable import Connectors

/// Messages of servers are hostile and chatty: what reaches a log has no secret, no value of ours, and an end.
@Suite struct ScrubberTests {
    static let scrubber = Scrubber(
        secrets: ["s3"],
        values: ["Ada Lovelace", "x", "Ada"],
        rules: [(after: "record \"", until: "\"")]
    )

    @Test(arguments: [
        ("token s3 is bad, s3!", "token … is bad, …!"),
        ("Ada Lovelace and Ada and x", "… and … and x"),
        ("in record \"Grace H.\" of \"Party\", record \"B\"", "in record \"…\" of \"Party\", record \"…\""),
        ("in record \"never closed", "in record \"never closed"),
        ("mail grace@example.com bounced", "mail … bounced"),
        ("two\r\nlines\u{0}\u{1B}[31m\u{202E}", "two lines[31m"),
        ("", ""),
    ]) func messagesAreCleaned(message: String, clean: String) {
        #expect(Self.scrubber.clean(message) == clean)
    }

    @Test func messagesHaveAnEnd() {
        let clean = Self.scrubber.clean(String(repeating: "word ", count: 100_000))
        #expect(clean.count == Scrubber.limit + 1)
        #expect(clean.hasSuffix("…"))
    }
}
