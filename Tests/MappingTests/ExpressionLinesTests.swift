import Mapping
import Records
import Testing

@Suite struct ExpressionLinesTests {
    private static func answers(_ text: String, piece: Int = 7) -> [JSON] {
        var lines = ExpressionLines()
        var answers: [JSON] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: piece) {
            answers += Self.feed(Array(bytes[start..<min(start + piece, bytes.count)]), to: &lines)
        }
        return answers + (lines.finish().map { [$0] } ?? [])
    }

    private static func feed(_ bytes: [UInt8], to lines: inout ExpressionLines) -> [JSON] {
        bytes.withUnsafeBufferPointer { lines.feed($0) }
    }

    private static func message(_ line: String) -> String? { answers(line).first?["error"]?[0]?["message"]?.string }

    @Test func eachLineGetsItsAnswerInOrder() {
        let answers = Self.answers("{\"expr\": \"1 + 1\"}\r\n\n{\"expr\": \"1 / 0\"}\n{\"expr\": \"'a'\"}")
        #expect(answers.count == 3)
        #expect(answers[0] == ["value": ["int": "2"]])
        #expect(answers[1]["error"]?[0]?["kind"]?.string == "divisionByZero")
        #expect(answers[2] == ["value": ["string": "a"]])
    }

    @Test(arguments: [
        "{\"null\":null}", "{\"bool\":true}", "{\"int\":\"-9223372036854775808\"}",
        "{\"uint\":\"18446744073709551615\"}",
        "{\"double\":\"NaN\"}", "{\"double\":\"Infinity\"}", "{\"double\":\"-Infinity\"}", "{\"double\":\"-0\"}",
        "{\"double\":\"1.5\"}", "{\"string\":\"e\u{301}\\u0000\"}", "{\"bytes\":\"AP8=\"}",
        "{\"list\":[{\"int\":\"1\"},{\"list\":[]}]}", "{\"map\":[[{\"string\":\"a\"},{\"null\":null}]]}",
        "{\"type\":\"int\"}", "{\"timestamp\":{\"seconds\":\"-1\",\"nanos\":5}}",
        "{\"duration\":{\"seconds\":\"-1\",\"nanos\":-5}}",
    ])
    func valuesKeepTheirForm(_ value: String) throws {
        let answer = Self.answers("{\"expr\": \"x\", \"bindings\": {\"x\": {\"value\": \(value)}}}").first
        let plain = value.split(separator: "\\u0000", omittingEmptySubsequences: false).joined(separator: "\\u0000")
        #expect(answer?["value"]?.text == plain)
    }

    @Test func declarationsAreChecked() {
        let case1 = "{\"expr\": \"x + 'a'\", \"type_env\": [{\"name\": \"x\", \"ident\": \"int64\"}]}"
        let error = Self.answers(case1).first?["error"]?[0]
        #expect(error?["kind"]?.string == "type")
        #expect(error?["column"]?.int == 3)
        let case2 =
            "{\"expr\": \"x.size()\", \"check_only\": true, \"type_env\": [{\"name\": \"x\", \"ident\": {\"list\": \"dyn\"}}]}"
        #expect(Self.answers(case2).first == ["deduced_type": "int"])
        let case3 =
            "{\"expr\": \"f(1)\", \"type_env\": [{\"name\": \"f\", \"function\": {\"overloads\": [{\"params\": [\"int64\"], \"result_type\": \"int64\"}]}}]}"
        #expect(Self.answers(case3).first?["error"]?[0]?["kind"]?.string == "unbound")
    }

    @Test func aBindingThatFailedFailsWhereItIsNeeded() {
        let rest = "\"bindings\": {\"x\": {\"error\": {\"errors\": []}}}}"
        #expect(Self.answers("{\"expr\": \"x == 1\", \(rest)").first?["error"] != nil)
        #expect(Self.answers("{\"expr\": \"true || x == 1\", \(rest)").first == ["value": ["bool": true]])
    }

    @Test(arguments: [
        ("{", "the line is no JSON: the text ends too early (byte 1)"), ("[]", "a case is a JSON object"),
        ("{}", "a case has its expression as \"expr\""),
        ("{\"expr\": \"1\", \"expr\": \"2\"}", "the line is no JSON: the same key twice in one object (byte 14)"),
        ("{\"expr\": \"1\", \"container\": 1}", "\"container\" is text"),
        ("{\"expr\": \"1\", \"disable_check\": 1}", "\"disable_check\" is true or false"),
        ("{\"expr\": \"1\", \"type_env\": {}}", "\"type_env\" is a list"),
        (
            "{\"expr\": \"1\", \"type_env\": [{\"name\": \"x\", \"ident\": \"integer\"}]}",
            "a type is bool, int64, string, …, {\"list\": type} or {\"map\": [type, type]}"
        ),
        ("{\"expr\": \"1\", \"bindings\": {\"x\": 1}}", "a binding has a \"value\", an \"error\" or an \"unknown\""),
        (
            "{\"expr\": \"1\", \"bindings\": {\"x\": {\"value\": {\"int\": \"1.5\"}}}}",
            "this is no value of a type \"int\""
        ),
        (
            "{\"expr\": \"1\", \"bindings\": {\"x\": {\"value\": 1}}}",
            "a value is an object with one member that names its type, such as {\"int\": \"1\"}"
        ),
    ])
    func aBadLineIsAnsweredWithWhatIsWrong(_ line: String, _ message: String) {
        #expect(Self.message(line) == message)
    }

    @Test func aLineTooLongIsAnsweredBeforeItEndsAndPassedOver() {
        var lines = ExpressionLines()
        let long = [UInt8](repeating: UInt8(ascii: " "), count: ExpressionLines.longestLine + 1)
        #expect(Self.feed(long, to: &lines).count == 1)
        #expect(Self.feed(long, to: &lines).isEmpty)
        #expect(Self.feed(Array("\n{\"expr\": \"1\"}\n".utf8), to: &lines) == [["value": ["int": "1"]]])
    }

    @Test func phoneNumbersAreThere() {
        #expect(
            Self.answers("{\"expr\": \"'06 12 34 56 78'.e164('FR')\"}").first == ["value": ["string": "+33612345678"]]
        )
        #expect(Self.answers("{\"expr\": \"'call me'.e164('FR')\"}").first == ["value": ["null": .null]])
        let error = Self.answers("{\"expr\": \"'1'.e164('fr')\"}").first?["error"]?[0]
        #expect(error?["mend"]?.string == "did you mean FR?")
    }
}
