import Mapping
import Records
import Testing

/// What `check` says of the transforms of a field, and of the tables that they read.
@Suite struct ViaDiagnosticTests {
    private static func check(
        _ lines: String...,
        object: String = "contact",
        files: [String: String] = [:]
    ) throws
        -> MappingCheck
    {
        let head = [
            "mapping: a", "connection: crm", "object: { local: \(object), remote: things }", "match: []", "fields:",
        ]
        var compiler = MappingCompiler(schema: try ShippedFiles.schema())
        compiler.readFile = { path in files[path].map { Array($0.utf8) } }
        let text = (head + lines).joined(separator: "\n") + "\n"
        return compiler.compile([MappingFile(path: "m.yaml", bytes: Array(text.utf8))])
    }

    private static let broken = [
        (
            "score, remote: score, via: [ { number: { group: \".\" } } ]",
            "m.yaml:6:51: error: number lacks decimal: add \"decimal: …\""
        ),
        (
            "score, remote: score, via: [ { number: { decimal: \".\", group: \".\" } } ]",
            "m.yaml:6:51: error: decimal and group must be two different separators without digits and signs: "
                + "write { decimal: \",\", group: \".\" }, say"
        ),
        (
            "score, remote: score, via: [ { scale: { decimals: 2, rounding: halfup } } ]",
            "m.yaml:6:75: error: rounding cannot be \"halfup\": did you mean half_up?"
        ),
        (
            "last_engaged_at, remote: seen, via: [ { datetime: { format: \"DD/MM/YYYY HH:mm\" } } ]",
            "m.yaml:6:62: error: datetime lacks zone: add \"zone: …\""
        ),
        (
            "last_engaged_at, remote: seen, via: [ { datetime: { format: \"DD/MM/YYYY HH:mm\", zone: Paris } } ]",
            "m.yaml:6:98: error: there is no zone \"Paris\": write UTC, or one such as Europe/Paris"
        ),
        (
            "last_engaged_at, remote: seen, via: [ { datetime: { format: \"DD/MM/YYYY\", zone: UTC } } ]",
            "m.yaml:6:72: error: the datetime format \"DD/MM/YYYY\" cannot be read: "
                + "use YYYY, MM, DD, HH and mm once each, and ss, as in DD/MM/YYYY HH:mm"
        ),
        (
            "last_engaged_at, remote: seen, via: [ { epoch: second } ]",
            "m.yaml:6:59: error: epoch cannot be \"second\": did you mean seconds?"
        ),
        (
            "birthday, remote: birth, via: [ { epoch: seconds } ]",
            "m.yaml:6:42: error: via gives instant, but birthday is date: "
                + "add { date: { zone: Europe/Paris } }, with the zone that decides which day it is"
        ),
        (
            "last_engaged_at, remote: seen, via: [ { date: DD/MM/YYYY } ]",
            "m.yaml:6:48: error: via gives date, but last_engaged_at is datetime: write { datetime: { format: …, zone: Europe/Paris } } with the "
                + "zone, or map a property of type date"
        ),
        (
            "country, remote: country, via: [ { country: frensh } ]",
            "m.yaml:6:56: error: country cannot be \"frensh\": did you mean french?"
        ),
        (
            "score, remote: price, via: [ { money: euro } ]",
            "m.yaml:6:50: error: \"euro\" is no currency: did you mean EUR?"
        ),
        (
            "score, remote: price, via: [ { money: UDS } ]",
            "m.yaml:6:50: error: \"UDS\" is no currency: did you mean USD?"
        ),
        (
            "score, remote: price, via: [ { money: dollars } ]",
            "m.yaml:6:50: error: \"dollars\" is no currency: write its ISO 4217 code, such as EUR, or money alone with the "
                + "currency in the field's group"
        ),
        (
            "last_name, remote: name, via: [ { split: { by: \" \", part: 3 } } ]",
            "m.yaml:6:70: error: part must be from 1 to 2, not \"3\": write a number from 1 to 2"
        ),
        (
            "last_name, remote: name, via: [ { split: { part: 2 } } ]",
            "m.yaml:6:53: error: split lacks by: add \"by: …\""
        ),
        (
            "city, remote: city, via: [ { lookup: ../cities.csv } ]",
            "m.yaml:6:49: error: the table \"../cities.csv\" is outside the workspace: "
                + "write a path within it, such as Mappings/tables/industries.csv"
        ),
        (
            "city, remote: city, via: [ { lookup: cities.csv } ]",
            "m.yaml:6:49: error: there is no table \"cities.csv\": write its path from the workspace's folder"
        ),
    ]

