import Mapping
import Records
import Testing

/// The keys by which a field says when it travels, when it is written, and what a step back means.
@Suite struct MappingRuleTests {
    private static let city = "local: city, remote: city"
    private static let stage = "local: lifecycle_stage, remote: stage"

    static let broken = [
        BrokenMapping(
            "unless_blank alone",
            fields: ["- { \(city), unless_blank: true }"],
            "m.yaml:7:46: error: unless_blank belongs to authority: add authority: remote, say, or remove it"
        ),
        BrokenMapping(
            "unless_blank that is no flag",
            fields: ["- { \(city), authority: remote, unless_blank: maybe }"],
            "m.yaml:7:65: error: unless_blank must be true or false, not \"maybe\": write true or false"
        ),
        BrokenMapping(
            "authority against the direction",
            fields: ["- { \(city), direction: pull, authority: local }"],
            "m.yaml:7:60: error: authority: local cannot be kept by a field that is only pulled: "
                + "write authority: remote, or remove direction"
        ),
        BrokenMapping(
            "backward of something else",
            fields: ["- { \(city), backward: allow }"],
            "m.yaml:7:42: error: backward is for stages that only climb: add on_conflict: furthest, or remove it"
        ),
        BrokenMapping(
            "unknown backward",
            fields: ["- { \(stage), on_conflict: furthest, backward: restor }"],
            "m.yaml:7:77: error: backward cannot be \"restor\": did you mean restore?"
        ),
        BrokenMapping(
            "drift of a two-way field",
            fields: ["- { \(city), drift: restore }"],
            "m.yaml:7:39: error: drift is for one-way fields: an edit on either side of this one travels: "
                + "add direction: push, say, or remove it"
        ),
        BrokenMapping(
            "unknown drift",
            fields: ["- { \(city), direction: push, drift: revert }"],
            "m.yaml:7:56: error: drift cannot be \"revert\": write one of leave, restore"
        ),
        BrokenMapping(
            "unknown write",
            fields: ["- { \(city), write: sometimes }"],
            "m.yaml:7:39: error: write cannot be \"sometimes\": write one of always, if_blank, never, on_create"
        ),
        BrokenMapping(
            "write on the side that is not written",
            fields: ["- { \(city), direction: pull, write: { push: never } }"],
            "m.yaml:7:64: error: the field has direction: pull: remove push here"
        ),
        BrokenMapping(
            "write beside merge",
            fields: ["- { local: interests, remote: i, on_conflict: merge, via: [ { set: \";\" } ], write: if_blank }"],
            "m.yaml:7:84: error: on_conflict: merge writes both sides: remove write, or choose another policy"
        ),
        BrokenMapping(
            "push_when of a text",
            fields: ["- { \(city), push_when: { band: 10 } }"],
            "m.yaml:7:43: error: push_when counts numbers, but city is text: remove it, or use when with a condition"
        ),
        BrokenMapping(
            "push_when of a pulled field",
            fields: ["- { local: score, remote: score, direction: pull, push_when: { band: 10 } }"],
            "m.yaml:7:62: error: push_when is for fields that are pushed: remove it"
        ),
        BrokenMapping(
            "push_when with both",
            fields: ["- { local: score, remote: score, direction: push, push_when: { band: 10, change: 5 } }"],
            "m.yaml:7:62: error: push_when takes one of band and change: write { band: 10 }, or { change: 10 }"
        ),
        BrokenMapping(
            "band of nothing",
            fields: ["- { local: score, remote: score, direction: push, push_when: { band: 0 } }"],
            "m.yaml:7:70: error: band must be from 1 to 1000000000, not \"0\": write a number from 1 to 1000000000"
        ),
        BrokenMapping(
            "when without a way",
            fields: ["- { \(city), when: \"contact.score > 5\" }"],
            "m.yaml:7:38: error: when does not say which way it is meant: "
                + "write when: { push: … } over our record, or { pull: … } over remote"
        ),
        BrokenMapping(
            "when against the direction",
            fields: ["- { \(city), direction: push, when: { pull: \"remote.city == ''\" } }"],
            "m.yaml:7:63: error: the field has direction: push: remove pull here"
        ),
        BrokenMapping(
            "when that is no condition",
            fields: ["- { \(city), direction: push, when: \"contact.city\" }"],
            "m.yaml:7:55: error: when is string, not a condition: compare it with something, as in remote.email != ''"
        ),
        BrokenMapping(
            "when with a misspelt property",
            fields: ["- { \(city), direction: push, when: \"contact.scor > 5\" }"],
            "m.yaml:7:64: error: contact has no field 'scor': did you mean 'score'?"
        ),
        BrokenMapping(
            "constant on both sides",
            fields: ["- { \(city), constant: web }"],
            "m.yaml:7:42: error: a computed field is one way, with one side only: "
                + "give it local to pull, or remote to push"
        ),
        BrokenMapping(
            "constant with a value",
            fields: ["- { remote: source, constant: web, value: \"'x'\" }"],
            "m.yaml:7:43: error: a constant has no value: remove one of them"
        ),
        BrokenMapping(
            "constant of several",
            fields: ["- { remote: source, constant: [web] }"],
            "m.yaml:7:31: error: a constant is one value: write it plainly, as in constant: web"
        ),
        BrokenMapping(
            "initial merge of a text",
            fields: ["- { \(city), initial: merge }"],
            "m.yaml:7:41: error: initial: merge is for sets, but city is text: "
                + "choose prefer_local, prefer_remote, newest or manual"
        ),
        BrokenMapping(
            "update that is no switch",
            more: ["update: { push: sometimes }"],
            "m.yaml:7:17: error: push must be true or false, not \"sometimes\": write true or false"
        ),
        BrokenMapping(
            "group of two directions",
            fields: ["- { \(city) }", "- { local: street, remote: street, direction: push }"],
            more: ["groups: [ { fields: [city, street] } ]"],
            "m.yaml:8:3: error: street is in a group, but has another direction than city, and a group has one: "
                + "make them equal"
        ),
        BrokenMapping(
            "group with a step of its own",
            fields: [
                "- { \(city), direction: push }",
                "- { local: score, remote: s, direction: push, push_when: { band: 5 } }",
            ],
            more: ["groups: [ { fields: [city, score] } ]"],
            "m.yaml:8:3: error: score is in a group, but is pushed by its own push_when: "
                + "take it out of the group, or remove push_when"
        ),
        BrokenMapping(
            "consent without a flag",
            more: ["consent: [ { purpose: offers, remote: optout } ]"],
            "m.yaml:7:23: error: contact has no property \"offers\": "
                + "add offers: { type: flag } to the schema, or name the flag with local"
        ),
        BrokenMapping(
            "consent on a channel without a flag",
            more: ["consent: [ { purpose: newsletter, channel: sms, remote: optout } ]"],
            "m.yaml:7:23: error: contact has no property \"newsletter_sms\": "
                + "add newsletter_sms: { type: flag } to the schema, or name the flag with local"
        ),
        BrokenMapping(
            "consent that is a text",
            more: ["consent: [ { purpose: newsletter, local: city, remote: optout } ]"],
            "m.yaml:7:42: error: city is text, not a flag: name a property of type flag with local"
        ),
        BrokenMapping(
            "consent with another policy",
            more: ["consent: [ { purpose: newsletter, remote: optout, on_conflict: newest } ]"],
            "m.yaml:7:64: error: a consent cannot have on_conflict: newest: write most_restrictive, or remove it"
        ),
        BrokenMapping(
            "consent that loosens by itself",
            more: ["consent: [ { purpose: newsletter, remote: optout, backward: allow } ]"],
            "m.yaml:7:61: error: a consent never loosens by itself: write review or restore"
        ),
        BrokenMapping(
            "consent with an unknown meaning",
            more: ["consent: [ { purpose: newsletter, remote: optout, meaning: reversed } ]"],
            "m.yaml:7:60: error: meaning cannot be \"reversed\": write one of direct, inverted"
        ),
        BrokenMapping(
            "consent without a remote property",
            more: ["consent: [ { purpose: newsletter } ]"],
            "m.yaml:7:12: error: the consent lacks remote: add \"remote: …\""
        ),
    ]

