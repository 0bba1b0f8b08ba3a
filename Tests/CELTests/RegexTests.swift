import CEL
import Testing

@Suite struct RegexTests {
    private static func matches(_ text: String, _ pattern: String) throws -> Bool? {
        var environment = CELEnvironment()
        environment.declare(variable: "text", .string)
        environment.declare(variable: "pattern", .string)
        let bindings = CELBindings([.string(text), .string(pattern)])
        let dynamic = try environment.compile("text.matches(pattern)").evaluate(bindings).asBool
        // The same pattern as a constant takes the automaton built beforehand.
        environment.declare(constant: "fixed", .string(pattern))
        let constant = try environment.compile("text.matches(fixed)").evaluate(bindings).asBool
        #expect(dynamic == constant)
        return dynamic
    }

    @Test(arguments: [
        ("abcd", "bc", true), ("abcd", "^bc", false), ("abcd", "cd$", true), ("abcd", "^abcd$", true),
        ("", "", true), ("", "^$", true), ("a", "^$", false), ("grey", "gr(a|e)y", true), ("groy", "gr(a|e)y", false),
        ("banana", "^ba(na)*$", true), ("banan", "^ba(na)*$", false), ("aaa", "^a{2,3}$", true),
        ("aaaa", "^a{2,3}$", false), ("aaaa", "^a{2,}$", true), ("aa", "^a{2}$", true), ("a", "^a{2}$", false),
        ("a{2", "a{2", true), ("x{,3}", "x{,3}", true), ("ab", "^a??b$", true), ("b", "^a?b$", true),
        ("a1_é", #"^\w\d_\W$"#, true), ("tab\there", #"\s"#, true), ("nothing", #"\d"#, false), ("7", #"^\D$"#, false),
        ("x-y", "[a-]y", true), ("]", "[]]", true), ("^", "[^^]", false), ("q", "[^a-p]", true),
        ("é", "^[à-ÿ]$", true), ("mañana", "a+ñ+a+", true), ("🐱😀😀", "(a|😀){2}", true), ("😀", "^.$", true),
        ("e\u{301}", "^.$", false), ("\u{E9}", "^e\u{301}$", false), ("a\nb", "a.b", false), ("a\nb", "(?s)a.b", true),
        ("a\nb", "^b", false), ("a\nb", "(?m)^b$", true), ("a\n", "a$", false), ("ADA", "(?i)ada", true),
        ("ADA", "(?i:a)DA", true), ("aDA", "(?i:a)da", false), ("ÉCOLE", "(?i)école", true),
        ("K", "(?i)\u{212A}", true),
        ("ſ", "(?i)S", true), ("AbC", "(?i)[a-c]{3}", true), ("a", "(?i)[^A]", false), ("x", "(?-i)X", false),
        ("the cat", #"\bcat\b"#, true), ("concat", #"\bcat\b"#, false), ("concat", #"\Bcat\b"#, true),
        ("a.b", #"^a\.b$"#, true), ("axb", #"^a\.b$"#, false), ("a.b*c", #"^\Qa.b*\Ec$"#, true),
        ("A", #"^\x41$"#, true), ("😀", #"^\x{1F600}$"#, true), ("A", #"^\101$"#, true), ("\t", #"^\t$"#, true),
        ("abc", "^(?P<first>a)(?<rest>bc)$", true), ("abc", "^(?:ab)c$", true), ("ab", "^(a|ab)(c|bcd)?$", true),
        ("x5", "^[[:alpha:]][[:digit:]]$", true), ("5", "[[:^digit:]]", false), ("Ж", #"^\p{Lu}$"#, true),
        ("ж", #"^\p{Lu}$"#, false), ("Ж", #"^\pL$"#, true), ("9", #"^\PL$"#, true), ("foo", "bar|", true),
        ("b", "(|a)b", true), ("", "(a*)*", true), ("aab", "^(a*)*b$", true), ("aab", "(a*)+$", true),
        ("a", #"\Aa\z"#, true), ("ba", #"\Aa"#, false), ("abc", "(a(b(c)))", true), ("-", #"[\w-]"#, true),
    ])
    func matchesAsRE2(_ text: String, _ pattern: String, _ expected: Bool) throws {
        #expect(try Self.matches(text, pattern) == expected, "\(text.debugDescription) ~ \(pattern)")
    }

    @Test(arguments: [
        ("(", "the pattern has a '(' that is not closed"), (")", "the pattern has a ')' too many"),
        ("[a", "the pattern has a '[' that is not closed"), ("*a", "'*' repeats nothing"),
        ("a**", "a repetition is repeated; put it into a group"),
        ("(?=a)", "the pattern looks around, which no linear engine can do"),
        ("(?<=a)", "the pattern looks around, which no linear engine can do"),
        (#"(a)\1"#, "the pattern refers back to a group, which no linear engine can do"),
        ("a{1001}", "a repetition is not within 0 and 1000, or ends before it starts"),
        ("a{3,2}", "a repetition is not within 0 and 1000, or ends before it starts"),
        ("((a{1000}){1000}){1000}", "the pattern is too large once its repetitions are written out"),
        ("[z-a]", "a range of a class ends before it starts"), ("\\", "the pattern ends after a backslash"),
        (#"\p{Greek}"#, "the property is not known; known are general categories such as L, Lu and Nd"),
        (String(repeating: "(", count: 200), "the pattern nests more than 100 groups"),
        (String(repeating: "a", count: 3_000), "the pattern is longer than 1000 bytes"),
    ])
    func refusesWhatItCannotDo(_ pattern: String, _ message: String) {
        do {
            _ = try Self.matches("text", pattern)
            Issue.record("no error")
        } catch {
            #expect((error as? CELError)?.message == message)
        }
    }

    @Test(arguments: ["(a+)+$", "(a|a)*$", "(a*)*$", "(a|aa)+$", "(.*a){20}", "([a-z]+)*[0-9]", "(x+x+)+y"])
    func hostilePatternsTakeLinearTime(_ pattern: String) throws {
        var environment = CELEnvironment()
        environment.declare(variable: "text", .string)
        let text = String(repeating: "a", count: 10_000) + "!"
        let program = try environment.compile("text.matches(r'\(pattern)')")
        var found: Bool?
        let elapsed = quickest {
            found = try? program.evaluate(CELBindings([.string(text)])).asBool
        }
        #expect(found == (pattern == "(.*a){20}" || pattern.hasSuffix("*$")))
        #expect(elapsed < .milliseconds(50))
    }

    @Test(arguments: [
        String((0..<300).compactMap { Unicode.Scalar(0x4E00 + $0 * 7) }.map { Character($0) }),
        (0..<120).map { "[^\(Character(Unicode.Scalar(0x100 + $0) ?? " "))]" }.joined(), "(?i)\\pL+\\p{Nd}*",
        "(.*a){30}b", "a{1000}b{1000}c{1000}",
        "(a?){500}a{500}", String(repeating: "(a|b|c)*", count: 100), "((a{30}){30})*", "[\\x{0}-\\x{10FFFF}]{999}",
    ])
    func largePatternsArePreparedAndEndInTime(_ pattern: String) throws {
        var environment = CELEnvironment()
        environment.declare(variable: "text", .string)
        let text = String(repeating: "ab", count: 5_000)
        let bindings = CELBindings([.string(text)])
        // The tables of letters are made once for the process, outside the measure.
        _ = try environment.compile("text.matches('(?i)[a-z]{2}\\\\pL[^x]')").evaluate(bindings)
        environment.declare(constant: "pattern", .string(pattern))
        let elapsed = quickest {
            let program = try? environment.compile("text.matches(pattern)")
            _ = try? program?.evaluate(bindings)
        }
        #expect(elapsed < .milliseconds(250))
    }
}
