import Connectors
import FakeCRM
import Foundation
import Logging
import Records
import Store
import SyncEngine

/// Plays the demo: starts the CRM and a mail server, tells the story, and reads every figure back from both sides.
struct DemoStage: Sendable {
    let world: DemoWorld
    let output: Output
    let isKept: Bool

    func run() async throws {
        let logger = Logger(label: "demo") { _ in SwiftLogNoOpLogHandler() }
        let folder = DemoWorld.crmFolder(of: self.world.folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let crm = FakeCRMServer(
            accounts: [self.world.crm],
            controlToken: DemoWorld.token,
            directory: self.isKept ? folder.path : nil,
            logger: logger
        )
        let mail = FakeMailServer(
            directory: self.isKept ? self.world.folder.appending(path: "mail").path : nil,
            logger: logger
        )
        try await crm.serving { base in
            try await mail.serving { mailPort in
                let port = URL(string: base)?.port ?? 0
                try self.world.writeWorkspace(port: port, mailPort: mailPort)
                let context = try self.context(logger)
                let story = DemoStory(world: self.world, context: context, output: self.output, mail: mail)
                self.output.document(try await story.tell())
            }
        }
        if self.isKept { self.tellWhatNext() }
    }

    private func context(_ logger: Logger) throws -> CommandContext {
        let environment = ProcessInfo.processInfo.environment
        return CommandContext(
            workspace: try Workspace.load(self.world.folder.path, environment: environment),
            output: self.output,
            environment: environment,
            clock: .system,
            sleeper: .system,
            randomness: .system,
            recording: nil,
            logger: logger
        )
    }

    private func tellWhatNext() {
        let folder = self.world.folder.path
        self.output.line()
        self.output.line("The workspace is in \(folder). Start its CRM again, and look around:")
        self.output.line("  relais demo serve \(folder) &")
        for command in ["plan hubspot", "conflicts list --state settled", "runs list"] {
            self.output.line("  relais \(command) --workspace \(folder)")
        }
    }
}
