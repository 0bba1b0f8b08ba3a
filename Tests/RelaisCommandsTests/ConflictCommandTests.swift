import ArgumentParser
import FakeCRM
import Foundation
import Logging
import Records
import Store
import Testing

@testable import RelaisCommands

/// The commands that read and settle, after real syncs with a fake CRM over HTTP.
@Suite struct ConflictCommandTests {
    /// A workspace that is connected and synced with a CRM that has one contact.
    static func withSyncedWorkspace(
        _ body: @escaping @Sendable (TestWorkspace, FakeCRMAccount, Int64) async throws -> Void
    ) async throws {
        let clock = FakeClock { WallClock.system.now.milliseconds }
        let crm = FakeCRMAccount(options: AccountOptions(), habits: .none, clock: clock)
        let id = try crm.add(
            .contacts,
            ["email": "ada@acme.example", "firstname": "Ada", "jobtitle": "Engineer"],
            by: 7
        )
        let server = FakeCRMServer(
            accounts: [crm],
            controlToken: "control",
            logger: Logger(label: "crm") { _ in SwiftLogNoOpLogHandler() }
        )
        try await server.serving { address in
            let workspace = try await TestWorkspace(environment: ["HUBSPOT_TOKEN": "pat-fake-0001", "USER": "grace"])
            let connection = "mappings: hubspot\n"
            try workspace.edit("Config/relais.yaml", connection, connection + "    base_url: \(address)\n")
            #expect(try await workspace.run("connect").status == .done)
            #expect(try await workspace.run("sync").status == .attention)
            #expect(try await workspace.run("sync", "--approve").status == .done)
            try await body(workspace, crm, id)
        }
    }

    private static func edit(_ workspace: TestWorkspace, _ property: String, _ value: Value) throws {
        let store = try Workspace.load(workspace.root.path, environment: [:]).openStore()
        try store.write { transaction in
            let contact = try transaction.object("contact")
            let found = try transaction.records(contact, where: "email", is: "ada@acme.example", limit: 1)
            let record = try #require(found.first)
            let cause = Cause(actor: try transaction.actor("person:ada"), at: WallClock.system.now)
            try transaction.change(record.id, set: [PropertySetting(property, value)], cause: cause)
        }
    }

