import Mapping
import Records
import Testing

/// Real records run through a mapping.
@Suite struct LiveSampleTests {
    private func findings(_ lines: [String], _ records: [[Value]]) throws -> [String] {
        let head = ["mapping: a", "connection: c", "object: { local: contact, remote: contacts }", "match: []"]
        let file = MappingFile(path: "m.yaml", bytes: Array((head + lines).joined(separator: "\n").utf8))
        var compiler = MappingCompiler(schema: try ShippedFiles.schema())
        // The laws are to be broken by the records, not by generated values.
        compiler.lawSamples = 0
        let mapping = try #require(try compiler.compile([file]).get().first)
        let sample = records.enumerated().map { LiveSample.Record(id: Text("\($0 + 501)"), values: $1) }
        return LiveSample(mapping, sample, in: SampleContext()).findings().map(\.description)
    }

    @Test func valuesWithoutCounterpartAreCountedWithAnExample() throws {
        let lines = [
            "fields:", "- { local: email, remote: email }",
            "- { local: source, remote: source, via: [ { enum: { web: online, fair: event } } ] }",
        ]
        let records: [[Value]] = [
            ["a@x.org", "online"], ["b@x.org", "other"], ["c@x.org", .null], ["d@x.org", "other"],
            ["e@x.org", "fax\u{1B}"],
        ]
        #expect(
            try self.findings(lines, records) == [
                "m.yaml:7:3: warning: 3 of 5 records have no counterpart for source, such as record \"502\" "
                    + "(a value without a row in the table: \"other\", \"fax\\u{1B}\"): "
                    + "add them to the table, or say with else what they become"
            ]
        )
    }

    @Test func aDateThatCannotBeReadIsNamedWithoutItsValue() throws {
        let lines = ["fields:", "- { local: birthday, remote: birth, via: [ { date: DD/MM/YYYY } ] }"]
        let found = try self.findings(lines, [["17/05/1990"], ["1990-05-17"]])
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("m.yaml:6:3: warning: 1 of 2 records have no counterpart for birthday") ?? false)
        #expect(found.first?.contains("\"502\"") ?? false)
        #expect(!(found.first?.contains("1990") ?? true), "\(found)")
    }

    @Test func aValueThatChangesOnARoundTripIsFound() throws {
        let via = "{ custom: { toLocal: \"value.lowerAscii()\", toRemote: \"'x' + value\" } }"
        let lines = ["fields:", "- { local: city, remote: city, via: [ \(via) ] }"]
        #expect(
            try self.findings(lines, [["paris"], ["Paris"], ["Lyon"]]) == [
                "m.yaml:6:3: warning: 1 of 3 records have a city that changes on a round trip, such as record \"503\" "
                    + "(PutGet): change via, or add direction: pull"
            ]
        )
        let pulled = ["fields:", "- { local: city, remote: city, direction: pull, via: [ \(via) ] }"]
        #expect(try self.findings(pulled, [["paris"], ["Lyon"]]) == [])
    }

    @Test func aUserWithoutAnAddressHereIsNamed() throws {
        let lines = ["fields:", "- { local: owner, remote: owner_id, via: [owner_by_email] }"]
        let found = try self.findings(lines, [["o1"], ["o9"]])
        #expect(found.first?.hasPrefix("m.yaml:6:3: warning: 1 of 2 records have no counterpart for owner") ?? false)
    }

    @Test func onlyRecordsThatTheFilterTakesCount() throws {
        let fields = ["fields:", "- { local: source, remote: source, via: [ { enum: { web: online } } ] }"]
        let other = "filter: { pull: \"remote.source != 'other'\" }"
        #expect(try self.findings(fields + [other], [["online"], ["other"]]) == [])
        let none = "filter: { pull: \"remote.source == 'none'\" }"
        #expect(
            try self.findings(fields + [none], [["online"], ["other"]]) == [
                "m.yaml:1:1: warning: filter.pull takes none of the 2 records of contacts that were sampled: "
                    + "compare the filter with a record of the CRM"
            ]
        )
        #expect(try self.findings(fields + [none], []) == [])
    }

    @Test func aWholeSampleGivesNothing() throws {
        let lines = ["fields:", "- { local: email, remote: email, via: [trim, lowercase] }"]
        #expect(try self.findings(lines, [[" Ada@x.org"], [.null], [.absent], ["b@x.org"]]) == [])
    }
}
