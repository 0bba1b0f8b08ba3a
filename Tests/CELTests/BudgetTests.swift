import CEL
import Testing

@Suite struct BudgetTests {
    private static func failure(_ source: String, _ bindings: CELBindings = CELBindings()) throws -> CELError? {
        var environment = CELEnvironment()
        environment.declare(variable: "list", .list(.int))
        environment.declare(variable: "text", .string)
        let program = try environment.compile(source)
        do throws(CELError) {
            _ = try program.evaluate(bindings)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "list.map(x, x + 1).size() > 0", "list.all(x, x >= 0)", "list.exists(x, x < 0)", "list.filter(x, true) == []",
        "list.exists_one(x, x == 3)", "(list + list).size() == 3", "-1 in list", "list == list", "[list] != [list]",
        "list == list.filter(x, true)",
    ])
    func walkingTenMillionElementsEndsByBudget(_ source: String) throws {
        let bindings = CELBindings([.list(Array(repeating: .int(7), count: 10_000_000)), .string("")])
        var error: CELError?
        let elapsed = try quickest { error = try Self.failure(source, bindings) }
        #expect(error?.kind == .budget)
        #expect(error?.message == "the evaluation visits more nodes than its budget allows")
        #expect(elapsed < .milliseconds(50))
    }

    /// A pattern that is put together at run time is read anew each time.
    @Test func readingManyPatternsEndsByBudget() throws {
        let list = CELValue.list(Array(repeating: .int(7), count: 1_000))
        let bindings = CELBindings([list, .string(String(repeating: "a", count: 800))])
        #expect(try Self.failure("list.exists(x, 'b'.matches(text + string(x)))", bindings)?.kind == .budget)
        #expect(try Self.failure("list.exists(x, 'b'.matches('a' + string(x)))", bindings) == nil)
    }

    /// What is looked for may repeat what it is looked for in: each place then begins like a match.
    @Test(arguments: ["text.contains(other)", "text.split(other).size() == 1", "text.replace(other, '') == text"])
    func searchingTakesTimeInProportionToTheTexts(_ source: String) throws {
        var environment = CELEnvironment()
        environment.declare(variable: "text", .string)
        environment.declare(variable: "other", .string)
        let program = try environment.compile(source)
        let text = String(repeating: "a", count: 400_000)
        let bindings = CELBindings([.string(text), .string(String(repeating: "a", count: 200_000) + "b")])
        let elapsed = try quickest { _ = try program.evaluate(bindings) }
        #expect(elapsed < .milliseconds(500))
    }

    @Test func aLongPartIsFoundWhereItFirstBegins() throws {
        var environment = CELEnvironment()
        environment.declare(variable: "text", .string)
        environment.declare(variable: "part", .string)
        let contains = try environment.compile("text.contains(part)")
        let splits = try environment.compile("text.split(part).join('|')")
        for length in [33, 34, 40, 64] {
            // Each part begins like itself again and again.
            let part = String(repeating: "aab", count: length).prefix(length - 1) + "x"
            for before in 0..<7 {
                let head = String("aabaabaab".prefix(before))
                let text = head + part + "é" + part
                let bindings = CELBindings([.string(text), .string(String(part))])
                #expect(try contains.evaluate(bindings).asBool == true)
                #expect(try splits.evaluate(bindings).asString == head + "|é|")
                let none = CELBindings([.string(text), .string(part + "y")])
                #expect(try contains.evaluate(none).asBool == false)
            }
        }
    }

    @Test func nestedWalksOverTenMillionElementsEndByBudget() throws {
        let ten = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]"
        var source = "true"
        for depth in 0..<7 { source = "\(ten).all(x\(depth), \(source))" }
        var error: CELError?
        let elapsed = try quickest { error = try Self.failure(source) }
        #expect(error?.kind == .budget)
        #expect(elapsed < .milliseconds(50))
    }

    @Test(arguments: ["true || ", "false && "])
    func logicDoesNotAbsorbTheBudget(_ before: String) throws {
        let bindings = CELBindings([.list(Array(repeating: .int(7), count: 1_000_000)), .string("")])
        let walk = "list.all(x, x >= 0)"
        #expect(try Self.failure(before + walk, bindings) == nil)
        #expect(
            try Self.failure("\(walk) \(before.contains("||") ? "|| true" : "&& false")", bindings)?.kind == .budget
        )
    }

    @Test func doublingTextsAndListsEndsByBudget() throws {
        for core in ["'0123456789abcdef'", "[1, 2, 3, 4]"] {
            var source = "x40"
            for depth in (1...40).reversed() {
                source = "cel.bind(x\(depth), x\(depth - 1) + x\(depth - 1), \(source))"
            }
            source = "cel.bind(x0, \(core), \(source))"
            var error: CELError?
            let elapsed = try quickest { error = try Self.failure(source) }
            #expect(error?.kind == .budget)
            print(elapsed)
            #expect(elapsed < .milliseconds(50))
        }
    }

    @Test(arguments: [
        "text.replace('', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa').replace('', 'aaaaaaaaaaaaaaaaaaaaaaaa')",
        "text.split('').map(x, text)", "text.split('').map(x, text.replace('', text))",
        "[text].map(x, '%s'.format([text.split('').map(y, text)]))",
        "text.split('').map(x, text.split(''))", "text.split('').all(x, text.lastIndexOf('b') == -1)",
        "text.split('').all(x, text.matches('(a+)+$'))", "text.split('').all(x, text.size() > 0)",
        "text.split('').all(x, '%.1000f'.format([1e-300]) != '')",
        "text.split('').all(x, !text.matches(x + '(.*a){30}b'))",
    ])
    func workThatGrowsWithTheDataCounts(_ source: String) throws {
        let bindings = CELBindings([.list([]), .string(String(repeating: "a", count: 50_000))])
        let elapsed = try quickest { _ = try Self.failure(source, bindings) }
        #expect(elapsed < .milliseconds(500))
    }

    @Test func theCallerSetsTheBudget() throws {
        let program = try CELEnvironment().compile("1 + 2 + 3 == 6")
        #expect(try program.evaluate(CELBindings(), budget: 7).asBool == true)
        #expect(throws: CELError.self) { try program.evaluate(CELBindings(), budget: 3) }
    }
}
