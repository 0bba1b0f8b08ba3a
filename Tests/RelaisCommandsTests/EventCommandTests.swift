import Foundation
import Records
import Testing

@testable import RelaisCommands

/// `relais event add`.
@Suite struct EventCommandTests {
    private func workspace() async throws -> TestWorkspace {
        let workspace = try await TestWorkspace(environment: ["USER": "grace"])
        try workspace.write("people.csv", "email,first_name\nada@acme.example,Ada\n")
        let file = workspace.root.appending(path: "people.csv").path
        #expect(try await workspace.run("import", file).status == .done)
        return workspace
    }

    @Test func anEventThatNothingKnowsIsKeptAndSaid() async throws {
        let workspace = try await self.workspace()
        let typo = try await workspace.run("event", "add", "ada@acme.example", "demo_requestd")
        #expect(typo.status == .done)
        #expect(typo.text.contains("No score and no workflow knows the event demo_requestd"), "\(typo.text)")
        #expect(typo.text.contains("did you mean demo_requested?"), "\(typo.text)")
        let document = try await workspace.run("event", "add", "ada@acme.example", "nothing_like_it", "--json").json()
        #expect(document["known"]?.bool == false && document["new"]?.bool == true)
    }

    @Test(arguments: ["demo_requested", "page_viewed"]) func anEventThatCountsIsSilent(_ name: String) async throws {
        let workspace = try await self.workspace()
        let answer = try await workspace.run("event", "add", "ada@acme.example", name)
        #expect(answer.status == .done && !answer.text.contains("No score"), "\(answer.text)")
    }
}
