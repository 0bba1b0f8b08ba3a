import CEL
import Foundation
import Mapping
import Messaging
import Records
import Scoring
import Testing
import WorkflowRunner

/// The workflows, segments, scores and templates that come with the project.
@Suite struct ShippedAutomationTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: self.root.appending(path: path)))
    }

    private static func files(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: self.root.appending(path: folder).path).sorted()
            .map { "\(folder)/\($0)" }
    }

    private static func schema() throws -> Schema {
        try SchemaFile.parse(Self.bytes("Config/schema.yaml"), file: "Config/schema.yaml")
    }

    private static func templates(_ schema: Schema) throws -> TemplateLibrary {
        let object = try #require(schema.object("contact"))
        let vocabulary = RecordVocabulary(object, lifecycle: schema.lifecycle, variables: [.event, .handOff])
        let files = try Self.files("Config/templates").map { TemplateSource.File(path: $0, bytes: try Self.bytes($0)) }
        var (sources, findings) = TemplateSource.group(files)
        let library = TemplateLibrary(sources, environment: vocabulary.environment, findings: &findings)
        #expect(findings == [])
        return library
    }

    @Test func areFreeOfFindingsAndPassTheirTests() async throws {
        let schema = try Self.schema()
        let templates = try Self.templates(schema)
        let segments = try SegmentFile.parse(Self.bytes("Config/segments.yaml"), file: "segments.yaml", schema: schema)
        let objects = segments.map { ($0.name, Text($0.vocabulary.object.name)) }
        let context = WorkflowContext(
            schema: schema,
            templates: templates,
            segments: Dictionary(objects) { first, _ in first }
        )
        let sender = try #require(MailAddress("Relais <hello@example.com>"))
        let simulator = WorkflowSimulator(schema: schema, templates: templates, sender: sender)
        var count = 0
        for path in try Self.files("Config/workflows") {
            let content = try WorkflowFile.parse(Self.bytes(path), file: path, in: context)
            for test in content.tests {
                #expect(try await simulator.run(test, of: content.definition) == [])
                count += 1
            }
        }
        #expect(count >= 5)
    }

    @Test func theScoringRulesCompile() throws {
        let rules = try ScoringFile.parse(
            Self.bytes("Config/scoring.yaml"),
            file: "scoring.yaml",
            schema: Self.schema()
        )
        #expect(rules.eventNames.contains("demo_requested"))
    }

    @Test func aWrongExpectationIsReportedAtItsPlace() async throws {
        let text = """
            workflow: w
            trigger: manual
            steps: [ { id: a, wait: 1d }, { id: b, send_email: hello } ]
            tests:
              - name: too early
                given: { email: a@example.com }
                at: 2026-03-02T09:00[Europe/Paris]
                expect: [ { after: 2h, sent: hello }, { after: 1d, ended: completed } ]
            """
        let content = try WorkflowFile.parse(Array(text.utf8), file: "w.yaml", in: World.context())
        let sender = try #require(MailAddress("hello@example.com"))
        let simulator = WorkflowSimulator(schema: World.schema, templates: try World.templates(), sender: sender)
        let test = try #require(content.tests.first)
        #expect(
            try await simulator.run(test, of: content.definition).map(\.description) == [
                "w.yaml:8:15: error: too early: nothing was sent: hello after 2h: what it did next: sent: hello after 1d",
                "w.yaml:5:5: error: too early: sent: hello after 1d, which the test does not expect: "
                    + "add it to expect, or mend the workflow",
            ]
        )
    }

    @Test func aSimulationTellsWhatAWorkflowWaitsFor() async throws {
        let definition = try World.workflow(
            "workflow: w\ntrigger: manual\nsteps: [ { id: a, send_email: hello }, { id: b, wait: 9d } ]"
        )
        let sender = try #require(MailAddress("hello@example.com"))
        let simulator = WorkflowSimulator(schema: World.schema, templates: try World.templates(), sender: sender)
        let timeline = try await simulator.simulate(
            definition,
            record: [(property: "email", value: "a@example.com")],
            start: World.start,
            until: World.start.advanced(by: .seconds(86_400))
        )
        #expect(timeline.entries.map(\.what) == ["sent"])
        #expect(timeline.waiting?.step == "b")
        #expect(timeline.waiting?.until == World.start.advanced(by: .seconds(9 * 86_400)))
    }
}
