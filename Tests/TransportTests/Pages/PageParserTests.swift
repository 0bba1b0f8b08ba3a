import Records
import Testing
import Transport

@Suite struct PageParserTests {
    static let contacts = PageLayout(
        records: "results",
        id: "id",
        version: "updatedAt",
        properties: ["email", "firstname", "score"].map { JSONPath(keys: ["properties", $0]) },
        extras: ["archived", "associations.companies.results[].id"],
        outer: ["paging.next.after", "total"]
    )

    @Test func readsWhatTheLayoutNames() throws {
        let text = """
            {"total": 2, "results": [
              {"id":"1","updatedAt":"2026-01-02T03:04:05.678Z","archived":false,"noise":{"email":"no"},
               "properties":{"email":"a@x.fr","firstname":"Zo\\u00eb \\"Z\\"","score":null,"hs_object_id":"1"},
               "associations":{"companies":{"results":[{"id":"7","type":"a"},{"type":"b","id":8}]}}},
              {"properties":{"score":12345678901234567890.5e3 ,"email":""},"id":2}
            ],"paging":{"next":{"link":"?after=2","after":"2"}}}
            """
        try withPage(Self.contacts, text) { page in
            #expect(page.count == 2 && page.bad.isEmpty)
            #expect(page.id(0).text == "1" && page.id(0).kind == .string)
            #expect(page.version(0).text == "2026-01-02T03:04:05.678Z")
            #expect(page.property(0, 0).text == "a@x.fr")
            #expect(page.property(0, 1).text == "Zo\u{eb} \"Z\"")
            #expect(page.property(0, 2).kind == .null)
            #expect(page.extra(0, 0).kind == .false)
            let companies = try page.extra(0, 1).json()
            #expect(companies == ["7", 8])
            #expect(page.id(1).text == "2" && page.id(1).kind == .number)
            #expect(page.version(1).kind == .absent)
            #expect(page.property(1, 0).kind == .string && page.property(1, 0).bytes.isEmpty)
            #expect(page.property(1, 1).kind == .absent)
            #expect(page.property(1, 2).text == "12345678901234567890.5e3")
            #expect(page.extra(1, 1).kind == .absent)
            #expect(page.outer(0).text == "2" && page.outer(1).text == "2")
            #expect(page.position(1) == 1)
        }
    }

    @Test func readsRootArraysAndTypedObjects() throws {
        let layout = PageLayout(
            records: "result",
            id: "id",
            version: "_timestamp",
            properties: ["name", "amount", #"party\..rec_name"#, "id"]
        )
        let text = """
            {"jsonrpc":"2.0","id":9,"result":[{"id":4,"name":"x","_timestamp":"1.5",
            "amount":{"__class__":"Decimal","decimal":"1.5"} ,"party.":{"id":1,"rec_name":"Zoë"}}]}
            """
        try withPage(layout, text) { page in
            #expect(page.property(0, 1).kind == .raw)
            #expect(
                String(decoding: page.property(0, 1).bytes, as: UTF8.self)
                    == #"{"__class__":"Decimal","decimal":"1.5"}"#
            )
            #expect(page.property(0, 2).text == "Zo\u{eb}")
            #expect(page.property(0, 3).text == "4" && page.id(0).text == "4")
        }
        try withPage(PageLayout(records: "", id: "id"), "\u{FEFF}[{\"id\":1},{\"id\":2}]") { page in
            #expect((0..<page.count).map { page.id($0).text } == ["1", "2"])
        }
    }

