import Foundation
import Mapping
import Records
import Testing

@testable import RelaisCommands

/// What is known of the laws of transforms is known to all connections, and to every command that a process runs.
@Suite struct SharedLawTests {
    private static func workspace() async throws -> TestWorkspace {
        let workspace = try await TestWorkspace()
        let second = "\n  second:\n    connector: hubspot\n    mappings: hubspot\n    credentials: { token: x }\n"
        try workspace.edit("Config/relais.yaml", "\n\n# How mail leaves", second + "\n# How mail leaves")
        return workspace
    }

    @Test func aSecondConnectionWithTheSameTransformsTriesNoneAgain() async throws {
        let folder = try await Self.workspace()
        let workspace = try Workspace.load(folder.root.path, environment: ["HUBSPOT_TOKEN": "x"])
        #expect(workspace.configuration.connections.count == 2)
        #expect(!(try workspace.mappings(workspace.configuration.connections[0])).isEmpty)
        let tried = workspace.laws.tried
        #expect(tried > 5)
        #expect(!(try workspace.mappings(workspace.configuration.connections[1])).isEmpty)
        #expect(workspace.laws.tried == tried)
        // What a run asks for again and again costs it once.
        _ = try workspace.mappings(workspace.configuration.connections[0])
        #expect(workspace.laws.tried == tried)
    }

    @Test func aCheckTriesTheTransformsOfAllConnectionsOnce() async throws {
        var counts: [Int] = []
        for folder in [try await TestWorkspace(), try await Self.workspace()] {
            var check = WorkspaceCheck(root: folder.root, environment: ["HUBSPOT_TOKEN": "x"])
            try await check.run()
            #expect(check.findings.map(\.description) == [])
            counts.append(check.laws.tried)
            // As after the questions of --live.
            var second = WorkspaceCheck(root: folder.root, environment: ["HUBSPOT_TOKEN": "x"])
            second.laws = check.laws
            try await second.run()
            #expect(second.laws.tried == counts.last)
        }
        #expect(counts[0] > 5)
        #expect(counts[0] == counts[1])
    }

    @Test func aRunRefusesAMappingWithABrokenLaw() async throws {
        let folder = try await Self.workspace()
        let broken = "{ custom: { toLocal: value, toRemote: \"value.substring(0, 1)\" } }"
        try folder.edit("Mappings/hubspot/contact.yaml", "remote: city, via: [trim]", "remote: city, via: [\(broken)]")
        let workspace = try Workspace.load(folder.root.path, environment: ["HUBSPOT_TOKEN": "x"])
        for connection in workspace.configuration.connections {
            let error = #expect(throws: DiagnosticList.self) { try workspace.mappings(connection) }
            #expect(error?.diagnostics.count == 1)
            #expect(error?.diagnostics.first?.message.contains("does not survive the round trip") ?? false)
        }
    }
}
