import CEL
import Mapping
import Records
import Scoring
import Testing

@Suite struct ScoringTests {
    static let schema = Schema(objects: [
        ObjectSchema(
            name: "contact",
            properties: [
                PropertySchema(name: "email", type: .text, label: "E-mail"),
                PropertySchema(name: "job_title", type: .text, label: "Job"),
                PropertySchema(name: "lifecycle_stage", type: .stage, label: "Stage"),
            ]
        )
    ])
    static let file = """
        object: contact
        rules:
          - { id: clicked, event: email_clicked, points: 15, cap: 45 }
          - { id: faded, event: visited, points: 40, half_life: 10d }
          - { id: pricing, event: page_viewed, when: "event.url.contains('/pricing')", points: 20, expires: 60d }
          - { id: webinar, event: webinar_attended, points: 25, once: true }
          - { id: complained, event: complained, points: -30, expires: 5d }
          - { id: free-mail, when: "contact.email.endsWith('@gmail.com')", points: -10 }
        fit:
          rules:
            - { id: decider, when: "contact.job_title.contains('Director')", points: 40 }
            - { id: lead, when: "contact.lifecycle_stage >= stage.lead", points: 20 }
          grades: { A: 60, B: 40, C: 20 }
        qualified: { A: 30, B: 50 }
        watch: [ 10 ]
        """

    static func rules() throws -> ScoringRules {
        try ScoringFile.parse(Array(Self.file.utf8), file: "scoring.yaml", schema: Self.schema)
    }

    static let start = Instant(milliseconds: 1_700_000_000_000)
    static let day: Int64 = 86_400_000_000

    static func at(_ days: Double) -> Instant {
        Instant(microseconds: Self.start.microseconds + Int64(days * Double(Self.day)))
    }

    static func event(_ id: String, _ name: String, _ days: Double = 0, url: String? = nil) -> PersonEvent {
        let attributes: [Text: Value] = url.map { ["url": .text($0)] } ?? [:]
        return PersonEvent(id: Text(id), name: Text(name), at: Self.at(days), attributes: attributes)
    }

    static let director: [Value] = ["ada@example.com", "Director of Sales", "lead"]
    static let nobody: [Value] = ["eve@gmail.com", .absent, .absent]

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let events: [PersonEvent]
        var profile = ScoringTests.director
        var days = 0.0
        let points: Int
        var grade = Grade.a
        var isQualified = false
    }

    static let rows: [Row] = [
        Row(testDescription: "nothing", events: [], points: 0),
        Row(testDescription: "one click", events: [event("1", "email_clicked")], points: 15),
        Row(
            testDescription: "the same click twice",
            events: [event("1", "email_clicked"), event("1", "email_clicked", 1)],
            points: 15
        ),
        Row(
            testDescription: "two clicks qualify an A",
            events: [event("1", "email_clicked"), event("2", "email_clicked")],
            points: 30,
            isQualified: true
        ),
        Row(
            testDescription: "two clicks do not qualify a D",
            events: [event("1", "email_clicked"), event("2", "email_clicked")],
            profile: nobody,
            points: 20,
            grade: .d
        ),
        Row(
            testDescription: "the cap holds",
            events: (1...9).map { event("\($0)", "email_clicked") },
            points: 45,
            isQualified: true
        ),
        Row(
            testDescription: "once is once",
            events: [event("1", "webinar_attended"), event("2", "webinar_attended", 1)],
            days: 2,
            points: 25
        ),
        Row(
            testDescription: "the condition reads the event",
            events: [
                event("1", "page_viewed", url: "/pricing"), event("2", "page_viewed", url: "/jobs"),
                event("3", "page_viewed"),
            ],
            points: 20
        ),
        Row(
            testDescription: "not expired",
            events: [event("1", "page_viewed", url: "/pricing")],
            days: 59.9,
            points: 20
        ),
        Row(testDescription: "expired", events: [event("1", "page_viewed", url: "/pricing")], days: 60, points: 0),
        Row(testDescription: "half", events: [event("1", "visited")], days: 10, points: 20),
        Row(testDescription: "a quarter", events: [event("1", "visited")], days: 20, points: 10),
        Row(testDescription: "rounded down", events: [event("1", "visited")], days: 20.1, points: 9),
        Row(
            testDescription: "an event of the future counts in full",
            events: [event("1", "visited", 5)],
            points: 40,
            isQualified: true
        ),
        Row(
            testDescription: "profile and penalty",
            events: [event("1", "complained")],
            profile: nobody,
            points: -40,
            grade: .d
        ),
        Row(
            testDescription: "a new epoch forgets what was before, and counts once again",
            events: [
                event("1", "webinar_attended"), event("2", "email_clicked"), event("3", "score_reset", 1),
                event("4", "webinar_attended", 2),
            ],
            days: 3,
            points: 25
        ),
        Row(testDescription: "an event nobody counts", events: [event("1", "sneezed")], points: 0),
    ]

    @Test(arguments: rows)
    func scores(_ row: Row) throws {
        let score = try Self.rules().score(row.events, profile: row.profile, at: Self.at(row.days))
        #expect(score.points == row.points)
        #expect(score.grade == row.grade)
        #expect(score.isQualified == row.isQualified)
        #expect(abs(score.reasons.reduce(0) { $0 + $1.points } - score.exactPoints) < 1e-9)
    }

    @Test func explainsEveryPoint() throws {
        let events = [Self.event("b", "email_clicked", 1), Self.event("a", "visited", 0)]
        let score = try Self.rules().score(events, profile: Self.nobody, at: Self.at(10))
        #expect(
            score.reasons == [
                ScoreReason(rule: "faded", given: 40, points: 20, at: Self.at(0), event: "a"),
                ScoreReason(rule: "clicked", given: 15, points: 15, at: Self.at(1), event: "b"),
                ScoreReason(rule: "free-mail", given: -10, points: -10),
            ]
        )
        let fit = try Self.rules().score([], profile: Self.director, at: Self.start).fitReasons
        #expect(fit.map(\.rule) == ["decider", "lead"])
    }

    @Test(
        arguments: [
            // 40 points halving every 10 days fall below 30 after 10 × log2(4/3) days, below the watched 10 after 20.
            (["visited"], 0.0, 4.150_374_992_788_438),
            (["visited"], 5.0, 20.0),
            (["visited"], 21.0, nil),
            (["webinar_attended"], 0.0, nil),
            // 25 - 30 = -5 until the penalty ends and 25 stands above the watched 10 again.
            (["webinar_attended", "complained"], 0.0, 5.0),
        ] as [([String], Double, Double?)]
    )
    func knowsWhenItNextCrossesAMark(_ names: [String], _ from: Double, _ expected: Double?) throws {
        let events = names.map { Self.event($0, $0) }
        let score = try Self.rules().score(events, profile: Self.director, at: Self.at(from))
        guard let expected else {
            #expect(score.nextCrossing == nil)
            return
        }
        let crossing = try #require(score.nextCrossing)
        // Rounding down leaves room for a billionth of a point, some hundred microseconds here.
        #expect(abs(crossing.microseconds - Self.at(expected).microseconds) < 1000)
        let rules = try Self.rules()
        let sides = { (at: Instant) in
            let points = try rules.score(events, profile: Self.director, at: at).points
            return [points >= 30, points >= 10]
        }
        let before = Instant(microseconds: crossing.microseconds - 1)
        #expect(try sides(before) == sides(Self.at(from)))
        #expect(try sides(crossing) != sides(before))
    }
}