    @Test func readsASingleRecord() throws {
        let one = PageLayout(records: "", shape: .one, id: "id", properties: ["properties.email"])
        try withPage(one, #"{"id":"5","properties":{"email":"a@x"}}"#) { page in
            #expect(page.count == 1 && page.id(0).text == "5" && page.property(0, 0).text == "a@x")
        }
        let inner = PageLayout(records: "data", shape: .one, recordsMayBeAbsent: true, id: "id", outer: ["ok"])
        try withPage(inner, #"{"data":{"id":"5"},"ok":true}"#) { #expect($0.count == 1 && $0.outer(0).kind == .true) }
        try withPage(inner, #"{"data":null,"ok":false}"#) { #expect($0.count == 0 && $0.outer(0).kind == .false) }
        #expect(throws: PageError.noRecords) { try withPage(inner, #"{"data":[{"id":1}]}"#) { _ in } }
    }

    static let withoutRecords = [
        "{}", #"{"status":"error"}"#, #"{"results":null}"#, #"{"results":{}}"#, #"{"results":"x"}"#, "[]", "3",
    ]

    @Test(arguments: withoutRecords)
    func anAnswerWithoutRecordsIsNoEmptyPage(text: String) throws {
        #expect(throws: PageError.noRecords) { try withPage(Self.contacts, text) { _ in } }
    }

    @Test func someApisLeaveTheListOutWhenItIsEmpty() throws {
        var layout = Self.contacts
        layout.recordsMayBeAbsent = true
        for text in [#"{"total":0}"#, #"{"results":null,"total":0}"#] {
            try withPage(layout, text) { #expect($0.count == 0 && $0.outer(1).text == "0") }
        }
        #expect(throws: PageError.noRecords) { try withPage(layout, #"{"results":"x"}"#) { _ in } }
    }

    static let broken: [(String, JSONError.Reason)] = [
        ("", .truncated),
        ("<html><body>Maintenance</body></html>", .unexpectedByte),
        (#"{"results":[{"id":"1"},{"id":"#, .truncated),
        (#"{"results":[{"id":"1"}]"#, .truncated),
        (#"{"results":[{"id":"1"}],"paging":{"next":{"after":"1"#, .truncated),
        (#"{"results":[{"id":"1"} {"id":"2"}]}"#, .unexpectedByte),
        (#"{"results":[{"id":"1"}]} {}"#, .trailingBytes),
        (#"{"results":[],"results":[]}"#, .duplicateKey),
        (#"{"results":[],"total":1,"total":2}"#, .duplicateKey),
    ]

    @Test(arguments: broken)
    func aBrokenPageIsRefusedAsAWhole(text: String, reason: JSONError.Reason) {
        #expect {
            try withPage(Self.contacts, text) { _ in }
        } throws: { error in
            guard let error = error as? PageError, case .malformed(let cause) = error else { return false }
            return cause.reason == reason
        }
    }

    private static let start = #"{"results":[{"id":"1"},"#.utf8.count

    static let badRecords: [(String, BadRecord.Reason)] = [
        (#"{"id":"2","properties":{"email":"a\ud800b"}}"#, .json(JSONError(.loneSurrogate, at: start + 34))),
        (#"{"id":"2","properties":{"email":"a\u0000b"}}"#, .json(JSONError(.nul, at: start + 34))),
        (#"{"id":"2","properties":{"email":"a\qb"}}"#, .json(JSONError(.invalidEscape, at: start + 34))),
        (#"{"id":"2","properties":{"score":01}}"#, .json(JSONError(.invalidNumber, at: start + 32))),
        (#"{"id":"2","properties":{"score":1x}}"#, .json(JSONError(.invalidNumber, at: start + 33))),
        (#"{"id":"2","properties":{"score":nul}}"#, .json(JSONError(.unexpectedByte, at: start + 35))),
        (#"{"id":"2","properties":{"email":"a","email":"b"}}"#, .json(JSONError(.duplicateKey, at: start + 44))),
        (#"{"id":"2","properties":{"email":{"a":01}}}"#, .json(JSONError(.invalidNumber, at: start + 37))),
        (#"{"id":"2","properties":{"email":["\u0000"]}}"#, .json(JSONError(.nul, at: start + 34))),
        ("3", .notAnObject),
        (#""x""#, .notAnObject),
    ]

    @Test(arguments: badRecords)
    func oneBadRecordStopsNobodyElse(record: String, reason: BadRecord.Reason) throws {
        let text = #"{"results":[{"id":"1"},\#(record),{"id":"3"}],"paging":{"next":{"after":"9"}}}"#
        try withPage(Self.contacts, text) { page in
            #expect((0..<page.count).map { page.id($0).text } == ["1", "3"])
            #expect((0..<page.count).map { page.position($0) } == [0, 2])
            #expect(page.outer(0).text == "9")
            let bad = try #require(page.bad.first)
            #expect(bad.index == 1 && bad.reason == reason && page.bad.count == 1)
            #expect(bad.id == (record.hasPrefix("{") ? "2" : nil))
            #expect(String(decoding: Array(text.utf8)[bad.range], as: UTF8.self) == record)
        }
    }

    @Test func whatIsNotWantedIsNotLookedAt() throws {
        let text = #"{"results":[{"id":"1","other":"\ud800\u0000"},{"id":"2","other":1x},{"id":"3","\ud800":0}]}"#
        try withPage(Self.contacts, text) { page in
            #expect(page.count == 3 && page.bad.isEmpty)
        }
    }

    @Test func notUTF8IsOneBadRecordToo() throws {
        let bytes =
            Array(#"{"results":[{"id":"1"},{"id":"2","properties":{"email":""#.utf8) + [0xFF]
            + Array(#""}},{"id":"3"}]}"#.utf8)
        try PageParser(Self.contacts).withPage(PageBuffer(bytes)) { page in
            #expect(page.count == 2)
            #expect(page.bad.map(\.reason) == [.json(JSONError(.invalidUTF8, at: 56))])
        }
    }

    @Test func nestingIsLimitedWhereItIsKept() throws {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        try withPage(Self.contacts, #"{"results":[{"id":"1","x":\#(deep)},{"id":"2"}]}"#) { page in
            #expect(page.count == 2)
        }
        try withPage(Self.contacts, #"{"results":[{"id":"1","archived":\#(deep)},{"id":"2"}]}"#) { page in
            #expect(page.count == 1)
            #expect(page.bad.first?.reason == .json(JSONError(.tooDeep, at: 33 + 64)))
        }
        #expect(throws: PageError.self) {
            try withPage(Self.contacts, String(repeating: "[", count: 1_000_000)) { _ in }
        }
    }

    @Test func aParserIsGoodForManyPages() throws {
        let parser = try PageParser(Self.contacts)
        for round in 0..<50 {
            let records = (0..<round).map { #"{"id":"\#($0)","properties":{"firstname":"n\#($0)","email":"e\#($0)"}}"# }
            let text = #"{"results":[\#(records.joined(separator: ","))]}"#
            try parser.withPage(PageBuffer(text)) { page in
                #expect(page.count == round)
                #expect((0..<round).allSatisfy { page.property($0, 0).text == "e\($0)" })
                #expect((0..<round).allSatisfy { page.property($0, 1).text == "n\($0)" })
            }
            #expect(throws: PageError.self) { try parser.withPage(PageBuffer(text + "x")) { _ in } }
        }
    }

    @Test func usesTheProcessorItRunsOn() {
        #expect(!PageParser.implementation.isEmpty)
    }

    private func withPage(_ layout: PageLayout, _ text: String, _ body: (Page) throws -> Void) throws {
        try PageParser(layout).withPage(PageBuffer(text), body)
    }
}