    static func openConflict(
        _ workspace: TestWorkspace,
        _ crm: FakeCRMAccount,
        _ id: Int64
    ) async throws -> String {
        try Self.edit(workspace, "job_title", "Head of Data")
        try crm.edit(.contacts, id, set: ["jobtitle": "CTO\u{1B}]0;owned\u{7}"], by: 7)
        #expect(try await workspace.run("sync").status == .attention)
        let list = try await workspace.run("conflicts", "list", "--json").json()
        return String(try #require(list["conflicts"]?[0]?["id"]?.int))
    }

    @Test(.timeLimit(.minutes(1))) func aRememberedDecisionIsTheFieldsPolicyFromThenOn() async throws {
        try await Self.withSyncedWorkspace { workspace, crm, id in
            let conflict = try await Self.openConflict(workspace, crm, id)
            let before = try workspace.text("Mappings/hubspot/contact.yaml")
            let resolved = try await workspace.run("conflicts", "resolve", conflict, "--take", "remote", "--remember")
            #expect(resolved.status == .done, "\(resolved.complaints)")
            #expect(resolved.text.contains("on_conflict: prefer_remote"), "\(resolved.text)")
            #expect(try workspace.text("Mappings/hubspot/contact.yaml") != before)
            #expect(try await workspace.run("sync").status == .done)
            // The same quarrel again needs nobody.
            try Self.edit(workspace, "job_title", "Head of Everything")
            try crm.edit(.contacts, id, set: ["jobtitle": "Chair"], by: 7)
            #expect(try await workspace.run("sync").status == .done)
            let record = try await workspace.run("record", "show", "ada@acme.example", "--json").json()
            #expect(record["properties"]?["job_title"]?.string == "Chair")
        }
    }

    private static let jobField = "  - { local: job_title, remote: jobtitle, via: [trim] }\n"

    /// "They are one stage lower after all" is no wish to see every contact fall from then on (R5).
    @Test(.timeLimit(.minutes(1))) func aStageThatOnlyClimbsGoesOnClimbingWhateverIsRemembered() async throws {
        try await Self.withSyncedWorkspace { workspace, crm, id in
            let file = "Mappings/hubspot/contact.yaml"
            // What waits is the default too.
            try workspace.edit(file, "    backward: review\n", "")
            try crm.edit(.contacts, id, set: ["lifecyclestage": "customer"], by: 7)
            try await workspace.run("sync")
            try crm.edit(.contacts, id, set: ["lifecyclestage": ""], by: 7)
            try crm.edit(.contacts, id, set: ["lifecyclestage": "lead"], by: 7)
            try await workspace.run("sync")
            let list = try await workspace.run("conflicts", "list", "--json").json()
            let conflict = try #require(list["conflicts"]?[0])
            #expect(conflict["rule"]?.string == "backward: review", "\(list)")
            let before = try workspace.text(file)
            let number = String(try #require(conflict["id"]?.int))
            let resolved = try await workspace.run(
                "conflicts",
                "resolve",
                number,
                "--take",
                "remote",
                "--remember",
                "--json"
            )
            #expect(try workspace.text(file) == before)
            #expect(resolved.status == .attention)
            let json = try resolved.json()
            #expect(json["decided"]?.array?.count == 1)
            #expect(json["rules"]?[0]?["refused"]?.string?.contains("only climbs") ?? false, "\(json)")
        }
    }

    /// Who said which side to believe when two values first met has not said who wins a quarrel.
    @Test(.timeLimit(.minutes(1))) func aDecisionOfAFirstContactIsRememberedAsInitial() async throws {
        try await Self.withSyncedWorkspace { workspace, crm, id in
            let file = "Mappings/hubspot/contact.yaml"
            // The field is met anew, with two values.
            try Self.edit(workspace, "job_title", "Head of Data")
            let job = "  - { local: job_title, remote: jobtitle, via: [trim] }\n"
            try workspace.edit(file, job, "")
            try await workspace.run("sync")
            try workspace.edit(file, "fields:\n", "fields:\n" + job.replacing("via", with: "initial: manual, via"))
            try crm.edit(.contacts, id, set: ["jobtitle": "Chair"], by: 7)
            try await workspace.run("sync")
            let list = try await workspace.run("conflicts", "list", "--json").json()
            let conflict = try #require(list["conflicts"]?[0], "\(list)")
            #expect(conflict["rule"]?.string == "initial: manual", "\(list)")
            let number = String(try #require(conflict["id"]?.int))
            let resolved = try await workspace.run("conflicts", "resolve", number, "--take", "local", "--remember")
            #expect(resolved.status == .done, "\(resolved.complaints)")
            let text = try workspace.text(file)
            #expect(text.contains("remote: jobtitle, initial: prefer_local, via: [trim] }"), "\(resolved.text)")
            #expect(!text.contains("on_conflict: prefer_local"))
        }
    }

    /// The decision was taken before the rule turned out not to be writable: who asks is told so.
    @Test(.timeLimit(.minutes(1))) func aDecisionIsToldOfWhateverBecomesOfItsRule() async throws {
        try await Self.withSyncedWorkspace { workspace, crm, id in
            let conflict = try await Self.openConflict(workspace, crm, id)
            try workspace.edit(
                "Mappings/hubspot/contact.yaml",
                "  - { local: job_title, remote: jobtitle, via: [trim] }\n",
                ""
            )
            let resolve = ["conflicts", "resolve", conflict, "--take", "remote", "--remember", "--json"]
            let resolved = try await workspace.run(resolve)
            #expect(resolved.status == .attention)
            let json = try resolved.json()
            #expect(json["decided"]?.array?.count == 1, "\(json)")
            #expect(json["rules"]?[0]?["refused"]?.string?.contains("has a field job_title any more") ?? false)
        }
    }

    @Test(.timeLimit(.minutes(1))) func aRuleIsWrittenIntoTheFileThatTheMappingIncludes() async throws {
        try await Self.withSyncedWorkspace { workspace, crm, id in
            // The same field from another file is the same field: nothing is to be decided again.
            try workspace.edit("Mappings/hubspot/contact.yaml", Self.jobField, "")
            try workspace.edit("Mappings/hubspot/contact.yaml", "fields:\n", "include: fields/job.yaml\nfields:\n")
            try workspace.write("Mappings/fields/job.yaml", "fields:\n" + Self.jobField)
            let conflict = try await Self.openConflict(workspace, crm, id)
            let resolved = try await workspace.run("conflicts", "resolve", conflict, "--take", "remote", "--remember")
            #expect(resolved.status == .done, "\(resolved.complaints)")
            #expect(resolved.text.contains("Mappings/fields/job.yaml:2"), "\(resolved.text)")
            #expect(try workspace.text("Mappings/fields/job.yaml").contains("on_conflict: prefer_remote"))
        }
    }

    @Test(.timeLimit(.minutes(1))) func aRuleIsNotWrittenIntoAFileThatOthersInclude() async throws {
        try await Self.withSyncedWorkspace { workspace, crm, id in
            try workspace.edit("Mappings/hubspot/contact.yaml", Self.jobField, "")
            try workspace.edit("Mappings/hubspot/contact.yaml", "fields:\n", "include: fields/job.yaml\nfields:\n")
            try workspace.write("Mappings/fields/job.yaml", "fields:\n" + Self.jobField)
            let conflict = try await Self.openConflict(workspace, crm, id)
            try workspace.write(
                "Mappings/hubspot/other.yaml",
                "mapping: hubspot/other\nconnection: ${hubspot}\nobject: { local: contact, remote: others }\nmatch: []\n"
                    + "filter: { pull: \"false\", push: \"false\" }\ninclude: fields/job.yaml\n"
            )
            let resolve = ["conflicts", "resolve", conflict, "--take", "remote", "--remember", "--json"]
            let resolved = try await workspace.run(resolve)
            #expect(resolved.status == .attention)
            let json = try resolved.json()
            #expect(json["decided"]?.array?.count == 1)
            let refusal = json["rules"]?[0]?["refused"]?.string ?? ""
            #expect(
                refusal.hasPrefix(
                    "job_title comes from Mappings/fields/job.yaml:2, which Mappings/hubspot/other.yaml includes too"
                ),
                "\(refusal)"
            )
            #expect(try workspace.text("Mappings/fields/job.yaml") == "fields:\n" + Self.jobField)
        }
    }

    @Test(.timeLimit(.minutes(1))) func aPlanInAFileIsCarriedOutAsItWasSeen() async throws {
        try await Self.withSyncedWorkspace { workspace, crm, id in
            try workspace.write("more.csv", "email,first_name\nbob@acme.example,Bob\ncy@acme.example,Cy\n")
            try await workspace.run("import", workspace.root.appending(path: "more.csv").path)
            try crm.edit(.contacts, id, set: ["jobtitle": "CTO"], by: 7)
            let file = workspace.root.appending(path: "plan.jsonl").path
            let plan = try await workspace.run("plan", "--out", file, "--json")
            #expect(try plan.json()["changes"]?.array?.count == 3, "\(plan.text)")
            // Somebody strikes Cy out of the plan, and Ada moves on in the meantime.
            let lines = try workspace.text("plan.jsonl").split(separator: "\n")
            #expect(lines.count == 4)
            try workspace.write("plan.jsonl", lines.filter { !$0.contains("cy@acme") }.joined(separator: "\n"))
            try crm.edit(.contacts, id, set: ["jobtitle": "Chair"], by: 7)
            let sync = try await workspace.run("sync", "--plan", file, "--json")
            #expect(sync.status == .attention)
            let careful = try #require(try sync.json()["careful"])
            #expect(careful["records_changed"]?.int == 1)
            #expect(careful["changes_refused"]?.int == 1)
            for nobody in ["nobody", "contact/abc", "contact/", "contacts/"] {
                #expect(try await workspace.run("sync", "--only", nobody).status == .usage, "\(nobody)")
            }
            #expect(try await workspace.run("sync", "--plan", file + "x").status == .usage)
            let rest = try await workspace.run("sync", "--json").json()
            #expect(rest["counts"]?["created_remotely"]?.int == 1, "\(rest)")
            #expect(rest["counts"]?["updated_locally"]?.int ?? 0 >= 1, "\(rest)")
        }
    }

    /// A plan that went through an editor of Windows, or through a program that writes JSON its own way, says the same.
    @Test(.timeLimit(.minutes(1))) func aPlanMeansTheSameHoweverItsLinesAreWritten() async throws {
        try await Self.withSyncedWorkspace { workspace, _, _ in
            try workspace.write("more.csv", "email,first_name\nbob@acme.example,Bob\n")
            try await workspace.run("import", workspace.root.appending(path: "more.csv").path)
            let file = workspace.root.appending(path: "plan.jsonl").path
            #expect(try await workspace.run("plan", "--out", file).status == .done)
            let text = try workspace.text("plan.jsonl").replacing("\":", with: "\": ").replacing("\n", with: "\r\n")
            try workspace.write("plan.jsonl", text + "\r\n")
            let careful = try await workspace.run("sync", "--plan", file, "--json").json()["careful"]
            #expect(careful?["records_changed"]?.int == 1 && careful?["changes_refused"]?.int == 0, "\(text)")
            // A line that is none is named by its place in the file.
            try workspace.write("plan.jsonl", text + "\r\nnothing\r\n")
            let broken = try await workspace.run("sync", "--plan", file)
            #expect(broken.complaints.contains { $0.contains("plan.jsonl:4:1: ") }, "\(broken.complaints)")
        }
    }

    /// A document is for programs, and is looked at in terminals.
    @Test func aDocumentSteersNoTerminal() throws {
        let hostile = "a\u{1B}[31m\u{9B}2J\u{202E}gnp\u{7F}\u{200B} é ✓\n"
        let document: JSON = ["value": .string(hostile)]
        let text = Printable.json(document.text)
        #expect(text.unicodeScalars.allSatisfy { Printable.text(String($0)) == String($0) })
        #expect(text.contains("é ✓"))
        #expect(try JSON(parsing: Array(text.utf8))["value"]?.string.map { Array($0.utf8) } == Array(hostile.utf8))
    }

    /// What was decided about is told whole, and not as what stands there today.
    @Test(.timeLimit(.minutes(1))) func aConflictIsShownWholeAndAsItWas() async throws {
        try await Self.withSyncedWorkspace { workspace, crm, id in
            let conflict = try await Self.openConflict(workspace, crm, id)
            let short = try await workspace.run("conflicts", "show", conflict)
            #expect(short.text.contains("NOW") && !short.text.contains("whole:"), "\(short.text)")
            let long = "Directeur " + String(repeating: "des ventes et ", count: 9) + "du reste"
            try crm.edit(.contacts, id, set: ["jobtitle": long], by: 7)
            try await workspace.run("sync")
            let list = try await workspace.run("conflicts", "list", "--json").json()
            let last = String(try #require(list["conflicts"]?[0]?["id"]?.int))
            #expect(try await workspace.run("conflicts", "show", last).text.contains("in the CRM, whole: \(long)\n"))
            try await workspace.run("conflicts", "resolve", last, "--take", "local")
            try await workspace.run("sync")
            let settled = try await workspace.run("conflicts", "show", last)
            #expect(settled.text.contains("THEN") && !settled.text.contains("NOW"), "\(settled.text)")
        }
    }

    /// What the limit leaves for later is no change that could not be made.
    @Test(.timeLimit(.minutes(1))) func whatALimitLeavesOfAPlanIsNotRefused() async throws {
        try await Self.withSyncedWorkspace { workspace, _, _ in
            try workspace.write("more.csv", "email,first_name\nbob@acme.example,Bob\ncy@acme.example,Cy\n")
            try await workspace.run("import", workspace.root.appending(path: "more.csv").path)
            let file = workspace.root.appending(path: "plan.jsonl").path
            #expect(try await workspace.run("plan", "--out", file).status == .done)
            let sync = try await workspace.run("sync", "--plan", file, "--limit", "1", "--json")
            let careful = try #require(try sync.json()["careful"])
            #expect(sync.status == .done && careful["records_changed"]?.int == 1, "\(sync.text)")
            #expect(careful["records_left"]?.int == 1 && careful["changes_refused"]?.int == 0)
            // The rest of the file goes through the next time; what was made is not made again.
            let rest = try #require(try await workspace.run("sync", "--plan", file, "--json").json()["careful"])
            #expect(rest["records_changed"]?.int == 1 && rest["changes_refused"]?.int == 1)
        }
    }

    /// The log of a first sync is long: last night's overwritten value is not behind it.
    @Test(.timeLimit(.minutes(1))) func theLogBeginsWithTheNewest() async throws {
        try await Self.withSyncedWorkspace { workspace, _, _ in
            let store = try Workspace.load(workspace.root.path, environment: [:]).openStore()
            let last = try store.write { transaction in
                let contact = try transaction.object("contact")
                let found = try transaction.records(contact, where: "email", is: "ada@acme.example", limit: 1)
                let ada = try #require(found.first)
                let link = try #require(try transaction.links(of: ada.id).first)
                let cause = Cause(actor: try transaction.actor("sync:hubspot"), at: WallClock.system.now)
                return try (0..<120).map { number in
                    let about = ConflictCase(
                        link: link.key,
                        record: ada.id,
                        field: "city",
                        localBase: nil,
                        remoteBase: nil,
                        local: .text(Text("a\(number)")),
                        remote: "b",
                        rule: "overwritten unseen"
                    )
                    return try transaction.logConflict(about, winner: .local, cause: cause)
                }
                .last
            }
            let list = try await workspace.run("conflicts", "list", "--state", "settled", "--json").json()
            #expect(list["conflicts"]?.array?.count == 100)
            #expect((list["conflicts"]?[0]?["id"]?.int).map(Int64.init) == last)
        }
    }

    @Test(.timeLimit(.minutes(1))) func aDecisionReachesBothSides() async throws {
        try await Self.withSyncedWorkspace { workspace, crm, id in
            let conflict = try await Self.openConflict(workspace, crm, id)
            let show = try await workspace.run("conflicts", "show", conflict)
            #expect(show.text.contains("Head of Data") && show.text.contains("Engineer"), "\(show.text)")
            #expect(!show.text.contains("\u{1B}"))
            // Who decides is told when and by whom each side was written.
            let told = try await workspace.run("conflicts", "show", conflict, "--json").json()
            #expect(told["local_by"]?.string == "person:ada" && told["local_at"]?.string != nil, "\(told)")
            #expect(told["remote_at"]?.string != nil)
            let resolved = try await workspace.run("conflicts", "resolve", conflict, "--take", "local")
            #expect(resolved.status == .done, "\(resolved.complaints)")
            #expect(try await workspace.run("sync").status == .done)
            #expect(crm.value(.contacts, id, "jobtitle") == "Head of Data")
            let list = try await workspace.run("conflicts", "list", "--state", "settled", "--json").json()
            let settled = list["conflicts"]?[0]
            #expect(settled?["winner"]?.string == "local" && settled?["decided_by"]?.string == "grace")
        }
    }

    @Test(.timeLimit(.minutes(1))) func aThirdValueReachesBothSides() async throws {
        try await Self.withSyncedWorkspace { workspace, crm, id in
            _ = try await Self.openConflict(workspace, crm, id)
            let all = ["conflicts", "resolve", "--all", "--field", "job_title", "--value", "Chief of Data"]
            #expect(try await workspace.run(all).status == .done)
            #expect(try await workspace.run("sync").status == .done)
            #expect(crm.value(.contacts, id, "jobtitle") == "Chief of Data")
            let record = try await workspace.run("record", "show", "ada@acme.example", "--json").json()
            #expect(record["properties"]?["job_title"]?.string == "Chief of Data")
            #expect(record["links"]?[0]?["remote"]?.string == String(id))
        }
    }

    @Test(.timeLimit(.minutes(1))) func aSideThatMovedIsNotOverruled() async throws {
        try await Self.withSyncedWorkspace { workspace, crm, id in
            let conflict = try await Self.openConflict(workspace, crm, id)
            try Self.edit(workspace, "job_title", "Head of Everything")
            let refused = try await workspace.run("conflicts", "resolve", conflict, "--take", "remote")
            #expect(refused.status == .attention)
            #expect(refused.complaints.first?.contains("Head of Everything") ?? false)
            let list = try await workspace.run("conflicts", "list", "--state", "decided", "--json").json()
            #expect(list["conflicts"]?.array?.isEmpty ?? false)
        }
    }

    @Test(.timeLimit(.minutes(1))) func theTimelineSaysWhoChangedWhat() async throws {
        try await Self.withSyncedWorkspace { workspace, _, _ in
            try Self.edit(workspace, "city", "Lyon")
            let timeline = try await workspace.run("record", "timeline", "ada@acme.example")
            #expect(timeline.text.contains("city: — → Lyon"), "\(timeline.text)")
            #expect(timeline.text.contains("by person:ada") && timeline.text.contains("by sync:hubspot, run"))
            let found = try await workspace.run("record", "find", "ACME", "--json").json()
            #expect(found["records"]?[0]?["title"]?.string == "ada@acme.example")
            #expect(try await workspace.run("record", "show", "nobody@example.com").status == .usage)
        }
    }

    @Test(.timeLimit(.minutes(1))) func runsAndHealthAreTold() async throws {
        try await Self.withSyncedWorkspace { workspace, _, _ in
            let doctor = try await workspace.run("doctor")
            #expect(doctor.status == .done || doctor.text.contains("owners"), "\(doctor.text)")
            #expect(doctor.text.contains("139000001, as pinned") && doctor.text.contains("sound"))
            let runs = try await workspace.run("runs", "list", "--json").json()
            let number = try #require(runs["runs"]?[0]?["run"]?.int)
            let run = try await workspace.run("runs", "show", String(number), "--json").json()
            #expect(run["kind"]?.string == "first" && run["counts"]?["created_locally"]?.int == 1)
            #expect(try await workspace.run("runs", "show", "999").status == .usage)
            #expect(
                try await workspace.run("quarantine", "list", "--json").json()["quarantined"]?.array?.isEmpty ?? false
            )
            #expect(try await workspace.run("quarantine", "retry", "5").status == .usage)
            #expect(try await workspace.run("check", "--live", "hubspot").status == .done)
        }
    }

    @Test(.timeLimit(.minutes(1))) func aLiveCheckFindsWhatTheCRMDoesNotHave() async throws {
        try await Self.withSyncedWorkspace { workspace, _, _ in
            let file = "Mappings/hubspot/contact.yaml"
            try workspace.edit(file, "remote: jobtitle", "remote: jobtitel")
            #expect(try await workspace.run("check").status == .done)
            let live = try await workspace.run("check", "--live", "hubspot")
            #expect(live.status == .data)
            #expect(
                live.text.contains("\(file):") && live.text.contains("did you mean jobtitle?"),
                "\(live.text)"
            )
        }
    }

    @Test(.timeLimit(.minutes(1))) func aLiveCheckRefusesAStageOfAnotherPipeline() async throws {
        try await Self.withSyncedWorkspace { workspace, _, _ in
            let file = "Mappings/hubspot/deal.yaml"
            let pipeline = "{ local: pipeline, remote: pipeline, via: [ { enum: { sales: default } } ] }"
            try workspace.edit(file, "{ local: pipeline, remote: pipeline }", pipeline)
            #expect(try await workspace.run("check", "--live", "hubspot").status == .done)
            try workspace.edit(file, "contract: contractsent", "contract: \"145206351\"")
            let live = try await workspace.run("check", "--live", "hubspot")
            let place = try workspace.place(of: "\"145206351\"", in: file)
            #expect(live.status == .data)
            let expected = "\(place): error: the CRM has no dealstage \"145206351\" where pipeline is \"default\""
            #expect(live.lines.contains { $0.hasPrefix(expected) }, "\(live.text)")
        }
    }

    @Test(.timeLimit(.minutes(1))) func aLiveCheckRunsRealRecordsThroughTheMapping() async throws {
        try await Self.withSyncedWorkspace { workspace, crm, _ in
            let odd = try crm.add(.contacts, ["email": "bob@acme.example", "lifecyclestage": "other"], by: 7)
            let live = try await workspace.run("check", "--live", "hubspot")
            let place = try workspace.place(of: "local: lifecycle_stage", in: "Mappings/hubspot/contact.yaml")
            #expect(live.status == .done, "\(live.text)")
            let expected =
                "\(place): warning: 1 of 2 records have no counterpart for lifecycle_stage, such as record \"\(odd)\" ("
            #expect(live.lines.contains { $0.hasPrefix(expected) }, "\(live.text)")
            let json = try await workspace.run("check", "--live", "hubspot", "--json").json()
            #expect(json["warnings"]?.int == 1)
        }
    }

    @Test(.timeLimit(.minutes(1))) func aWrongTokenAndADeadCRMAreTold() async throws {
        try await Self.withSyncedWorkspace { workspace, _, _ in
            let config = "Config/relais.yaml"
            try workspace.edit(config, "${env:HUBSPOT_TOKEN}", "wrong")
            for command in [["doctor"], ["sync"], ["check", "--live", "hubspot"]] {
                #expect(try await workspace.run(command).status == .notAllowed, "\(command)")
            }
            let place = try #require(
                try workspace.text(config).split(separator: "\n").first { $0.contains("base_url") }
            )
            try workspace.edit(config, String(place), "    base_url: http://127.0.0.1:9")
            #expect(try await workspace.run("doctor").status == .unavailable)
        }
    }

    @Test(arguments: [
        ["conflicts", "resolve"], ["conflicts", "resolve", "1"], ["conflicts", "resolve", "1", "--take", "both"],
        ["conflicts", "resolve", "1", "--all", "--take", "local"], ["conflicts", "resolve", "--review", "1"],
        ["conflicts", "resolve", "1", "--object", "contact", "--take", "local"],
        ["conflicts", "list", "--reviews", "--field", "city"], ["conflicts", "list", "--state", "lost"],
        ["sync", "--reconcile", "--limit", "3"],
        ["quarantine", "retry"], ["runs", "list", "--limit", "0"],
    ])
    func wrongUsageIsRefused(arguments: [String]) {
        do {
            _ = try RelaisCommand.parseAsRoot(arguments)
            Issue.record("\(arguments) was taken")
        } catch {
            #expect(RelaisCommand.exitCode(for: error).rawValue == ExitStatus.usage.rawValue)
        }
    }
}
