import Mapping
import Records
import Scoring
import Testing

@Suite struct ScoringFileTests {
    private static func findings(_ text: String) -> [String] {
        do {
            _ = try ScoringFile.parse(Array(text.utf8), file: "scoring.yaml", schema: ScoringTests.schema)
            return []
        } catch let list as DiagnosticList {
            return list.diagnostics.map { "\($0.location.line):\($0.location.column) \($0.message): \($0.mend)" }
        } catch {
            return ["\(error)"]
        }
    }

    @Test func reportsAllMistakesAtOnce() {
        let text = """
            object: contact
            rules:
              - { id: a, evnt: x, points: 5, when: "contact.emial == 'x'" }
              - { id: a, event: x, points: many }
              - { id: b, points: 5 }
              - { id: c, when: "contact.email", points: 5, cap: 3 }
              - { id: d, event: x, points: -5, half_life: 3 days }
              - { id: e, event: x, points: -5, half_life: 3d, expires: 4d }
            qualified: { A: 30, E: 3 }
            """
        #expect(
            Self.findings(text) == [
                "3:14 a rule has no key \"evnt\": did you mean event?",
                "3:49 contact has no field 'emial': did you mean 'email'?",
                "4:11 the rule \"a\" stands twice: give it another id",
                "4:32 points must be a whole number, not \"many\": write a number from -1000 to 1000",
                "5:5 the rule never applies: add event or when",
                "6:20 when gives string, not bool: compare it with something",
                "6:53 only a rule for an event has cap: remove it, or add event",
                "7:47 half_life is no span of time: write 90s, 30m, 4h, 3d or 2w",
                "8:47 points either fade or expire: keep half_life or expires",
                "8:47 points against a contact cannot fade, or its score would rise by itself: use expires",
                "9:21 qualified has no key \"E\": did you mean A?",
            ]
        )
    }

    @Test func oneNumberQualifiesEveryGrade() throws {
        let text = "rules: [ { id: a, event: x, points: 5 } ]\nqualified: 5"
        let rules = try ScoringFile.parse(Array(text.utf8), file: "s", schema: ScoringTests.schema)
        #expect(rules.qualified == [.a: 5, .b: 5, .c: 5, .d: 5])
        #expect(rules.eventNames == ["x"])
    }

    @Test func namesAnUnknownObject() {
        #expect(
            Self.findings("object: contcat\nrules: []") == ["1:9 there is no object \"contcat\": did you mean contact?"]
        )
    }
}
