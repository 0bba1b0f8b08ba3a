import CEL
import Testing

@Suite struct SyntaxTests {
    @Test(arguments: [
        ("", "1:1: expected a value, found the end"),
        ("1 +", "1:4: expected a value, found the end"),
        ("1 = 2", "1:3: unexpected character '='; write '==' to compare"),
        ("true & false", "1:6: unexpected character '&'; write '&&' for and"),
        ("true | false", "1:6: unexpected character '|'; write '||' for or"),
        ("1 ; 2", "1:3: unexpected character ';'"),
        ("1\u{0} 2", "1:2: unexpected character U+0"),
        ("(1", "1:3: expected ')', found the end"),
        ("[1, 2", "1:6: expected ']', found the end"),
        ("{'a' 1}", "1:6: expected ':', found 1"),
        ("f(1,)", "1:5: expected a value, found ')'"),
        ("1 2", "1:3: expected an operator or the end, found 2"),
        ("true ? 1", "1:9: expected ':', found the end"),
        ("true ? false ? 1 : 2 : 3", "1:14: expected ':', found '?'"),
        ("'abc", "1:1: the text is not closed; close it with the quote it starts with"),
        ("'a\nb'", "1:1: the text is not closed; close it with the quote it starts with"),
        (
            #"'\q'"#,
            #"1:2: an escape sequence that the language does not know; write '\\' for a backslash, or put r before the opening quote"#
        ),
        (
            #"'\ud800'"#,
            #"1:2: an escape sequence that the language does not know; write '\\' for a backslash, or put r before the opening quote"#
        ),
        (
            #"b'\u0041'"#,
            #"1:3: an escape sequence that the language does not know; write '\\' for a backslash, or put r before the opening quote"#
        ),
        ("99999999999999999999", "1:1: the number is too large for an int; write it as a double, with '.0' at its end"),
        ("9223372036854775808", "1:1: the number is too large for an int"),
        (
            "18446744073709551616u",
            "1:1: the number is too large for a uint; write it as a double, with '.0' at its end"
        ),
        ("0x", "1:1: a hexadecimal number without digits"),
        ("12abc", "1:3: a letter right after a number; put an operator between them"),
        ("for + 1", "1:1: 'for' is a reserved word; use another name"),
        ("a.", "1:3: expected a field or function name, found the end"),
        (
            "a.`b",
            "1:3: a quoted field name is not closed; close it with a backquote; it may hold letters, digits, '_', '.', '-', '/' and blanks"
        ),
        ("has(1)", "1:5: has() needs a field selection; write has(record.field)"),
        (
            "[1].all(1, true)",
            "1:9: the macro needs the name of a variable here; write a plain name, as in list.all(x, x > 0)"
        ),
        ("[1].all(x, x, true)", "1:12: both variables have the name 'x'"),
        ("Type{a: 1}", "1:1: 'Type' is no message type; write a map: {'field': value}"),
    ])
    func explainsWhatIsNoExpression(_ source: String, _ message: String) {
        #expect(CELEnvironment().problems(in: source).map(\.description) == [message])
    }

    @Test(arguments: [
        ("x", 1, 1), ("  x", 1, 3), ("1 +\nx", 2, 1), ("1 +\r\n  x", 2, 3), ("1 +\rx", 2, 1), ("'é😀' + x", 1, 8),
        ("// é\n\n  1 + x", 3, 7), ("'e\u{301}' + x", 1, 8), ("'''a\nb''' + x", 2, 8),
    ])
    func countsLinesAndCodePoints(_ source: String, _ line: Int, _ column: Int) throws {
        let problem = try #require(CELEnvironment().problems(in: source).first)
        #expect(problem.line == line)
        #expect(problem.column == column)
        #expect(problem.kind == .undeclared)
    }

    @Test func reportsAllProblemsInTheirOrder() {
        let problems = CELEnvironment().problems(in: "x + 1 > 2 &&\n  'a' > 1 && [1].foo()")
        #expect(
            problems.map(\.description) == [
                "1:1: 'x' is not declared", "2:7: '>' does not take string and int; convert one side, as in string(…)",
                "2:18: there is no function 'foo'",
            ]
        )
    }

    @Test(arguments: [
        ("1 + 2 * 3 - 4 / 2", "5"), ("(1 + 2) * 3", "9"), ("-2 * -3", "6"), ("--2", "2"), ("- 2", "-2"),
        ("1 - -1", "2"),
        ("!true || true", "true"), ("true || false && false", "true"), ("1 < 2 == true", "true"),
        ("2 in [1, 2] == true", "true"),
        ("true ? 1 : false ? 2 : 3", "1"), ("false ? 1 : false ? 2 : 3", "3"), ("10 - 3 - 2", "5"), ("7 % 4 % 2", "1"),
        ("0x1F", "31"), ("-0x10", "-16"), ("1e3", "1000.0"), (".5", "0.5"), ("7u", "7"), ("[1, 2,]", "[1, 2]"),
        ("{'a': 1,}", "{a: 1}"), ("r'\\n'", "\\n"), ("'''it's'''", "it's"), ("'a' // comment\n + 'b'", "ab"),
        ("{'a.b': 1}.`a.b`", "1"), ("{'in': 1}['in']", "1"), ("b'a\\xff'.size()", "2"), ("'\\U0001F600'", "😀"),
    ])
    func readsTheGrammar(_ source: String, _ expected: String) {
        #expect(shown(source) == expected)
    }

    @Test func parenthesesChooseTheFieldOfAValue() throws {
        var environment = CELEnvironment()
        environment.declare(variable: "a.b", .map(.string, .int))
        environment.declare(variable: "a.b.c", .int)
        let bindings = CELBindings([.map(try CELMap([.init(key: .string("c"), value: .int(1))])), .int(2)])
        #expect(try environment.compile("a.b.c").evaluate(bindings).asInt == 2)
        #expect(try environment.compile("(a.b).c").evaluate(bindings).asInt == 1)
    }

    @Test func limitsTheSource() {
        let long = String(repeating: " ", count: 40_000) + "1"
        #expect(
            CELEnvironment().problems(in: long).map(\.description) == [
                "1:1: the expression has 40001 bytes; at most 32768 are allowed; split it, or move the data out of it"
            ]
        )
        let deep = String(repeating: "!", count: 300) + "true"
        #expect(
            CELEnvironment().problems(in: deep).map(\.message) == [
                "the expression is nested too deep (256 operations, 1024 brackets)"
            ]
        )
    }
}
