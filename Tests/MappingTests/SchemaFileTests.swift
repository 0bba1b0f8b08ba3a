import Mapping
import Records
import Testing

@Suite struct SchemaFileTests {
    @Test func readsTheShippedSchema() throws {
        let schema = try ShippedFiles.schema()
        #expect(schema.objects.map(\.name) == ["contact", "company", "deal", "task"])
        #expect(schema.lifecycle == Lifecycle.standard)
        #expect(schema.object("contact")?.property("company")?.type == .reference(object: "company"))
        #expect(schema.object("contact")?.property("score")?.type == .number)
        #expect(schema.object("deal")?.property("close_date")?.label == "Close date")
    }

    @Test func readsShortForms() throws {
        let text = """
            lifecycle: { stages: [lead, customer], side_stages: [lost, gone] }
            objects:
              thing: { first_name: text, tags: set, colour: { type: option, options: [red, blue] } }

            """
        let schema = try SchemaFile.parse(Array(text.utf8), file: "s.yaml")
        #expect(schema.object("thing")?.property("first_name")?.label == "First name")
        #expect(schema.object("thing")?.property("colour")?.type == .option(["red", "blue"]))
        #expect(schema.object("thing")?.property("tags")?.type == .set([]))
        #expect(schema.lifecycle.comparisonRank(of: "customer") == 1)
        #expect(schema.lifecycle.comparisonRank(of: "gone") == -2)
        #expect(schema.lifecycle.rank(of: "gone") == nil)
    }

    @Test func saysAllThatIsWrong() {
        let text = """
            lifecycle: { stages: [lead, lead], side_stages: { lost: none } }
            object: {}
            objects:
              Contact: { email: txt }
              deal:
                stage: option
                amount: { type: number, options: [a] }
                company: { type: reference, object: compny }
                owner: { label: x }
                kind: { type: option, options: [a, a] }
              company: {}

            """
        let error = #expect(throws: DiagnosticList.self) { try SchemaFile.parse(Array(text.utf8), file: "s.yaml") }
        #expect(
            error?.diagnostics.map(\.description) == [
                "s.yaml:1:29: error: the stage lead stands twice: keep one of them",
                "s.yaml:1:57: error: the rank must be a whole number, not \"none\": write a number from -100 to 100",
                "s.yaml:2:1: error: the schema has no key \"object\": did you mean objects?",
                "s.yaml:4:3: error: an object cannot be called \"Contact\": "
                    + "begin with a small letter; go on with small letters, digits and _, 64 at most",
                "s.yaml:4:21: error: there is no type \"txt\": did you mean text?",
                "s.yaml:6:12: error: an option property lacks its options: add options: [ … ]",
                "s.yaml:7:38: error: a property of type number has no options: remove it",
                "s.yaml:8:41: error: there is no object \"compny\": did you mean company?",
                "s.yaml:9:12: error: owner lacks type: add \"type: …\"",
                "s.yaml:10:40: error: the option \"a\" stands twice: keep one of them",
            ]
        )
    }
}
