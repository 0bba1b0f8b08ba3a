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
