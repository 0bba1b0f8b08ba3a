import CEL
import Mapping
import Records
import Testing

@Suite struct MappingRunTests {
    private func compile(_ lines: String...) throws -> CompiledMapping {
        let head = ["mapping: a", "connection: c", "object: { local: contact, remote: contacts }", "match: []"]
        let file = MappingFile(path: "m.yaml", bytes: Array((head + lines).joined(separator: "\n").utf8))
        return try #require(try MappingCompiler(schema: try ShippedFiles.schema()).compile([file]).get().first)
    }

    private func local(_ mapping: CompiledMapping, _ values: [String: Value]) -> [Value] {
        mapping.localSchema.properties.map { values[$0.name] ?? .absent }
    }

    @Test func aNewRemoteRecordGetsItsDefault() throws {
        let mapping = try self.compile(
            "fields: [ { local: full_name, remote: name, default: \"contact.?email.orValue('')\" } ]"
        )
        #expect(mapping.newValue(0, local: self.local(mapping, ["email": "a@x.org"])) == "a@x.org")
        #expect(mapping.newValue(0, local: self.local(mapping, [:])) == nil)
    }

    @Test func appliesARecordInTheOrderOfTheFields() throws {
        let mapping = try ShippedFiles.compiled("Mappings/hubspot/contact.yaml")
        let remote = mapping.remoteProperties.map { name -> Value in
            switch name {
            case "email": .text(" Ada@Example.com")
            case "lastname": .text("Lovelace")
            case "lifecyclestage": .text("other")
            case "hubspot_owner_id": .text("o1")
            default: .null
            }
        }
        var results: [LensResult] = []
        MappingApplier(mapping).apply(remote, in: SampleContext(), into: &results)
        func result(_ local: String) -> LensResult? {
            mapping.fields.firstIndex { $0.local == local }.map { results[$0] }
        }
        #expect(results.count == mapping.fields.count)
        #expect(result("email") == .value(.text("ada@example.com")))
        #expect(result("first_name") == .value(.absent))
        #expect(result("full_name") == .value(.text("Lovelace")))
        #expect(result("lifecycle_stage") == .unmapped("a value without a row in the table"))
        #expect(result("owner") == .value(.text("ada@example.com")))
        #expect(result("company") == .value(.absent))
    }

    @Test func filtersSeeEachSideInItsOwnTerms() throws {
        let mapping = try self.compile(
            "fields:",
            "- { local: email, remote: email }",
            "- { local: score, remote: score }",
            "filter:",
            "  pull: \"remote.email != '' && remote.score == '7'\"",
            "  push: \"contact.lifecycle_stage >= stage.mql && local.score > 5 / 2\""
        )
        #expect(mapping.takesIn(remote: [.text("a"), .text("7")]))
        #expect(!mapping.takesIn(remote: [.text("a"), .number(7)]))
        #expect(!mapping.takesIn(remote: [.text(""), .text("7")]))
        func sends(_ stage: Value, _ score: String) -> Bool {
            mapping.sendsOut(
                local: self.local(
                    mapping,
                    ["lifecycle_stage": stage, "score": Number(score).map { .number($0) } ?? .null]
                )
            )
        }
        #expect(sends(.text("sql"), "2.5"))
        #expect(!sends(.text("lead"), "2.5"))
        #expect(!sends(.text("disqualified"), "2.5"))
        #expect(!sends(.text("sql"), "2"))
        #expect(!sends(.null, "9"))
    }

    @Test func computesBothWays() throws {
        let mapping = try self.compile(
            "fields:",
            "- { local: full_name, value: \"remote.a + ' ' + remote.b\" }",
            "- { local: email, remote: a }",
            "- { local: city, remote: b }",
            "- { remote: grade, value: \"contact.score > 50.0 ? 'A' : 'B'\" }"
        )
        #expect(mapping.remoteProperties == ["a", "b", "grade"])
        #expect(mapping.fields[0].kind == .computed)
        #expect(mapping.fields[3].direction == .push)
        #expect(mapping.computedLocal(0, remote: [.text("x"), .text("y"), .null]) == .value(.text("x y")))
        guard case .unmapped(let reason) = mapping.computedLocal(0, remote: [.text("x"), .null, .null]) else {
            Issue.record("a blank cannot be added")
            return
        }
        #expect(reason.hasPrefix("the expression fails: "))
        #expect(mapping.computedRemote(3, local: self.local(mapping, ["score": .number(51)])) == .value(.text("A")))
    }

    @Test func fingerprintsFollowWhatAShadowMeans() throws {
        func print(_ field: String) throws -> String { try self.compile("fields:", "- \(field)").fields[0].fingerprint }
        let base = try print("{ local: phone, remote: phone, via: [trim] }")
        #expect(base.utf8.count == 64)
        #expect(
            try print("{ local: phone, via: [ trim ], remote: \"phone\", on_conflict: newest, initial: manual }")
                == base
        )
        #expect(try print("{ local: phone, remote: phone, via: [trim, { e164: FR }] }") != base)
        #expect(try print("{ local: phone, remote: mobilephone, via: [trim] }") != base)
        #expect(try print("{ local: mobile_phone, remote: phone, via: [trim] }") != base)
        let table = try print("{ local: city, remote: c, via: [ { enum: { a: x, b: y } } ] }")
        #expect(try print("{ local: city, remote: c, via: [ { enum: { b: y, a: x } } ] }") == table)
        #expect(try print("{ local: city, remote: c, via: [ { enum: { a: x, b: z } } ] }") != table)
    }

    @Test func theMappingsFingerprintIgnoresHowItIsWritten() throws {
        let first = try self.compile("fields: [ { local: city, remote: c } ]", "# a comment")
        let second = try self.compile("fields:", "  - remote: \"c\"", "    local: 'city'")
        let third = try self.compile("fields: [ { local: city, remote: d } ]")
        #expect(first.fingerprint == second.fingerprint)
        #expect(first.fingerprint != third.fingerprint)
    }

    @Test func expressionValuesComeBackAsProperties() {
        #expect(Value(.double(1200.5)) == .number(Number("1200.5") ?? Number(0)))
        #expect(Value(.double(.nan)) == nil)
        #expect(Value(.int(5), as: .text) == nil)
        #expect(Value(.list([.string("b"), .string("a")]), as: .set([])) == .set(["a", "b"]))
        #expect(Value(.list([.int(1)])) == nil)
        let midnight = Value.date(CalendarDate(days: 20_000))
        #expect(Value(midnight.cel, as: .date) == midnight)
        let noon = Value.instant(Instant(milliseconds: 43_200_000))
        #expect(Value(noon.cel, as: .date) == nil)
        #expect(Value(noon.cel, as: .instant) == noon)
        #expect(Value(Value.instant(Instant(microseconds: -1)).cel) == .instant(Instant(microseconds: -1)))
    }
}
