import ArgumentParser
import Foundation
import Records
import Testing

@testable import RelaisCommands

@Suite struct InitTests {
    /// The folder of the package.
    private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test(arguments: WorkspaceTemplate.connectors)
    func aNewWorkspaceHasNoProblems(connector: String) async throws {
        let workspace = try await TestWorkspace(isFilled: false)
        let made = try await workspace.run("init", "--connector", connector)
        #expect(made.status == .done)
        #expect(made.text.contains("relais check"))
        let check = try await workspace.run("check")
        #expect(check.status == .done)
        #expect(check.lines == ["\(WorkspaceTemplate.checkedFiles + 1) files, no problems"])
    }

    @Test func theBinaryCarriesTheShippedFilesAsTheyAre() throws {
        for file in WorkspaceTemplate.shipped {
            let shipped = try Data(contentsOf: Self.package.appending(path: file.path))
            #expect(Array(shipped) == file.bytes, "\(file.path)")
        }
    }

    @Test func everyShippedFileIsCarried() throws {
        var found: Set<String> = []
        for folder in ["Config", "Mappings"] {
            let paths = try FileManager.default.subpathsOfDirectory(atPath: Self.package.appending(path: folder).path)
            found.formUnion(paths.filter { $0.contains(".") && !$0.hasSuffix(".md") }.map { "\(folder)/\($0)" })
        }
        #expect(Set(WorkspaceTemplate.shipped.map(\.path)) == found)
    }

    @Test func nothingIsOverwritten() async throws {
        let workspace = try await TestWorkspace()
        try workspace.write("Config/schema.yaml", "mine")
        let again = try await workspace.run("init")
        #expect(again.status == .usage)
        #expect(again.complaints.first?.contains("Config/schema.yaml") ?? false)
        #expect(try workspace.text("Config/schema.yaml") == "mine")
    }

    @Test func anUnknownConnectorIsWrongUsage() throws {
        #expect(throws: (any Error).self) { try RelaisCommand.parseAsRoot(["init", "--connector", "nope"]) }
        do {
            _ = try RelaisCommand.parseAsRoot(["init", "--connector", "nope"])
        } catch {
            #expect(RelaisCommand.exitCode(for: error).rawValue == ExitStatus.usage.rawValue)
        }
    }

    @Test func theJSONDocumentNamesTheFiles() async throws {
        let workspace = try await TestWorkspace(isFilled: false)
        let json = try await workspace.run("init", "--json").json()
        #expect(json["files"]?.array?.count == WorkspaceTemplate.shipped.count + 1)
    }
}

extension WorkspaceTemplate {
    /// How many of the shipped files a check reads: all but the texts for people.
    static var checkedFiles: Int { self.shipped.count { !$0.path.hasSuffix(".md") } }
}