    @Test(arguments: broken) func saysWhereAndHowToMendIt(field: String, expected: String) throws {
        #expect(try Self.check("- { local: \(field) }").diagnostics.map(\.description) == [expected])
    }

    /// R20: a datetime and a date meet only in a zone that the mapping names.
    @Test func r20ADatetimeAndADateNeedAZone() throws {
        for field in [
            "{ local: last_engaged_at, remote: seen, via: [ { datetime: { format: \"DD/MM/YYYY HH:mm\" } } ] }",
            "{ local: birthday, remote: birth, via: [ { epoch: seconds } ] }",
        ] {
            let said = try Self.check("- \(field)").diagnostics.map(\.description)
            #expect(said.count == 1 && said[0].contains("zone"), "\(said)")
        }
        let zoned =
            "- { local: birthday, remote: birth, via: [ { epoch: seconds }, { date: { zone: Europe/Paris } } ] }"
        #expect(try Self.check(zoned).diagnostics.isEmpty)
    }

    /// R20: what a number of money means hangs on its currency.
    @Test func r20AnAmountNeedsItsCurrency() throws {
        let amount = "- { local: amount, remote: amount, via: money }"
        let currency = "- { local: currency, remote: currency }"
        for bare in [amount, "- { local: amount, remote: amount }"] {
            #expect(
                try Self.check(bare, currency, object: "deal").diagnostics.map(\.description) == [
                    "m.yaml:6:3: error: amount is an amount without its currency: "
                        + "write { money: EUR }, or put it and its currency into one of groups, or give the connection a currency"
                ]
            )
        }
        let grouped = try Self.check(amount, currency, "groups: [ { fields: [amount, currency] } ]", object: "deal")
        #expect(grouped.diagnostics == [])
        let stated = try Self.check("- { local: amount, remote: amount, via: [ { money: EUR } ] }", object: "deal")
        #expect(stated.diagnostics == [])
    }

    @Test func theConnectionsCurrencyIsThatOfAmountsWithoutOne() throws {
        var compiler = MappingCompiler(schema: try ShippedFiles.schema())
        compiler.currency = { $0 == "crm" ? "JPY" : nil }
        func money(_ fields: String) throws -> MoneyLens? {
            let head = "mapping: a\nconnection: crm\nobject: { local: deal, remote: deals }\nmatch: []\n"
            let check = compiler.compile([MappingFile(path: "m.yaml", bytes: Array((head + fields).utf8))])
            #expect(check.diagnostics == [])
            let chain = check.mappings.first?.fields.first?.lens as? LensChain
            return chain?.lenses.lazy.compactMap { $0 as? MoneyLens }.first
        }
        #expect(try money("fields: [ { local: amount, remote: amount } ]\n") == nil)
        #expect(try money("fields: [ { local: amount, remote: amount, via: money } ]\n")?.currency == "JPY")
        #expect(
            try money("fields: [ { local: amount, remote: amount, via: [ { money: EUR } ] } ]\n")?.currency == "EUR"
        )
        let both = "fields: [ { local: amount, remote: amount, via: money }, { local: currency, remote: currency } ]\n"
        let grouped = try #require(try money(both + "groups: [ { fields: [amount, currency] } ]\n"))
        #expect(grouped.currency == nil)
    }

    /// What a mistake leaves out is not missed a second time.
    @Test(arguments: [
        ("owner, remote: owner, via: [ { owner_by_email: { fallback: nobody } } ]", "\"nobody\" is no e-mail address"),
        ("company, remote: company, via: [ { reference: [] } ]", "reference must be"),
    ])
    func aBrokenTransformIsToldOnce(field: String, message: String) throws {
        let found = try Self.check("- { local: \(field) }").diagnostics
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.message.hasPrefix(message) ?? false, "\(found)")
    }

    @Test func aTableOfAFileTranslates() throws {
        let field = "- { local: city, remote: city, via: [ { lookup: t/cities.csv } ] }"
        let table = "\u{FEFF}remote,note,local\r\n\"P,1\",\"a \"\"b\"\"\nc\",Paris\r\n\r\nL2,,Lyon\r\n"
        let mapping = try #require(try Self.check(field, files: ["t/cities.csv": table]).get().first)
        let lens = mapping.fields[0].lens
        #expect(lens.toLocal("P,1", previous: .absent, in: EmptyLensContext()) == .value("Paris"))
        #expect(lens.toRemote("Lyon", previous: "P,1", in: EmptyLensContext()) == .value("L2"))
        #expect(
            lens.toLocal("M3", previous: .absent, in: EmptyLensContext())
                == .unmapped("a value without a row in the table")
        )
        let named = "- { local: city, remote: city, via: [ { lookup: { file: c.csv, local: name, remote: code } } ] }"
        let other = try #require(try Self.check(named, files: ["c.csv": "code,name\nP1,Paris\n"]).get().first)
        #expect(other.fields[0].lens.toRemote("Paris", previous: .null, in: EmptyLensContext()) == .value("P1"))
        // Another table is another field: its shadow must not be believed.
        let changed = try Self.check(named, files: ["c.csv": "code,name\nP2,Paris\n"]).get().first
        #expect(changed?.fields[0].fingerprint != other.fields[0].fingerprint)
    }

    @Test(arguments: [
        ("", "1:1: error: the table is empty: write a head line local,remote and a row for each pair"),
        (
            "local,theirs\na,b\n",
            "1:1: error: the table has no column \"remote\": add it to the head line, or name the columns in lookup"
        ),
        (
            "local,Remote\na,b\n",
            "1:1: error: the table has no column \"remote\": rename the column \"Remote\", or name the columns in lookup"
        ),
        (
            "local;remote\na;b\n",
            "1:1: error: the head line has no comma: save the table with commas between its columns"
        ),
        ("local,remote\nA\0,1\n", "2:2: error: the file contains a zero byte: save it as UTF-8 text"),
        (
            "local,remote\na,1\nb\n",
            "3:1: error: the row has 1 cells, the head line 2: "
                + "write one cell for each column, in quotes where it holds a comma"
        ),
        ("local,remote\na,\n", "2:1: error: the row has an empty cell: fill it in, or remove the row"),
        (
            "local,remote\n\na,1\nb,1\n",
            "4:1: error: \"1\" is in line 3 already: remove one of the rows, as it could not be told which is meant"
        ),
        ("local,remote\na,\"1\n", "2:1: error: a quote is never closed: close it with \""),
    ])
    func saysWhatIsWrongInATable(table: String, expected: String) throws {
        let field = "- { local: city, remote: city, via: [ { lookup: t.csv } ] }"
        #expect(try Self.check(field, files: ["t.csv": table]).diagnostics.map(\.description) == ["t.csv:" + expected])
    }

    /// A consent finds the tables that a field does.
    @Test func aConsentMayBeLookedUp() throws {
        let consent = "{ purpose: newsletter, remote: optin, via: [ { lookup: t.csv } ] }"
        let more = "- { local: city, remote: city }\nconsent: [ \(consent) ]"
        let check = try Self.check(more, files: ["t.csv": "local,remote\ntrue,YES\nfalse,NO\n"])
        #expect(check.diagnostics.map(\.description) == [])
        let lens = try #require(check.mappings.first?.fields.last?.lens)
        #expect(lens.toLocal("YES", previous: .absent, in: EmptyLensContext()) == .value(.flag(true)))
    }

    /// Tables are files of people too: broken ones end soon, and in few words.
    @Test func aHostileTableEndsInFewFindings() throws {
        let field = "- { local: city, remote: city, via: [ { lookup: t.csv } ] }"
        let wrong = "local,remote\n" + String(repeating: "a,b\n", count: 5000)
        let found = try Self.check(field, files: ["t.csv": wrong]).diagnostics.map(\.description)
        #expect(found.count == 21)
        #expect(found.last == "t.csv:23:1: error: 4979 more rows are wrong, from here on: mend the first")
        let huge = "local,remote\n" + String(repeating: "a", count: 9 << 20)
        let one = try Self.check(field, files: ["t.csv": huge]).diagnostics.map(\.description)
        #expect(one == ["t.csv:1:1: error: the file has 9437197 bytes, more than 8388608: use a smaller table"])
    }

    @Test(arguments: [
        (
            "local: full_name, value: \"remote.firstname + ' ' + remote.lastname\"", 85,
            "firstname \"Ada Maria\" with lastname \"Lovelace\" and firstname \"Ada\" with lastname \"Maria Lovelace\" "
                + "both give \"Ada Maria Lovelace\""
        ),
        (
            "remote: name, value: \"contact.last_name + ', ' + contact.first_name\"", 86,
            "last_name \"Ada, Maria\" with first_name \"Lovelace\" and last_name \"Ada\" with first_name "
                + "\"Maria, Lovelace\" both give \"Ada, Maria, Lovelace\""
        ),
    ])
    func aTwoWayJoinOfNamesIsRefusedWithACounterexample(field: String, column: Int, example: String) throws {
        #expect(
            try Self.check("- { \(field), direction: both }").diagnostics.map(\.description) == [
                "m.yaml:6:\(column): error: a computed field is one way, with one side only: \(example): "
                    + "give it local to pull, or remote to push"
            ]
        )
    }

    @Test func aPartOfANamePassesOnItsDomain() throws {
        let check = try Self.check(
            "- { local: first_name, remote: name, direction: pull, via: [ { split: { by: \" \", part: 1 } } ] }",
            "- { local: last_name, remote: name, via: [ { split: { by: \" \", part: 2 } } ] }"
        )
        #expect(check.diagnostics == [])
        let mapping = try #require(check.mappings.first)
        #expect(mapping.fields.map(\.lens.lensClass) == [.partial, .partial])
    }

    @Test func allPartsOfOneTextTogetherPassOnTheirDomain() throws {
        let check = try Self.check(
            "- { local: first_name, remote: name, via: [ { split: { by: \" \", part: 1 } } ] }",
            "- { local: last_name, remote: name, via: [ { split: { by: \" \", part: 2 } } ] }"
        )
        #expect(check.diagnostics == [])
    }

    @Test func aTableWithTwoLocalValuesForOneRemoteNeedsElse() throws {
        let table = "- { local: source, remote: source, via: [ { enum: { web: online, mail: online }%@ } ] }"
        let refused = try Self.check(table.replacing("%@", with: ""))
        #expect(refused.diagnostics.first?.message.hasPrefix("web and mail both become online") ?? false)
        #expect(refused.mappings.isEmpty)
        for settled in [", else: first", ", else: { local: mail }"] {
            let check = try Self.check(table.replacing("%@", with: settled))
            #expect(check.diagnostics == [])
            let expected: Value = settled.contains("mail") ? "mail" : "web"
            let lens = try #require(check.mappings.first?.fields.first?.lens)
            #expect(lens.toLocal("online", previous: .absent, in: EmptyLensContext()) == .value(expected))
            #expect(lens.toRemote("mail", previous: "online", in: EmptyLensContext()) == .value("online"))
        }
    }
}
