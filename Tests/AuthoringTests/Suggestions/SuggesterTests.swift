import Authoring
import Records
import Testing

/// Proposals against the right answers of `Tests/properties`.
@Suite struct SuggesterTests {
    /// A table, the object of ours, and how many of the partners must be found, in percent.
    static let tables = [
        ("hubspot-contacts", "contact", 90), ("hubspot-companies", "company", 90), ("hubspot-deals", "deal", 90),
        ("tryton-contacts", "contact", 90), ("tryton-companies", "company", 90), ("tryton-deals", "deal", 90),
        ("opaque-contacts", "contact", 60), ("opaque-companies", "company", 60), ("opaque-deals", "deal", 60),
    ]

    @Test(arguments: tables)
    func theRightPartnerIsProposed(name: String, object: String, percent: Int) throws {
        let table = try PropertyTable(name)
        let score = table.score(try table.proposals(for: object))
        #expect(score.foundPercent >= percent, "\(score.misses)")
        #expect(score.rightPercent >= percent, "\(score.misses)")
    }

    @Test(arguments: tables)
    func nothingThatIsCertainIsWrong(name: String, object: String, percent: Int) throws {
        let table = try PropertyTable(name)
        #expect(table.score(try table.proposals(for: object)).wrongButCertain == [])
    }

    /// Whoever fills a CRM's schema decides how long a label is.
    @Test func aLabelOfMegabytesIsReadAsFarAsPeopleWould() throws {
        let object = ObjectSchema(
            name: "contact",
            properties: [PropertySchema(name: "first_name", type: .text, label: "First name")]
        )
        let fields = ["First name", "First name " + String(repeating: "of the ", count: 800_000)].map { label in
            RemoteField(name: "x_given", label: label, type: "string")
        }
        let suggestions = try fields.map { field in
            let start = ContinuousClock.now
            let found = Suggester(object: object, lifecycle: .standard, remote: [field], ties: []).suggestions()
            #expect(ContinuousClock.now - start < .milliseconds(500), "\(field.label.utf8.count) bytes")
            return try #require(found.first)
        }
        #expect(suggestions.map(\.remote) == ["x_given", "x_given"])
        #expect(suggestions.allSatisfy { $0.reason.utf8.count < 400 })
    }
}
