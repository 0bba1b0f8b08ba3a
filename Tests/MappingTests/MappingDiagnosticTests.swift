import Mapping
import Records
import Testing

/// A broken mapping: the lines that replace parts of a sound one, and all that the check says.
struct BrokenMapping: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let expected: [String]

    /// `fields` are lines of the list, from line 6 on; `more` follows them.
    init(
        _ name: String,
        fields: [String] = [],
        more: [String] = [],
        match: String = "match: [ [email] ]",
        _ expected: String...
    ) {
        let lines =
            ["mapping: a", "connection: crm", "object: { local: contact, remote: contacts }", match, "fields:"]
            + ["- { local: email, remote: email, via: [trim, lowercase] }"] + fields + more
        self.init(name, text: lines.joined(separator: "\n") + "\n", expected)
    }

    init(_ name: String, text: String, _ expected: [String]) {
        self.name = name
        self.text = text
        self.expected = expected
    }

    var testDescription: String { self.name }
}

@Suite struct MappingDiagnosticTests {
    static func check(_ text: String, remote: RemoteObjectDescription? = nil) throws -> MappingCheck {
        var compiler = MappingCompiler(schema: try ShippedFiles.schema()) { _, _ in remote }
        compiler.variables = ["hubspot": "hubspot-eu"]
        compiler.readFile = { $0 == "sources.csv" ? Array("local,remote\nweb,lead\nfair,custmer\n".utf8) : nil }
        return compiler.compile([MappingFile(path: "m.yaml", bytes: Array(text.utf8))])
    }

