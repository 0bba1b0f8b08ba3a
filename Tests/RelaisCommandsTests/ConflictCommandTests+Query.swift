import FakeCRM
import Records
import Testing

@testable import RelaisCommands

extension ConflictCommandTests {
    /// What `resolve --all` would decide about is what `list` shows with the same options; a name that nothing has is a slip.
    @Test(.timeLimit(.minutes(1))) func aBulkDecisionIsLookedAtWithTheSameOptionsFirst() async throws {
        try await Self.withSyncedWorkspace { workspace, crm, id in
            _ = try await Self.openConflict(workspace, crm, id)
            func listed(_ options: String...) async throws -> Int? {
                let list = try await workspace.run(["conflicts", "list", "--json"] + options).json()
                return list["conflicts"]?.array?.count
            }
            #expect(try await listed("--field", "job_title", "--connection", "hubspot") == 1)
            #expect(try await listed("--object", "contact", "--of", "ada@acme.example") == 1)
            #expect(try await listed("--object", "contacts") == 1, "the CRM's name of it")
            #expect(try await listed("--field", "city") == 0)
            #expect(try await listed("--object", "deal") == 0)
            for slip in [["--field", "job_titel"], ["--object", "contcat"], ["--of", "nobody@acme.example"]] {
                let list = try await workspace.run(["conflicts", "list"] + slip)
                let resolve = try await workspace.run(["conflicts", "resolve", "--all", "--take", "local"] + slip)
                #expect(list.status == .usage && resolve.status == .usage, "\(slip)")
                #expect(resolve.complaints == list.complaints, "\(resolve.complaints)")
            }
            let slip = try await workspace.run("conflicts", "list", "--field", "job_titel")
            #expect(slip.complaints.first?.contains("job_title") ?? false, "\(slip.complaints)")
            let other = ["conflicts", "resolve", "--all", "--object", "deal", "--take", "local"]
            #expect(try await workspace.run(other).text.contains("Nothing was decided."))
            let all = ["conflicts", "resolve", "--all", "--object", "contact", "--take", "local"]
            #expect(try await workspace.run(all).text.contains("1 decided"))
            #expect(try await workspace.run("sync").status == .done)
            let log = ["conflicts", "list", "--state", "settled", "--field", "job_title", "--limit", "1", "--json"]
            #expect(try await workspace.run(log).json()["conflicts"]?.array?.count == 1)
        }
    }
}
