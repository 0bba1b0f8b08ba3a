import Mapping
import Records
import Testing
import WorkflowRunner

@Suite struct WorkflowFileTests {
    private static func findings(_ text: String) throws -> [String] {
        do {
            _ = try WorkflowFile.parse(Array(text.utf8), file: "w.yaml", in: World.context())
            return []
        } catch let list as DiagnosticList {
            return list.diagnostics.map { "\($0.location.line):\($0.location.column) \($0.message): \($0.mend)" }
        }
    }

    @Test func reportsAllMistakesWithTheirPlaces() throws {
        let text = """
            workflow: My Flow
            objct: contact
            trigger: { joined_segment: lead }
            reentry: sometimes
            goal: "contact.lifecycle_stage >= stage.mqll"
            quiet_hours: { from: "25:00", to: "08:00", zone: Europe/Pari }
            steps:
              - { id: a, send_email: { template: helo } }
              - { id: a, wait: 3 days }
              - { wait: 3d }
              - { id: b, set: { lifecycle_stge: mql, lifecycle_stage: mqx, score: many } }
              - { id: c, wait_for: { event: clicked, of: b, timeout: 3d }, else: [ { id: d, jump: x } ] }
              - { id: e, if: "contact.score", then: [] }
              - { id: f, notify: { to: everybody, template: hello } }
              - { id: g, wait: 1d, set: { score: 1 } }
              - { id: h, wait: 1d, then: [] }
            """
        let found = try Self.findings(text)
        #expect(found == Self.expected)
    }

    private static let expected = [
        "1:11 the workflow cannot be called \"My Flow\": use small letters, digits, - and _, 64 at most",
        "2:1 the workflow has no key \"objct\": did you mean object?",
        "3:28 there is no segment \"lead\": did you mean leads?",
        "4:10 reentry cannot be \"sometimes\": write never, always or \"after 90d\"",
        "5:41 'stage' has no 'mqll': did you mean 'stage.mql'?",
        "6:22 from is no time of day: write \"09:00\", with quotes",
        "6:50 there is no zone \"Europe/Pari\": write Europe/Paris, say, or UTC",
        "8:38 there is no template \"helo\": did you mean hello?",
        "9:11 the step \"a\" stands twice: give it another id",
        "10:5 the step lacks id: add \"id: …\"",
        "11:21 contact has no property \"lifecycle_stge\": did you mean lifecycle_stage?",
        "11:59 lifecycle_stage cannot be \"mqx\": did you mean mql?",
        "11:71 score is no number: write 12.5",
        "12:46 c waits for an answer to \"b\", which sends nothing: remove it",
        "12:81 the step has no key \"jump\": write one of "
            + "else, emit, end, hand_off, id, if, notify, send_email, set, then, wait, wait_for",
        "13:18 if gives double, not bool: compare it with something",
        "14:28 \"everybody\" is no address: write owner, or an address",
        "15:5 the step does wait and set: "
            + "give it one of if, wait, wait_for, set, send_email, notify, hand_off, emit, end",
        "16:30 wait has no then: put the steps behind it",
    ]

    @Test func aDefinitionSurvivesBeingStored() throws {
        let text = """
            # A comment.
            workflow: w
            object: contact
            trigger: { event: bought, key: order, when: "event.amount > 1.5" }
            reentry: after 2d
            consent: newsletter
            frequency_cap: { mails: 2, per: 7d }
            quiet_hours: { from: "20:00", to: '08:00', zone: Europe/Paris }
            goal: 'contact.first_name == "é\\"x"'
            steps:
              - { id: a, set: { score: 1.5, unsubscribed: false, first_name: "true", owner: ~, interests: [ a, "b c" ] } }
              - { id: b, wait: { until: "09:00", zone: Europe/Paris, for: 1d, weekdays: true } }
              - id: c
                if: >-
                  contact.score >
                  1.0
                then: [ { id: d, end: done } ]
            tests: []
            """
        let read = try WorkflowFile.parse(Array(text.utf8), file: "w.yaml", in: World.context()).definition
        let again = try WorkflowFile.definition(stored: read.json, name: "w", schema: World.schema)
        #expect(again.json == read.json)
        #expect(again.hash == read.hash)
        #expect(again.steps.map(\.id) == ["a", "b", "c", "d"])
        guard case .set(let settings) = again.steps[0].action else {
            Issue.record("not a set step")
            return
        }
        let literals = settings.map { setting in
            if case .literal(let value) = setting.value { "\(setting.property)=\(value.kindName)" } else { "?" }
        }
        #expect(
            literals.sorted() == [
                "first_name=text", "interests=a set", "owner=a cleared value", "score=a number",
                "unsubscribed=true or false",
            ]
        )
    }

    @Test func testsDescriptionsCommentsAndOrderOfKeysAreNoPartOfTheVersion() throws {
        let one = "workflow: w\ntrigger: manual\nsteps: [ { id: a, wait: 1d } ]"
        let two = "# x\ndescription: y\nsteps:\n  - wait: 1d\n    id: a\ntrigger: manual\nworkflow: w\ntests: []"
        let three = one.replacing("1d", with: "2d")
        let hashes = try [one, two, three].map { try World.workflow($0).hash }
        #expect(hashes[0] == hashes[1])
        #expect(hashes[0] != hashes[2])
    }

    @Test func anEmptyBranchLeadsToWhatFollows() throws {
        let definition = try World.workflow(
            "workflow: w\ntrigger: manual\nsteps: [ { id: a, if: 'true', then: [] }, { id: b, wait: 1d } ]"
        )
        guard case .condition(_, let then, let otherwise) = definition.steps[0].action else {
            Issue.record("not a condition")
            return
        }
        #expect(then == "b")
        #expect(otherwise == "b")
    }

    @Test func segmentsNameTheirMistakes() throws {
        #expect(throws: DiagnosticList.self) {
            try SegmentFile.parse(Array("leads: { object: contcat, when: 'x' }".utf8), file: "s", schema: World.schema)
        }
    }
}
