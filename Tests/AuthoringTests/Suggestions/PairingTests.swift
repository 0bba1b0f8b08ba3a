import Records
import Testing

@testable import Authoring

/// The parts of which proposals are made.
@Suite struct PairingTests {
    @Test(arguments: [
        ("firstName", ["first", "name"]), ("first_name", ["first", "name"]), ("FIRSTNAME", ["first", "name"]),
        ("firstname", ["first", "name"]), ("numberofemployees", ["number", "employee"]),
        ("Date de clôture prévue", ["date", "cloture", "prevue"]), ("E-mail", ["email"]), ("Né(e) le", ["ne"]),
        ("address1_city", ["address", "1", "city"]), ("N° de TVA", ["n", "tva"]), ("field_17", ["field", "17"]),
        ("", []), ("日本", ["日本"]),
    ])
    func aNameIsTakenApartIntoItsWords(text: String, words: [String]) {
        #expect(Words(text, vocabulary: Lexicon.standard.vocabulary).list == words)
    }

    @Test func allPairsTogetherFitBest() {
        // Greedy would take 0.9 first and leave the second row with nothing.
        #expect(Assignment.best([[0.9, 0.8], [0.8, 0]]) == [1, 0])
        #expect(Assignment.best([[0, 0], [0.5, 0]]) == [nil, 0])
        #expect(Assignment.best([[], []]) == [nil, nil])
        #expect(Assignment.best([[0.2], [0.3], [0.1]]) == [nil, 0, nil])
    }

    @Test func everyPartnerIsTakenOnce() {
        var state: UInt64 = 7
        for _ in 0..<200 {
            let gains = (0..<5).map { _ in
                (0..<4).map { _ -> Double in
                    state = state &* 6_364_136_223_846_793_005 &+ 1
                    return Double(state >> 40) / Double(1 << 24)
                }
            }
            let found = Assignment.best(gains)
            let columns = found.compactMap(\.self)
            #expect(Set(columns).count == columns.count)
            let sum = zip(gains, found).map { row, column in column.map { row[$0] } ?? 0 }.reduce(0, +)
            #expect(abs(sum - Self.bestByTrying(gains[...], Array(repeating: false, count: 4))) < 1e-9)
        }
    }

    /// The greatest sum, by trying everything.
    private static func bestByTrying(_ gains: ArraySlice<[Double]>, _ taken: [Bool]) -> Double {
        guard let row = gains.first else { return 0 }
        let alone = Self.bestByTrying(gains.dropFirst(), taken)
        let paired = row.indices.filter { !taken[$0] }.map { column in
            var next = taken
            next[column] = true
            return row[column] + Self.bestByTrying(gains.dropFirst(), next)
        }
        return max(alone, paired.max() ?? 0)
    }

    @Test(arguments: [
        (["won", "lost"], ["closedwon", "closedlost"], ["won: closedwon", "lost: closedlost"]),
        (
            ["mql", "sql"], ["salesqualifiedlead", "marketingqualifiedlead"],
            ["mql: marketingqualifiedlead", "sql: salesqualifiedlead"]
        ),
        (["new", "open"], ["nouveau", "ouvert"], ["new: nouveau", "open: ouvert"]),
        (["A", "C"], ["a", "b", "c"], ["A: a", "C: c"]),
        (["yes"], ["145206351"], []),
    ])
    func optionsThatSayTheSameArePaired(ours: [String], theirs: [String], rows: [String]) {
        let pairing = OptionPairing(ours.map { Text($0) }, theirs.map { Text($0) })
        #expect(pairing.rows.map { "\($0.local): \($0.remote)" } == rows)
    }

    @Test func oneSlipOfTheFingersIsForgivenButNotACounty() {
        let meaning = Meaning(lexicon: .standard, realm: .person)
        #expect(meaning.concept(name: "lnaguage", label: "")?.name == "language")
        #expect(meaning.concept(name: "county", label: "")?.name == "region")
        #expect(meaning.concept(name: "country", label: "")?.name == "country")
        #expect(meaning.concept(name: "department", label: "")?.name != "region")
    }

    @Test func aHostileLabelStaysAComment() throws {
        let label = "Email\nfields: []\u{2028}# \u{202E}x"
        let object = ObjectSchema(name: "contact", properties: [.init(name: "email", type: .text, label: "E-mail")])
        let fields = [RemoteField(name: "email, x: {", label: label, type: "string")]
        let suggester = Suggester(object: object, lifecycle: .standard, remote: fields, ties: [])
        let draft = MappingDraft(
            name: "a/b",
            connection: "${a}",
            connectionName: "a",
            object: object,
            remoteObject: "things",
            remote: fields,
            fields: suggester.suggestions()
        )
        #expect(draft.text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
        #expect(!draft.text.contains("\u{2028}") && !draft.text.contains("\u{202E}"))
        #expect(!draft.text.split(separator: "\n").contains("fields: []"))
        #expect(draft.text.contains(#"remote: "email, x: {""#), "\(draft.text)")
    }
}
