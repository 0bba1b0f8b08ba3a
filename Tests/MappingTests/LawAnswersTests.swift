import Mapping
import Records
import Testing

/// Fields with the very same transforms are tried once; fields that only look alike each get their own answer.
@Suite struct LawAnswersTests {
    private static let schema = """
        lifecycle:
          stages: [subscriber, lead, mql, sql, opportunity, customer, evangelist]
        objects:
          contact:
            email: { type: text, label: E-mail }
            city: { type: text, label: City }
            town: { type: text, label: Town }
            size: { type: option, options: [\(Self.sizes)], label: Size }
            shirt: { type: option, options: [small, large], label: Shirt }
            price: { type: number, label: Price }
            met: { type: date, label: Met }

        """
    private static let sizes = "small, large"

    /// A compiler for one file at a time, with the tables and the currency that it is to find.
    private static func compiler(
        _ laws: LawAnswers,
        sizes: String = Self.sizes,
        table: String = "",
        currency: String? = nil
    ) throws -> MappingCompiler {
        let text = Self.schema.replacing("[\(Self.sizes)]", with: "[\(sizes)]", maxReplacements: 1)
        var compiler = MappingCompiler(schema: try SchemaFile.parse(Array(text.utf8), file: "schema.yaml"))
        compiler.laws = laws
        compiler.readFile = { $0 == "Mappings/cities.csv" ? Array(table.utf8) : nil }
        compiler.currency = { _ in currency }
        return compiler
    }

    private static func found(_ compiler: MappingCompiler, _ fields: String...) -> [String] {
        let lines = fields.map { "  - \($0)\n" }.joined()
        let text =
            "mapping: a\nconnection: crm\nobject: { local: contact, remote: things }\nmatch: []\nfields:\n\(lines)"
        return compiler.compile([MappingFile(path: "a.yaml", bytes: Array(text.utf8))]).diagnostics.map(\.description)
    }

    private static let lossy =
        "via: [ { custom: { toLocal: value, toRemote: \"value == 'Bordeaux' ? 'Lyon' : value\" } } ]"

    @Test func theSameChainIsTriedOnceAcrossFieldsFilesAndCompilers() throws {
        let laws = LawAnswers()
        let fields = [
            "{ local: city, remote: city, via: [trim, uppercase] }",
            "{ local: town, remote: town, via: [trim, uppercase] }",
        ]
        #expect(Self.found(try Self.compiler(laws), fields[0], fields[1]) == [])
        #expect(laws.tried == 1)
        #expect(Self.found(try Self.compiler(laws), fields[1]) == [])
        #expect(laws.tried == 1)
        #expect(Self.found(try Self.compiler(laws), "{ local: town, remote: town, via: [uppercase, trim] }") == [])
        #expect(laws.tried == 2)
    }

