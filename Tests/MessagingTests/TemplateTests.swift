import CEL
import Messaging
import Records
import Testing

/// A person with one field, for templates.
private final class Person: CELActivation, CELObject {
    static let type = CELObjectType(
        name: "contact",
        fields: [.init("first_name", .string, slot: 0), .init("score", .int, slot: 1)]
    )
    let name: String
    init(_ name: String) { self.name = name }
    var objectType: CELObjectType { Self.type }
    func value(variable: Int) -> CELValue? { .object(self) }
    func field(variable: Int, slot: Int) -> CELValue { self.field(slot: slot) }
    func field(slot: Int) -> CELValue { slot == 0 ? .string(self.name) : .int(42) }
}

@Suite struct TemplateTests {
    private static func library(
        _ text: String,
        html: String? = nil
    ) -> (library: TemplateLibrary, findings: [Diagnostic]) {
        var environment = CELEnvironment()
        environment.declare(variable: "contact", .object(Person.type))
        var findings: [Diagnostic] = []
        let source = TemplateSource(
            name: "t",
            text: .init(path: "t.txt", bytes: Array(text.utf8)),
            html: html.map { .init(path: "t.html", bytes: Array($0.utf8)) }
        )
        return (TemplateLibrary([source], environment: environment, findings: &findings), findings)
    }

    private static func render(_ text: String, html: String? = nil, name: String) throws -> OutgoingMail {
        let (library, findings) = Self.library(text, html: html)
        #expect(findings.isEmpty)
        let template = try #require(library["t"])
        let address = try #require(MailAddress("a@example.com"))
        return try template.render(to: address, sender: address, Person(name))
    }

    private static func html(_ html: String, name: String) throws -> String {
        try #require(Self.render("subject: s\n\n", html: html, name: name).html).string
    }

    @Test func putsValuesIntoSubjectAndText() throws {
        let mail = try Self.render(
            "subject: For {{ contact.first_name }}\nfrom: Zoë <zoe@example.com>\n\nHi {{contact.first_name + '}}'}}: {{ contact.score }}\n",
            name: "Ada & Co"
        )
        #expect(mail.subject == "For Ada & Co")
        #expect(mail.text == "Hi Ada & Co}}: 42\n")
        #expect(mail.from.name == "Zoë")
    }

    @Test(arguments: [
        ("<p>{{ contact.first_name }}</p>", "<b>", "<p>&lt;b&gt;</p>"),
        (
            "<a title=\"{{ contact.first_name }}\">", "\"\u{301} onmouseover=alert(1) x=\"",
            "<a title=\"&quot;\u{301} onmouseover&#61;alert(1) x&#61;&quot;\">"
        ),
        ("<a title='{{ contact.first_name }}'>", "' x='", "<a title='&#39; x&#61;&#39;'>"),
        ("<a href=\"{{ contact.first_name }}\">", "javascript:alert(1)", "<a href=\"\">"),
        ("<a href=\"{{ contact.first_name }}\">", " javascript:alert(1)", "<a href=\"\">"),
        ("<a href=\"{{ contact.first_name }}\">", "data:text/html,x", "<a href=\"\">"),
        (
            "<a href=\"{{ contact.first_name }}\">", "HTTPS://x.example/?a=1&b",
            "<a href=\"HTTPS://x.example/?a&#61;1&amp;b\">"
        ),
        (
            "<a href=\"https://x.example/?q={{ contact.first_name }}\">", "a&b=\" é",
            "<a href=\"https://x.example/?q=a%26b%3D%22%20%C3%A9\">"
        ),
        ("<p>x\u{0}".replacing("\u{0}", with: "") + "{{ contact.first_name }}", "a\u{0}\u{1B}b", "<p>xab"),
    ])
    func escapesByContext(_ template: String, _ value: String, _ expected: String) throws {
        let result = try Self.html(template, name: value)
        #expect(result.hasSameBytes(as: expected), "\(result)")
    }

    @Test(arguments: [
        "<script>var x = '{{ contact.first_name }}'</script>", "<style>{{ contact.first_name }}</style>",
        "<a onclick=\"{{ contact.first_name }}\">", "<a style=\"{{ contact.first_name }}\">",
        "<a title={{ contact.first_name }}>", "<a {{ contact.first_name }}>", "<{{ contact.first_name }}>",
        "<a title=x{{ contact.first_name }}>", "<!-- {{ contact.first_name }} -->",
        "<img srcset=\"{{ contact.first_name }}\">",
        "<SCRIPT>{{ contact.first_name }}", "<script></scrip>{{ contact.first_name }}",
        "<iframe srcdoc=\"{{ contact.first_name }}\">",
    ])
    func refusesPlacesThatCannotBeEscaped(_ html: String) {
        let (library, findings) = Self.library("subject: s\n\n", html: html)
        #expect(library["t"] == nil)
        #expect(findings.count == 1)
        #expect(findings.first?.message.hasPrefix("a value cannot stand here") == true)
    }

    @Test(arguments: [
        "<script>a < b</script><p>{{ contact.first_name }}", "<!-- <script> --><p>{{ contact.first_name }}",
        "<p>a < b {{ contact.first_name }}", "<!DOCTYPE html><p title=\">\">{{ contact.first_name }}",
        "<br/>{{ contact.first_name }}",
        "<!-->{{ contact.first_name }}",
    ])
    func findsTheWayBackToText(_ html: String) throws {
        let result = try Self.html(html, name: "<x>")
        #expect(result.hasSuffix("&lt;x&gt;"))
    }

    @Test func reportsAllMistakesWithTheirPlaces() {
        let (_, findings) = Self.library(
            "subject: {{ contact.first_nam }}\nfrm: x\nfrom: nobody\n\nHi\n  {{ contact.score + 'x' }} {{ contact",
            html: "<p>\n{{ contakt.score }}"
        )
        #expect(
            findings.map { "\($0.location): \($0.message): \($0.mend)" } == [
                "t.txt:2:1: a template has no header \"frm\": write one of subject, from, reply_to, unsubscribe_url",
                "t.txt:3:7: from is not an address: write Name <name@example.com>",
                "t.txt:1:21: contact has no field 'first_nam': did you mean 'first_name'?",
                "t.txt:6:20: '+' does not take int and string: convert one side, as in string(…)",
                "t.txt:6:29: \"{{\" has no closing \"}}\": close it, or write {{ '{{' }}",
                "t.html:2:4: 'contakt' is not declared: did you mean 'contact'?",
            ]
        )
    }

    @Test func aTemplateNeedsASubject() {
        #expect(Self.library("from: a@example.com\n\nHi").findings.map(\.message) == ["the template has no subject"])
    }

    @Test func groupsFilesByName() {
        let files = ["b.html", "a.txt", "a.html", "notes.md"].map { TemplateSource.File(path: "T/" + $0, bytes: []) }
        let (sources, findings) = TemplateSource.group(files)
        #expect(sources.map(\.name) == ["a"])
        #expect(sources.first?.html?.path == "T/a.html")
        #expect(
            findings.map(\.description) == [
                "T/b.html:1:1: error: the template has no plain part: add b.txt with the subject and the text"
            ]
        )
    }

    @Test func aHostileNameNeverReachesAHeader() throws {
        let mail = try Self.render("subject: Hi {{ contact.first_name }}\n\nx", name: "Ada\r\nBcc: eve@example.com")
        #expect(throws: MailError.self) { try mail.mime(key: "k", date: Instant(milliseconds: 0)) }
    }
}