    @Test(arguments: broken) func saysWhatIsWrongAndHowToMendIt(broken: BrokenMapping) throws {
        let found = try MappingDiagnosticTests.check(broken.text).diagnostics.map(\.description)
        #expect(found == broken.expected)
    }

    private func field(_ line: String, more: [String] = []) throws -> MappingField {
        let text = [
            "mapping: a", "connection: crm", "object: { local: contact, remote: contacts }", "match: [ [email] ]",
            "fields:", "- { local: email, remote: email }",
        ]
        let lines = text + (line.isEmpty ? [] : ["- \(line)"]) + more
        let mapping = try MappingDiagnosticTests.check(lines.joined(separator: "\n") + "\n").get().first
        return try #require(mapping?.fields.last)
    }

    @Test func theKeysBecomeRules() throws {
        let field = try self.field(
            "{ \(Self.city), authority: remote, unless_blank: true, write: { pull: if_blank, push: never } }"
        )
        #expect(field.authority == .remote && field.rules.authorityUnlessBlank)
        #expect(field.rules.writeLocal == .ifBlank && field.rules.writeRemote == .never)
        let pushed = try self.field(
            "{ local: score, remote: score, direction: push, drift: restore, push_when: { change: 5 }, write: on_create, when: \"contact.score > 3\" }"
        )
        #expect(pushed.rules.drift == .restore && pushed.rules.pushWhen == .change(5))
        #expect(pushed.rules.writeLocal == .always && pushed.rules.writeRemote == .onCreate)
        #expect(pushed.rules.pushCondition != nil && pushed.rules.pullCondition == nil)
        let stage = try self.field("{ \(Self.stage), on_conflict: furthest, backward: restore }")
        #expect(stage.rules.backward == .restore)
    }