    private static let broken = [
        BrokenMapping(
            "unknown key",
            more: ["scope: x", "colour: red"],
            "m.yaml:7:1: error: the mapping has no key \"scope\": did you mean filter?",
            "m.yaml:8:1: error: the mapping has no key \"colour\": write one of activities, allow_role_addresses, "
                + "associations, connection, consent, create, delete, duplicates, examples, fields, filter, groups, … (25 in all)"
        ),
        BrokenMapping(
            "a field with a mistake is not missed by expressions",
            fields: [
                "- { local: fist_name, remote: firstname }", "- { local: full_name, value: remote.firstname }",
            ],
            "m.yaml:7:12: error: contact has no property \"fist_name\": did you mean first_name?"
        ),
        BrokenMapping(
            "misspelt key",
            more: ["filtre: { pull: \"true\" }"],
            "m.yaml:7:1: error: the mapping has no key \"filtre\": did you mean filter?"
        ),
        BrokenMapping(
            "unknown local property",
            fields: ["- { local: frist_name, remote: firstname }"],
            "m.yaml:7:12: error: contact has no property \"frist_name\": did you mean first_name?"
        ),
        BrokenMapping(
            "unknown field key",
            fields: ["- { local: city, remote: city, direktion: pull }"],
            "m.yaml:7:32: error: the field has no key \"direktion\": did you mean direction?"
        ),
        BrokenMapping(
            "field without a side",
            fields: ["- { local: city }"],
            "m.yaml:7:3: error: the field lacks remote: add \"remote: …\""
        ),
        BrokenMapping(
            "unknown transform",
            fields: ["- { local: city, remote: city, via: [ trimm ] }"],
            "m.yaml:7:39: error: there is no transform \"trimm\": did you mean trim?"
        ),
        BrokenMapping(
            "transform without argument",
            fields: ["- { local: phone, remote: phone, via: [ e164 ] }"],
            "m.yaml:7:41: error: e164 lacks its argument: write { e164: … }"
        ),
        BrokenMapping(
            "unknown phone region",
            fields: ["- { local: phone, remote: phone, via: [ { e164: fr } ] }"],
            "m.yaml:7:49: error: e164 does not know the region \"fr\": write one of "
                + PhoneLens.regions.joined(separator: ", ")
        ),
        BrokenMapping(
            "transform that joins",
            fields: ["- { local: city, remote: city, via: [ { join: \" \" } ] }"],
            "m.yaml:7:41: error: several properties cannot be joined both ways in one field: "
                + "write { split: { by: \" \", part: 1 } } in a field for each, or a value: one way"
        ),
        BrokenMapping(
            "fallback that is no address",
            fields: ["- { local: owner, remote: owner, via: [ { owner_by_email: { fallback: lea } } ] }"],
            "m.yaml:7:71: error: \"lea\" is no e-mail address: write that of a user of the CRM, such as lea@example.com"
        ),
        BrokenMapping(
            "list of the CRM without a segment file",
            more: ["lists:", "- { segment: warm, list: Warm }"],
            "m.yaml:8:14: error: there is no segment \"warm\", as there is no Config/segments.yaml: "
                + "describe it there, with its object and when"
        ),
        BrokenMapping(
            "activity without a text",
            more: ["activities:", "- { event: form_submitted, kind: note }"],
            "m.yaml:8:3: error: the activity lacks text: add \"text: …\""
        ),
        BrokenMapping(
            "activity whose text is none",
            more: ["activities:", "- { event: form_submitted, kind: note, text: \"1 == 1\" }"],
            "m.yaml:8:46: error: text is bool, not text: wrap it in string( … )"
        ),
        BrokenMapping(
            "activity since a word",
            more: ["activities:", "- { event: form_submitted, kind: note, text: event.form, since: spring }"],
            "m.yaml:8:65: error: since must be a day or a moment, not \"spring\": "
                + "write 2026-11-01, or 2026-11-01T09:00:00Z"
        ),
        BrokenMapping(
            "another word for a key",
            more: ["subscriptions: []"],
            "m.yaml:7:1: error: the mapping has no key \"subscriptions\": did you mean consent?"
        ),
        BrokenMapping(
            "one target twice",
            fields: ["- { local: city, remote: city }", "- { local: city, remote: town }"],
            "m.yaml:8:3: error: the local property city is also written by the field in line 7: "
                + "remove one of them, or give one a direction"
        ),
        BrokenMapping(
            "one remote target twice",
            fields: ["- { local: city, remote: city }", "- { local: region, remote: city }"],
            "m.yaml:8:3: error: the remote property city is also written by the field in line 7: "
                + "remove one of them, or give one a direction"
        ),
        BrokenMapping(
            "a part of one text is missing",
            fields: [
                "- { local: first_name, remote: name, via: [ { split: { by: \" \", part: 1, of: 3 } } ] }",
                "- { local: city, remote: name, via: [ { split: { by: \" \", part: 3, of: 3 } } ] }",
            ],
            "m.yaml:8:3: error: first_name and city are parts of name, which cannot be joined without part 2 of 3: "
                + "map part 2 too, or add direction: pull to them and push name by a value"
        ),
        BrokenMapping(
            "a part of one text is only pulled",
            fields: [
                "- { local: first_name, remote: name, via: [ { split: { by: \" \", part: 1, of: 3 } } ] }",
                "- { local: city, remote: name, via: [ { split: { by: \" \", part: 3, of: 3 } } ] }",
                "- { local: last_name, remote: name, via: [ { split: { by: \" \", part: 2, of: 3 } } ], direction: pull }",
            ],
            "m.yaml:8:3: error: first_name and city are parts of name, which cannot be joined without part 2 of 3: "
                + "remove direction: pull from last_name"
        ),
        BrokenMapping(
            "a part of one text is only pushed",
            fields: [
                "- { local: first_name, remote: name, via: [ { split: { by: \" \", part: 1 } } ] }",
                "- { local: last_name, remote: name, via: [ { split: { by: \" \", part: 2 } } ], direction: push }",
            ],
            "m.yaml:8:3: error: last_name is only pushed, but name is made of parts that are read back as well: "
                + "remove direction, or push name by a value"
        ),
        BrokenMapping(
            "parts by different separators",
            fields: [
                "- { local: first_name, remote: name, via: [ { split: { by: \" \", part: 1 } } ] }",
                "- { local: last_name, remote: name, via: [ { split: { by: \", \", part: 2 } } ] }",
            ],
            "m.yaml:8:3: error: first_name and last_name split name differently: give both the same by, of and alone"
        ),
        BrokenMapping(
            "parts that are read differently",
            fields: [
                "- { local: first_name, remote: name, via: [ trim, { split: { by: \" \", part: 1 } } ] }",
                "- { local: last_name, remote: name, via: [ { split: { by: \" \", part: 2 } } ] }",
            ],
            "m.yaml:8:3: error: first_name and last_name read name differently before they split it: "
                + "give both the same transforms before split"
        ),
        BrokenMapping(
            "a transform that changes the other parts",
            fields: [
                "- { local: first_name, remote: name, via: [ lowercase, { split: { by: \" \", part: 1 } } ] }",
                "- { local: last_name, remote: name, via: [ lowercase, { split: { by: \" \", part: 2 } } ] }",
            ],
            "m.yaml:7:3: error: lowercase stands before split, where it would change the other parts of name as well: "
                + "move lowercase behind split"
        ),
        BrokenMapping(
            "one part twice",
            fields: [
                "- { local: first_name, remote: name, via: [ { split: { by: \" \", part: 1 } } ] }",
                "- { local: city, remote: name, via: [ { split: { by: \" \", part: 1 } } ] }",
            ],
            "m.yaml:8:3: error: the remote property name is also written by the field in line 7: "
                + "remove one of them, or give one a direction"
        ),
        BrokenMapping(
            "two-way view",
            fields: ["- { local: website, remote: website, via: [domain] }"],
            "m.yaml:7:43: error: domain is one way only: GetPut fails for local nothing, remote "
                + "\"https://www.acme.example/a?b\": gives \"acme.example\", not \"https://www.acme.example/a?b\" (seed 1): "
                + "add direction: pull"
        ),
        BrokenMapping(
            "two-way computed field",
            fields: ["- { local: full_name, remote: name, value: \"remote.email\", direction: both }"],
            "m.yaml:7:71: error: a computed field is one way, with one side only: give it local to pull, or remote to push"
        ),
        BrokenMapping(
            "ambiguous table",
            fields: ["- { local: source, remote: source, via: [ { enum: { web: online, mail: online } } ] }"],
            "m.yaml:7:66: error: web and mail both become online: reading online cannot tell which: "
                + "give one of them another value, or add else: first beside enum to read web"
        ),
        BrokenMapping(
            "table key twice",
            fields: ["- { local: source, remote: source, via: [ { enum: { web: a, web: b } } ] }"],
            "m.yaml:7:53: error: the key \"web\" stands more than once in this block: keep one of them"
        ),
        BrokenMapping(
            "table with a stage that is none",
            fields: [
                "- { local: lifecycle_stage, remote: stage, via: [ { enum: { lead: lead, custmer: customer } } ] }"
            ],
            "m.yaml:7:73: error: lifecycle_stage cannot be \"custmer\": did you mean customer?"
        ),
        BrokenMapping(
            "transform that loses something",
            fields: ["- { local: city, remote: city, via: [ { custom: { toLocal: \"value\", toRemote: \"'x'\" } } ] }"],
            "m.yaml:7:3: error: city does not survive the round trip: PutGet fails for local …"
        ),
        BrokenMapping(
            "custom transform with a mistake",
            fields: ["- { local: city, remote: city, via: [ { custom: { toLocal: \"valu\", toRemote: \"1\" } } ] }"],
            "m.yaml:7:61: error: …",
            "m.yaml:7:78: error: toRemote is int, not text: wrap it in string( … )"
        ),
        BrokenMapping(
            "set onto text",
            fields: ["- { local: city, remote: city, via: [ { set: \";\" } ] }"],
            "m.yaml:7:37: error: via gives set, but city is text: remove set, or map a property of type set"
        ),
        BrokenMapping(
            "wrong order",
            fields: ["- { local: interests, remote: interests, via: [ { set: \";\" }, { e164: FR } ] }"],
            "m.yaml:7:47: error: e164 cannot follow: it takes text, but gets set: change the order of via, or remove e164"
        ),
        BrokenMapping(
            "policy of another type",
            fields: ["- { local: city, remote: city, on_conflict: furthest }"],
            "m.yaml:7:45: error: furthest is for a stage, but city is text: choose another policy, such as newest or manual"
        ),
        BrokenMapping(
            "unknown policy",
            fields: ["- { local: city, remote: city, on_conflict: newset }"],
            "m.yaml:7:45: error: on_conflict cannot be \"newset\": did you mean newest?"
        ),
        BrokenMapping(
            "reference without object",
            fields: ["- { local: company, remote: company_id }"],
            "m.yaml:7:3: error: company is a reference, but nothing says to which remote object: "
                + "add via: [ { reference: … } ] with the remote object, or map it under associations"
        ),
        BrokenMapping(
            "association of no reference",
            more: ["associations: [ { local: city, remote: cities } ]"],
            "m.yaml:7:26: error: city is text, not a reference: map a property of type reference, or a set without options for several"
        ),
        BrokenMapping(
            "owner without translation",
            fields: ["- { local: owner, remote: owner_id }"],
            "m.yaml:7:3: warning: owner is an owner, but remote ids are not translated: add via: [ owner_by_email ]"
        ),
        BrokenMapping(
            "match key that is not mapped",
            match: "match: [ [email], [phone] ]",
            "m.yaml:4:20: error: a match key names phone, which is not mapped: add it to fields"
        ),
        BrokenMapping(
            "match key that is unknown",
            match: "match: [ [emial] ]",
            "m.yaml:4:11: error: contact has no property \"emial\": did you mean email?"
        ),
        BrokenMapping(
            "no match key",
            match: "duplicates: review",
            "m.yaml:1:1: error: records are created, but nothing says which are the same: "
                + "add match: [ [email] ], say, or match: [] to rely on the id that is kept in the CRM"
        ),
        BrokenMapping(
            "match key that is only pushed",
            fields: ["- { local: city, remote: city, direction: push }"],
            match: "match: [ [email, city] ]",
            "m.yaml:4:18: error: city is only pushed, so it cannot be compared: map it both ways, or match by another property"
        ),
        BrokenMapping(
            "filter that is no expression",
            more: ["filter:", "  pull: \"remote.email != \""],
            "m.yaml:8:26: error: …"
        ),
        BrokenMapping(
            "filter with an unknown field",
            more: ["filter: { pull: \"remote.emial != ''\" }"],
            "m.yaml:7:25: error: remote has no field 'emial': did you mean 'email'?"
        ),
        BrokenMapping(
            "filter that is no condition",
            more: ["filter: { push: \"contact.email\" }"],
            "m.yaml:7:17: error: filter.push is string, not a condition: compare it with something, as in remote.email != ''"
        ),
        BrokenMapping(
            "unknown stage",
            more: ["filter: { push: \"contact.lifecycle_stage >= stage.laed\" }"],
            "m.yaml:7:51: error: 'stage' has no 'laed': did you mean 'stage.lead'?"
        ),
        BrokenMapping(
            "number against text",
            more: ["filter: { push: \"contact.score > '50'\" }"],
            "m.yaml:7:32: error: '>' does not take double and string: write 50 without quotes"
        ),
        BrokenMapping(
            "unknown kind of filter",
            more: ["filter: { kind: entrance }"],
            "m.yaml:7:17: error: kind cannot be \"entrance\": write one of continuous, entry"
        ),
        BrokenMapping(
            "a deletion that means nothing",
            more: ["delete: { pull: arcive }"],
            "m.yaml:7:17: error: pull cannot be \"arcive\": did you mean archive?"
        ),
        BrokenMapping(
            "value of another type",
            fields: ["- { local: score, value: \"'a'\" }"],
            "m.yaml:7:26: error: value gives string, but score is number: convert it, or map another property"
        ),
        BrokenMapping(
            "group policy against field policy",
            fields: ["- { local: city, remote: city, on_conflict: newest }", "- { local: street, remote: street }"],
            more: ["groups: [ { fields: [city, street], on_conflict: manual } ]"],
            "m.yaml:7:45: error: the field's group says on_conflict: manual: remove on_conflict here"
        ),
        BrokenMapping(
            "two groups",
            fields: ["- { local: city, remote: city }"],
            more: ["groups: [ { fields: [city] }, { fields: [city] } ]"],
            "m.yaml:8:42: error: city is in a group already: leave it in one of them"
        ),
        BrokenMapping(
            "wrong example",
            more: ["examples: [ { remote: { email: A@b.c }, local: { email: A@b.c } } ]"],
            "m.yaml:7:57: error: the example gives email: a@b.c, not A@b.c: write a@b.c, or change the field"
        ),
        BrokenMapping(
            "example of an unmapped property",
            more: ["examples: [ { remote: { email: a }, local: { city: b } } ]"],
            "m.yaml:7:46: error: no field gives city: write one of email"
        ),
        BrokenMapping(
            "unknown variable",
            text:
                "mapping: a\nconnection: ${hubspt}\nobject: { local: contact, remote: contacts }\nmatch: []\nfields: []\n",
            ["m.yaml:2:13: error: there is no variable \"hubspt\": did you mean hubspot?"]
        ),
        BrokenMapping(
            "unknown object",
            text: "mapping: a\nconnection: c\nobject: { local: contract, remote: contacts }\n",
            ["m.yaml:3:18: error: the schema has no object \"contract\": did you mean contact?"]
        ),
        BrokenMapping(
            "several at once",
            text: "mapping: a\nconnection:\nobject: { local: contact }\nmatch: yes\nfields: {}\n",
            [
                "m.yaml:2:12: error: connection must be text, not empty: fill it in, or quote the word",
                "m.yaml:3:9: error: object lacks remote: add \"remote: …\"",
            ]
        ),
        BrokenMapping(
            "a list",
            text: "- a\n",
            ["m.yaml:1:1: error: the mapping must be a block of keys, not a list: …"]
        ),
    ]

    /// `…` at the end of an expected finding stands for any rest.
    private static func fits(_ actual: String, _ expected: String) -> Bool {
        guard expected.hasSuffix("…") else { return actual == expected }
        return actual.hasPrefix(expected.dropLast())
    }

    @Test(arguments: broken) func saysWhatIsWrongAndHowToMendIt(broken: BrokenMapping) throws {
        let actual = try Self.check(broken.text).diagnostics.map(\.description)
        #expect(actual.count == broken.expected.count, "\(actual)")
        for (actual, expected) in zip(actual, broken.expected) {
            #expect(Self.fits(actual, expected), "\(actual)")
        }
    }

    @Test func partsThatArePulledWithTheWholePushedAreFine() throws {
        let text = """
            mapping: a
            connection: crm
            object: { local: contact, remote: contacts }
            match: []
            fields:
            - { local: first_name, remote: name, via: [ { split: { by: " ", part: 1 } } ], direction: pull }
            - { local: last_name, remote: name, via: [ { split: { by: " ", part: 2 } } ], direction: pull }
            - { remote: name, value: "contact.first_name + ' ' + contact.last_name" }

            """
        #expect(try Self.check(text).diagnostics.map(\.description) == [])
    }
}
