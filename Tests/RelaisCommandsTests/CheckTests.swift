import Foundation
import Records
import Testing

@testable import RelaisCommands

@Suite struct CheckTests {
    /// A mistake: the file, what is replaced by what, the text at which the finding stands, and its mend.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let file: String
        let old: String
        let new: String
        let place: String
        let mend: String
        var testDescription: String { self.new }
    }

    static let mistakes = [
        Mistake(
            file: "Mappings/hubspot/contact.yaml",
            old: "via: [trim, lowercase]",
            new: "via: [trim, lowcase]",
            place: "lowcase",
            mend: "did you mean lowercase?"
        ),
        Mistake(
            file: "Mappings/hubspot/contact.yaml",
            old: "{ local: city,",
            new: "{ local: citty,",
            place: "citty",
            mend: "did you mean city?"
        ),
        Mistake(
            file: "Config/connectors/hubspot.yaml",
            old: "lost_update: detected",
            new: "lost_update: detectd",
            place: "detectd",
            mend: "did you mean detected?"
        ),
        Mistake(
            file: "Config/schema.yaml",
            old: "type: reference, object: company",
            new: "type: reference, object: compny",
            place: "compny",
            mend: "did you mean company?"
        ),
        Mistake(
            file: "Config/workflows/ready-for-sales.yaml",
            old: "send_email: { template: demo-thanks }",
            new: "send_email: { template: demo-thank }",
            place: "demo-thank }",
            mend: "did you mean demo-thanks?"
        ),
        Mistake(
            file: "Config/relais.yaml",
            old: "mappings: hubspot",
            new: "mapings: hubspot",
            place: "mapings",
            mend: "did you mean mappings?"
        ),
        Mistake(
            file: "Config/relais.yaml",
            old: "connector: hubspot",
            new: "connector: hubspt",
            place: "hubspot:",
            mend: "did you mean hubspot?"
        ),
        Mistake(
            file: "Config/relais.yaml",
            old: "{ token:",
            new: "{ tokn:",
            place: "hubspot:",
            mend: "did you mean token?"
        ),
    ]

    /// Files beside those that are read, and what is said of them; nothing is silently left out.
    static let unread = [
        (
            "Mappings/hubspot/other.yml", "mapping: x\n",
            "warning: files that end in .yml are not read: let its name end in .yaml"
        ),
        (
            "Mappings/hubspt/contact.yaml", "mapping: x\nobject: {}\n",
            "warning: no connection reads this mapping: move it to Mappings/hubspot or Mappings/tryton, or remove it"
        ),
        (
            "Mappings/hubspot/eu/contact.yaml", "mapping: x\n",
            "warning: no connection reads this mapping: move it to Mappings/hubspot or Mappings/tryton, or remove it"
        ),
        (
            "Mappings/fields/person.yaml", "fields: []\n",
            "warning: no mapping includes this file: add include: fields/person.yaml to one, or remove it"
        ),
        ("Config/segment.yaml", "x: 1\n", "warning: nothing reads this file: did you mean Config/segments.yaml?"),
        (
            "Config/workflow/more.yaml", "x: 1\n",
            "warning: nothing reads this file: did you mean Config/workflows/more.yaml?"
        ),
    ]

    @Test(arguments: unread)
    func aFileThatNothingReadsIsTold(file: String, text: String, expected: String) async throws {
        let workspace = try await TestWorkspace()
        try workspace.write(file, text)
        let check = try await workspace.run("check")
        #expect(check.status == .done)
        #expect(
            check.text.split(separator: "\n").first == "\(file):1:1: \(expected)",
            "\(check.text)"
        )
    }

    @Test func aFileThatNothingReadsIsCheckedAsFarAsItGoes() async throws {
        let workspace = try await TestWorkspace()
        try workspace.write("Mappings/fields/person.yaml", "fields:\n  - { locl: email }\n")
        try workspace.write("Mappings/old/contact.yaml", "mapping: [x\n")
        let check = try await workspace.run("check")
        #expect(check.status == .data)
        #expect(
            check.text.contains(
                "Mappings/fields/person.yaml:2:7: error: the field has no key \"locl\": did you mean local?"
            )
        )
        #expect(check.text.contains("Mappings/old/contact.yaml:2:1: error: not valid YAML"))
        #expect(
            check.text.hasSuffix("2 errors, 1 warning\n") || check.text.hasSuffix("2 errors, 1 warning"),
            "\(check.text)"
        )
    }

    @Test(arguments: mistakes)
    func aMistakeIsFoundAtItsPlaceWithItsMend(_ mistake: Mistake) async throws {
        let workspace = try await TestWorkspace()
        try workspace.edit(mistake.file, mistake.old, mistake.new)
        let place = try workspace.place(of: mistake.place, in: mistake.file)
        let check = try await workspace.run("check")
        #expect(check.status == .data)
        let found = check.lines.contains { $0.hasPrefix("\(place): error: ") && $0.hasSuffix(mistake.mend) }
        #expect(found, "\(place) \(check.text)")
    }

    /// Addresses to which no request may go, and what is said of each.
    static let addresses = [
        "file:///etc/passwd": "the URL is neither http nor https",
        "https://user:canary@crm.example.com": "the URL has a user name or a backslash",
        "https:///crm": "the URL has no host",
        "https://crm.example.com/#top": "the URL has a fragment",
        "https://crm.example.com/?a=b": "ends in a query",
        "http://crm.example.com": "is not encrypted",
        "http://127.evil.example.com": "is not encrypted",
        "http://localhost.evil.example": "is not encrypted",
    ]

    @Test(arguments: addresses.keys.sorted())
    func anAddressThatCannotBeIsFoundAtItsPlace(_ address: String) async throws {
        let workspace = try await TestWorkspace()
        try workspace.edit("Config/relais.yaml", "mappings: hubspot", "mappings: hubspot\n    base_url: \"\(address)\"")
        let check = try await workspace.run("check")
        let place = try workspace.place(of: "\"\(address)", in: "Config/relais.yaml")
        #expect(check.status == .data)
        #expect(check.lines.contains { $0.hasPrefix("\(place): error: ") }, "\(place) \(check.text)")
        #expect(check.text.contains(Self.addresses[address] ?? "?"), "\(check.text)")
        #expect(!check.text.contains("canary"))
    }

    @Test(arguments: ["https://crm.example.com", "http://127.0.0.1:8069", "http://localhost", "http://[::1]:80/db"])
    func anAddressThatCanBeIsFine(_ address: String) async throws {
        let workspace = try await TestWorkspace()
        try workspace.edit("Config/relais.yaml", "mappings: hubspot", "mappings: hubspot\n    base_url: \"\(address)\"")
        let check = try await workspace.run("check")
        #expect(check.status == .done, "\(check.text)")
    }

    @Test func anUnencryptedAddressIsForWhoSaysSo() async throws {
        let workspace = try await TestWorkspace()
        let lines = "mappings: hubspot\n    plain: true\n    base_url: http://crm.intranet:8000"
        try workspace.edit("Config/relais.yaml", "mappings: hubspot", lines)
        #expect(try await workspace.run("check").status == .done)
    }

    @Test func allMistakesAreToldAtOnce() async throws {
        let workspace = try await TestWorkspace()
        for mistake in Self.mistakes.prefix(3) { try workspace.edit(mistake.file, mistake.old, mistake.new) }
        let json = try await workspace.run("check", "--json").json()
        let files = Set(json["problems"]?.array?.compactMap { $0["file"]?.string } ?? [])
        #expect(files == ["Config/connectors/hubspot.yaml", "Mappings/hubspot/contact.yaml"])
        #expect(json["exit"]?.int == 65)
        let first = json["problems"]?[0]
        #expect(first?["line"]?.int != nil && first?["column"]?.int != nil && first?["mend"]?.string != nil)
    }

    @Test func aBrokenMappingStopsASyncWithTheSameFindings() async throws {
        let workspace = try await TestWorkspace()
        let mistake = Self.mistakes[0]
        try workspace.edit(mistake.file, mistake.old, mistake.new)
        let place = try workspace.place(of: mistake.place, in: mistake.file)
        let plan = try await workspace.run("plan")
        #expect(plan.status == .data)
        #expect(plan.complaints.contains { $0.hasPrefix(place) })
    }

    @Test func aMappingOfAnObjectThatTheConnectorLacksIsFound() async throws {
        let workspace = try await TestWorkspace()
        try workspace.edit("Mappings/hubspot/contact.yaml", "remote: contacts }", remote)
        let check = try await workspace.run("check")
        #expect(check.status == .data)
        #expect(check.text.contains("HubSpot has no object contakts: did you mean contacts?"), "\(check.text)")
    }

    private let remote = "remote: contakts }"

    @Test func aStageThatMovesWithoutItsPipelineIsWarnedOf() async throws {
        let workspace = try await TestWorkspace()
        let file = "Mappings/hubspot/deal.yaml"
        let group = "  - { fields: [pipeline, stage], on_conflict: newest }\n"
        try workspace.edit(file, group, "")
        let check = try await workspace.run("check")
        #expect(check.status == .done)
        let place = try workspace.place(of: "local: stage", in: file)
        #expect(
            check.lines.first
                == "\(place): warning: HubSpot takes a dealstage only in its pipeline, but stage and pipeline "
                + "move one by one: add groups: [ { fields: [pipeline, stage] } ]"
        )
        // The mend, as it is told; and a pipeline that never moves.
        try workspace.edit(
            file,
            "  - { fields: [amount, currency]",
            "  - { fields: [pipeline, stage] }\n  - { fields: [amount, currency]"
        )
        #expect(try await workspace.run("check").text.hasSuffix("no problems"))
        try workspace.edit(file, "  - { fields: [pipeline, stage] }\n", "")
        try workspace.edit(file, "{ local: pipeline, remote: pipeline }", "{ constant: default, remote: pipeline }")
        #expect(try await workspace.run("check").text.hasSuffix("no problems"))
    }

    @Test func aSegmentWithoutAFormInSQLIsNamedAndFine() async throws {
        let workspace = try await TestWorkspace()
        let part = "contact.email.matches('@acme[.]com$')"
        try workspace.edit("Config/segments.yaml", "has(contact.email)", part)
        let check = try await workspace.run("check")
        #expect(check.status == .done)
        let finding = check.lines.first { $0.contains(": info: ") }
        #expect(finding?.contains("nurturing is decided record by record: matches() has no form in SQL") ?? false)
        #expect(finding?.hasPrefix("Config/segments.yaml:") ?? false)
        #expect(check.lines.last?.hasSuffix("no problems") ?? false)
    }

    @Test func whatIsNoWorkspaceIsSaid() async throws {
        let workspace = try await TestWorkspace(isFilled: false)
        let check = try await workspace.run("check")
        #expect(check.status == .data)
        #expect(check.complaints.first?.contains("relais init") ?? false)
    }

    @Test func aWorkspaceWithoutConfigurationIsCheckedByFolder() async throws {
        let workspace = try await TestWorkspace()
        try FileManager.default.removeItem(at: workspace.root.appending(path: "Config/relais.yaml"))
        #expect(try await workspace.run("check").lines == ["\(WorkspaceTemplate.checkedFiles) files, no problems"])
    }

    @Test(arguments: ["connect", "plan", "sync"])
    func anUnknownConnectionIsWrongUsage(command: String) async throws {
        let workspace = try await TestWorkspace()
        let answer = try await workspace.run(command, "nope")
        #expect(answer.status == .usage)
        #expect(answer.complaints.first?.contains("Config/relais.yaml has hubspot") ?? false)
        let json = try await workspace.run(command, "nope", "--json").json()
        #expect(json["exit"]?.int == 64)
    }
}