    @Test func aConsentIsAFlagThatOnlyTightens() throws {
        let consent = try self.field(
            "",
            more: [
                "consent: [ { purpose: newsletter, remote: hs_email_optout, meaning: inverted, backward: restore } ]"
            ]
        )
        #expect(consent.rules.isConsent && consent.onConflict == .mostRestrictive && consent.rules.backward == .restore)
        let refused = consent.lens.toLocal("true", previous: .absent, in: EmptyLensContext())
        #expect(refused == .value(.flag(false)))
        #expect(consent.lens.toRemote(.flag(true), previous: "true", in: EmptyLensContext()) == .value("false"))
    }

    /// A constant default is the CRM's way to say nothing; one that is made from the record is worked out with it.
    @Test func aConstantDefaultIsAPlaceholder() throws {
        let constant = try self.field("{ \(Self.city), default: \"'Unknown'\" }")
        #expect(constant.rules.placeholder == "Unknown")
        let made = try self.field("{ \(Self.city), default: \"contact.email\" }")
        #expect(made.rules.placeholder == nil && made.newValue != nil)
    }

    @Test(arguments: [
        (PushThreshold.band(10), Value.number(9), Value.number(10), true), (.band(10), .number(10), .number(19), false),
        (.band(10), .number(-1), .number(1), true), (.change(10), .number(9), .number(10), false),
        (.change(10), "9", .number(19), true), (.change(10), .null, .number(1), true),
    ])
    func aThresholdIsPassed(threshold: PushThreshold, old: Value, new: Value, expected: Bool) {
        #expect(threshold.isPassed(from: old, to: new) == expected)
    }

    /// The first member of a group speaks for all, so all of them say the same.
    @Test(arguments: [
        ("on_clear", "", ", on_clear: ignore"), ("authority", ", authority: remote", ", authority: local"),
        ("unless_blank", ", authority: remote, unless_blank: true", ", authority: remote"),
        ("drift", ", direction: push, drift: restore", ", direction: push"), ("write", ", write: if_blank", ""),
    ])
    func aGroupHasOneOfEachKey(key: String, first: String, second: String) throws {
        let text = BrokenMapping(
            "",
            fields: ["- { local: city, remote: city\(first) }", "- { local: street, remote: street\(second) }"],
            more: ["groups: [ { fields: [city, street] } ]"]
        ).text
        #expect(
            try MappingDiagnosticTests.check(text).diagnostics.map(\.description) == [
                "m.yaml:8:3: error: street is in a group, but has another \(key) than city, and a group has one: "
                    + "make them equal"
            ]
        )
    }
}
