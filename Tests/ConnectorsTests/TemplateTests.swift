import Mapping
import Records
import Testing

@testable import Connectors

/// Templates: filling in, leaving out, and the way back.
@Suite struct TemplateTests {
    /// Reads a template from YAML; every name is allowed that is listed.
    static func template(_ yaml: String, _ names: [String] = ["a", "b", "list", "item"]) throws -> Template {
        let findings = Findings()
        let template = TemplateReader(findings: findings).allowing(names)
            .template(try YAMLDocument.parse(text: yaml, file: "t"))
        try findings.throwIfErrors()
        return template
    }

    static let scope = TemplateScope([
        "a": .number("7"), "b": "x", "list": [["id": 1, "name": "p"], ["id": 2]], "nothing": .null,
    ])

    @Test(arguments: [
        ("${a}", "7"),
        ("\"${a}\"", "7"),
        ("a ${a} and ${b}", #""a 7 and x""#),
        ("plain", #""plain""#),
        ("true", "true"),
        ("\"true\"", #""true""#),
        ("null", "null"),
        ("12", "12"),
        ("\"12\"", #""12""#),
        ("{ x: \"${a}\", y: \"${missing}\" }", #"{"x":7}"#),
        ("[ 1, \"${missing}\", \"${b}\" ]", #"[1,"x"]"#),
        ("{ text: \"is ${missing}\" }", "{}"),
        (
            "[ { $each: list, $item: { i: \"${item.id}\", n: \"${item.name}\" } }, end ]",
            #"[{"i":1,"n":"p"},{"i":2},"end"]"#
        ),
        ("{ ids: { $each: list, $item: \"${item.id}\" } }", #"{"ids":[1,2]}"#),
        ("[ { $each: list, $items: [ [ \"${item.id}\" ], x ] } ]", #"[[1],"x",[2],"x"]"#),
        ("[ in, [ { $each: list, $item: \"${item.id}\" } ] ]", #"["in",[1,2]]"#),
        ("ids=${list}", #""ids=""#),
    ]) func filledIn(yaml: String, json: String) throws {
        let names = ["a", "b", "list", "item", "missing"]
        #expect(try Self.template(yaml, names).rendered(Self.scope)?.text == json)
    }

    @Test func whatCannotBeFilledInIsNothing() throws {
        #expect(try Self.template("${missing}", ["missing"]).rendered(Self.scope) == nil)
    }

    @Test(
        arguments: [
            ("{ y: \"${a}\", kind: date }", #"{"kind":"date","y":7,"more":1}"#, ["a": "7"]),
            ("{ y: \"${a}\", kind: date }", #"{"kind":"time","y":7}"#, nil),
            ("{ y: \"${a}\", kind: date }", #"{"kind":"date"}"#, nil),
            ("id-${a}-end", #""id-12-end""#, ["a": #""12""#]),
            ("id-${a}-end", #""id-12""#, nil),
            ("${a}${b}", #""xy""#, nil),
            ("[ \"${a}\", \"${b}\" ]", "[1,2]", ["a": "1", "b": "2"]),
            ("[ \"${a}\" ]", "[1,2]", nil),
            ("true", "1", [:]),
        ] as [(String, String, [String: String]?)]
    ) func takenApart(
        yaml: String,
        json: String,
        expected: [String: String]?
    )
        throws
    {
        let bindings = try Self.template(yaml).bindings(in: JSON(parsing: json))
        #expect(bindings?.mapValues(\.text) == expected)
    }

    @Test(arguments: [
        ("${zzz}", "t:1:1: error: nothing here is called \"zzz\": write one of a, b"),
        ("x ${aa} ${b}", "t:1:3: error: nothing here is called \"aa\": did you mean a?"),
        ("x ${a", "t:1:1: error: \"${\" has no closing \"}\": write ${name}"),
        ("{ $eech: a }", "t:1:3: error: $eech has no meaning here: did you mean $each?"),
        ("{ $each: a }", "t:1:1: error: a repetition lacks $item: add \"$item: …\" or \"$items: [ … ]\""),
    ]) func wrongTemplatesAreRefused(yaml: String, finding: String) throws {
        let list = #expect(throws: DiagnosticList.self) { try Self.template(yaml, ["a", "b"]) }
        #expect(list?.description == finding)
    }

    @Test func pathsLeadThroughListsAndKeysWithDots() throws {
        let json = try JSON(parsing: #"{"a":{"b.":[{"c":1},{"c":2}]},"e":["x",["y"]]}"#)
        #expect(AnswerPath(["a", "b.", "*", "c"]).all(in: json) == [1, 2])
        #expect(AnswerPath("e.1.0").first(in: json) == "y")
        #expect(AnswerPath("e.7").first(in: json) == nil)
        #expect(AnswerPath("").first(in: json) == json)
    }
}
