import Connectors
import FakeCRM
import Foundation
import Records
import Store
import SyncEngine

/// The story, step by step, with the counts of what really happened.
struct DemoStory: Sendable {
    let world: DemoWorld
    let context: CommandContext
    let output: Output
    let mail: FakeMailServer

    /// Tells it and gives the figures, each read back from the store and the CRM.
    func tell() async throws -> JSON {
        let store = try self.context.workspace.openStore()
        let connection = try self.context.workspace.connection("hubspot")
        let json = try await self.context.withAccount(connection) { account in
            let scene = DemoScene(story: self, store: store, account: account, connection: connection, mail: self.mail)
            let automation = try Automation(self.context, store: store)
            defer { automation.stop() }
            try await scene.firstSync()
            try await scene.settleAConflict()
            try await automation.tick(now: self.context.clock.now)
            try await scene.handALeadOver(automation)
            try await scene.quietSync()
            return try scene.figures()
        }
        try store.close()
        return json
    }
}
