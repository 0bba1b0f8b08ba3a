import Mapping
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

/// R17: two mappings of one connection that read one remote object; each record is of one of them, and stays there.
@Suite struct SharedObjectTests {
    /// Mappings `crm/a` and `crm/b`, which take our city from different properties of the CRM, so that each can be told.
    private static func bench(_ first: String, _ second: String?, reversed: Bool = false) throws -> SyncBench {
        let files = [("a", "city", Optional(first)), ("b", "street", second)].map { name, city, filter in
            let filter = filter.map { "filter: { pull: \"\($0)\" }\n" } ?? ""
            // Only the first asks for what its filter looks at.
            let phone = name == "a" ? "  - { local: phone, remote: phone }\n" : ""
            let text = """
                mapping: crm/\(name)
                connection: crm
                object: { local: contact, remote: contacts }
                match: [ [email] ]
                initial: prefer_remote
                create: { pull: true, push: false }
                \(filter)fields:
                  - { local: email, remote: email }
                  - { local: city, remote: \(city) }
                \(phone)
                """
            return MappingFile(path: "\(name).yaml", bytes: Array(text.utf8))
        }
        let mappings = try MappingCompiler(schema: SyncBench.schema).compile(files).get()
        return try SyncBench(mappings: reversed ? mappings.reversed() : mappings)
    }

    /// Which mapping each of our records is linked under, and what it holds.
    private static func owners(_ bench: SyncBench) throws -> [String] {
        try bench.contacts().map { record in
            let links = try bench.store.read { transaction in
                try transaction.links(of: record.id).map { "\(try transaction.shape($0.shape).mapping) \($0.status)" }
            }
            return "\(record["email"]) \(record["city"]): \(links.joined(separator: ", "))"
        }
        .sorted()
    }

    private static func isQuiet(_ bench: SyncBench) async throws -> Bool {
        for _ in 0..<3 {
            let counts = try await bench.sync().counts
            if counts.localWrites + counts.remoteWrites > 0 || counts.needsAttention { return false }
        }
        return true
    }

    private static func add(_ email: String, phone: String, to bench: SyncBench) -> Text {
        let values: [String: Value] = ["email": .text(Text(email)), "phone": .text(Text(phone))]
        return bench.account.edit("contacts", nil, values.merging(["city": "Lyon", "street": "Main Street"]) { $1 })
    }

    @Test(arguments: [false, true]) func disjointFiltersEachKeepTheirRecords(reversed: Bool) async throws {
        let first = "remote.phone == '1'"
        let bench = try Self.bench(
            first,
            "remote.street == 'Main Street' && remote.email == 'b@x.org'",
            reversed: reversed
        )
        let one = Self.add("a@x.org", phone: "1", to: bench)
        let other = Self.add("b@x.org", phone: "2", to: bench)
        try await bench.sync()
        let expected = ["a@x.org Lyon: crm/a active", "b@x.org Main Street: crm/b active"]
        #expect(try Self.owners(bench) == expected)
        #expect(try await Self.isQuiet(bench))
        #expect(try Self.owners(bench) == expected)
        // Both ways, each by its own fields.
        let records = try bench.contacts().sorted { "\($0["email"])" < "\($1["email"])" }
        for record in records { try bench.edit(record.id, ["city": "Nice"]) }
        try await bench.sync()
        #expect(bench.account.value("contacts", one, "city") == "Nice")
        #expect(bench.account.value("contacts", one, "street") == "Main Street")
        #expect(bench.account.value("contacts", other, "street") == "Nice")
        #expect(bench.account.value("contacts", other, "city") == "Lyon")
        bench.account.edit("contacts", one, ["city": "Metz"])
        try await bench.sync()
        #expect(try bench.value(records[0].id, "city") == "Metz")
        #expect(try await Self.isQuiet(bench))
    }

    @Test(arguments: [false, true]) func whatBothFiltersTakeIsTheFirstMappings(reversed: Bool) async throws {
        let bench = try Self.bench("remote.phone == '1'", "remote.email != ''", reversed: reversed)
        _ = Self.add("a@x.org", phone: "1", to: bench)
        _ = Self.add("b@x.org", phone: "2", to: bench)
        try await bench.sync()
        #expect(try Self.owners(bench) == ["a@x.org Lyon: crm/a active", "b@x.org Main Street: crm/b active"])
        #expect(try await Self.isQuiet(bench))
    }

    @Test(arguments: [false, true]) func theLastMappingMayTakeTheRest(reversed: Bool) async throws {
        let bench = try Self.bench("remote.phone == '1'", nil, reversed: reversed)
        let one = Self.add("a@x.org", phone: "1", to: bench)
        let other = Self.add("b@x.org", phone: "", to: bench)
        try await bench.sync()
        #expect(try Self.owners(bench) == ["a@x.org Lyon: crm/a active", "b@x.org Main Street: crm/b active"])
        // A link stays with its mapping, although the first would now take the one and no longer takes the other.
        bench.account.edit("contacts", other, ["phone": "1"])
        bench.account.edit("contacts", one, ["phone": "2", "city": "Metz"])
        try await bench.sync()
        #expect(try Self.owners(bench) == ["a@x.org Lyon: crm/a excluded", "b@x.org Main Street: crm/b active"])
    }

    @Test func aRecordThatTheFirstMappingWillNotMakeIsNotMadeByTheOther() async throws {
        let bench = try Self.bench("remote.phone == '1'", "remote.email != ''", reversed: true)
        _ = Self.add("info@x.org", phone: "1", to: bench)
        // Two of ours have that address: the first mapping asks a person, and the other one waits for the answer as well.
        for _ in 0..<2 { try bench.edit(nil, ["email": "info@x.org"]) }
        for _ in 0..<2 { try await bench.sync() }
        #expect(try bench.contacts().count <= 3)
        #expect(try bench.store.read { try $0.openReviews(limit: 9) }.count <= 1)
        #expect(try Self.owners(bench).allSatisfy { !$0.contains("crm/b") })
    }
}