    @Test func aBrokenChainIsToldOfEveryFieldThatHasIt() throws {
        let laws = LawAnswers()
        let broken = "via: [ { custom: { toLocal: value, toRemote: \"value.substring(0, 1)\" } } ]"
        let found = Self.found(
            try Self.compiler(laws),
            "{ local: city, remote: city, \(broken) }",
            "{ local: town, remote: town, \(broken) }"
        )
        #expect(laws.tried == 1)
        #expect(found.count == 2)
        #expect(
            found.first?.hasPrefix("a.yaml:6:5: error: city does not survive the round trip: PutGet fails") ?? false
        )
        #expect(found.last?.hasPrefix("a.yaml:7:5: error: town does not survive the round trip: PutGet fails") ?? false)
    }

    @Test func fieldsWithOtherOptionsEachHaveTheirAnswer() throws {
        let laws = LawAnswers()
        let field = "{ local: size, remote: size }"
        _ = Self.found(try Self.compiler(laws), field, "{ local: shirt, remote: shirt }")
        #expect(laws.tried == 1)
        _ = Self.found(try Self.compiler(laws, sizes: "small, huge"), field, "{ local: shirt, remote: shirt }")
        #expect(laws.tried == 2)
    }

    @Test func aTableWithOtherRowsIsTriedAgain() throws {
        let laws = LawAnswers()
        let field =
            "{ local: city, remote: city, " + Self.lossy.replacing("[ {", with: "[ { lookup: Mappings/cities.csv }, {")
            + " }"
        let harmless = "local,remote\nLyon,69\nLille,59\n"
        #expect(Self.found(try Self.compiler(laws, table: harmless), field) == [])
        let found = Self.found(try Self.compiler(laws, table: harmless + "Bordeaux,33\n"), field)
        #expect(found.count == 1)
        #expect(found.first?.contains("city does not survive the round trip") ?? false)
        #expect(laws.tried == 2)
        #expect(Self.found(try Self.compiler(laws, table: harmless), field) == [])
        #expect(laws.tried == 2)
    }

    @Test(arguments: [
        ("city", "{ e164: FR }", "{ e164: DE }"),
        ("met", "{ date: { zone: Europe/Paris } }", "{ date: { zone: UTC } }"),
        ("met", "{ date: DD/MM/YYYY }", "{ date: MM/DD/YYYY }"), ("price", "{ money: EUR }", "{ money: JPY }"),
        ("price", "{ number: { decimal: \",\" } }", "{ number: { decimal: \".\" } }"),
        ("city", "{ truncate: 5 }", "{ truncate: 6 }"), ("city", "{ prefix: a }", "{ suffix: a }"),
        ("city", "{ enum: { a: b } }", "{ enum: { a: c } }"), ("city", "{ reference: a }", "{ reference: b }"),
        // One text to a reader, two to a machine.
        ("city", "{ split: { by: \"\u{E9}\", part: 1, of: 2 } }", "{ split: { by: \"e\u{301}\", part: 1, of: 2 } }"),
    ])
    func whatDiffersInOneSettingIsTriedByItself(property: String, one: String, other: String) throws {
        let laws = LawAnswers()
        let compiler = try Self.compiler(laws)
        for (via, count) in [(one, 1), (other, 2), (one, 2), (other, 2)] {
            #expect(Self.found(compiler, "{ local: \(property), remote: it, via: [ \(via) ] }") == [])
            #expect(laws.tried == count, "\(via)")
        }
    }

    @Test func theCurrencyOfTheConnectionCounts() throws {
        let laws = LawAnswers()
        for (currency, count) in [("EUR", 1), ("KWD", 2), ("EUR", 2)] {
            let compiler = try Self.compiler(laws, currency: currency)
            #expect(Self.found(compiler, "{ local: price, remote: it, via: [money] }") == [])
            #expect(laws.tried == count)
        }
    }

    @Test func anotherSeedOrNumberOfValuesIsAnotherQuestion() throws {
        let laws = LawAnswers()
        var compiler = try Self.compiler(laws)
        let field = "{ local: city, remote: city, via: [trim] }"
        _ = Self.found(compiler, field)
        compiler.seed = 2
        _ = Self.found(compiler, field)
        compiler.lawSamples = 7
        _ = Self.found(compiler, field)
        #expect(laws.tried == 3)
    }

    @Test func textsThatShareTheirPartsAreComparedByAllOfThem() throws {
        let laws = LawAnswers()
        func fields(_ separator: String, _ second: String) -> [String] {
            [
                "{ local: city, remote: it, via: [ { split: { by: \"\(separator)\", part: 1, of: 2 } } ] }",
                "{ local: town, remote: it, via: [ { split: { by: \"\(separator)\", part: 2, of: 2 } }\(second) ] }",
            ]
        }
        let compiler = try Self.compiler(laws)
        // The text as a whole, and each of its parts.
        for (separator, second, count) in [(" ", "", 3), (" ", "", 3), ("-", "", 6), (" ", ", nfc", 8)] {
            let both = fields(separator, second)
            #expect(Self.found(compiler, both[0], both[1]) == [])
            #expect(laws.tried == count, "\(separator) \(second)")
        }
    }

    /// Two transforms of one name and one definition, as options have.
    @Test func whatATransformHoldsCountsAndNotWhatItSays() {
        struct Masked: CheckedLens {
            let isSound: Bool
            var name: String { "masked" }
            var lensClass: LensClass { .quotient }
            func toLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult {
                .value(self.isSound ? remote : .null)
            }
            func toRemote(_ local: Value, previous remote: Value, in context: any LensContext) -> LensResult {
                .value(local)
            }
        }
        let laws = LawAnswers()
        func answer(_ isSound: Bool) -> String? {
            laws.counterexample(of: LensChain([Masked(isSound: isSound)]), samples: 20, seed: 1)
        }
        #expect(answer(true) == nil)
        #expect(answer(false) != nil)
        #expect(answer(true) == nil)
        #expect(laws.tried == 2)
    }
}
