import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// A street and a city here, one text with both in the CRM: the parts are pulled, the whole is pushed.
///
/// This is what `relais check` advises instead of two fields that would both write the text.
@Suite struct RulePartsTests {
    private static let fields = [
        "{ local: street, remote: place, direction: pull, via: [ { split: { by: ', ', part: 1 } } ] }",
        "{ local: city, remote: place, direction: pull, via: [ { split: { by: ', ', part: 2 } } ] }",
        "{ remote: place, value: \"[contact.?street.orValue(''), contact.?city.orValue('')].filter(p, p != '').join(', ')\" }",
    ]

    private func linked() async throws -> (bench: SyncBench, ada: RecordID, remote: Text) {
        let mapping = try SyncBench.mapping(fields: Self.fields, more: ["initial: prefer_remote"])
        let bench = try SyncBench(mappings: [mapping])
        let remote = bench.account.edit("contacts", nil, ["email": "ada@x.org", "place": "1 rue X, Paris"])
        try await bench.sync()
        return (bench, try #require(try bench.contacts().first).id, remote)
    }

    private func expect(
        _ parts: (street: Value, city: Value),
        _ whole: Value,
        _ state: (bench: SyncBench, ada: RecordID, remote: Text),
        _ comment: Comment
    ) async throws {
        let bench = state.bench
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.value(state.ada, "street") == parts.street, comment)
        #expect(try bench.value(state.ada, "city") == parts.city, comment)
        #expect(bench.account.value("contacts", state.remote, "place") == whole, comment)
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0, comment)
    }

    @Test func editsOfPartsTravelBothWays() async throws {
        let state = try await self.linked()
        let (bench, ada, remote) = state
        try await self.expect(("1 rue X", "Paris"), "1 rue X, Paris", state, "as it came")
        try bench.edit(ada, ["city": "Lyon"])
        try await self.expect(("1 rue X", "Lyon"), "1 rue X, Lyon", state, "one part here")
        try bench.edit(ada, ["street": "2 rue Y", "city": "Nice"])
        try await self.expect(("2 rue Y", "Nice"), "2 rue Y, Nice", state, "both parts here")
        bench.account.edit("contacts", remote, ["place": "3 rue Z, Nice"])
        try await self.expect(("3 rue Z", "Nice"), "3 rue Z, Nice", state, "one part there")
        bench.account.edit("contacts", remote, ["place": "Nice"])
        try await self.expect(("3 rue Z", "Nice"), "Nice", state, "no two parts there")
    }

    @Test func aNewRecordGetsTheTextInOnePiece() async throws {
        let (bench, _, _) = try await self.linked()
        try bench.edit(nil, ["email": "bob@x.org", "street": "4 rue B", "city": "Lille"])
        for _ in 0..<2 { try await bench.sync() }
        let texts = bench.account.ids("contacts").map { bench.account.value("contacts", $0, "place") }
        #expect(texts.contains("4 rue B, Lille"), "\(texts)")
        let quiet = try await bench.sync()
        #expect(quiet.counts.localWrites + quiet.counts.remoteWrites == 0)
    }
}
