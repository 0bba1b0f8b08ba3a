import Foundation
import SyncEngine
import Testing

@testable import RelaisCommands

/// Which processes are known to be dead, so that their leases can be taken over at once.
@Suite struct ProcessWorkerTests {
    private var parts: [String] { Worker.process.name.split(separator: "/").map(String.init) }

    @Test func oneIsNotDeadOneself() {
        #expect(!Worker.process.isDead(Worker.process.name))
    }

    @Test func aProcessThatEndedIsDead() throws {
        let child = Process()
        child.executableURL = URL(filePath: "/bin/sleep")
        child.arguments = ["30"]
        try child.run()
        let start = try String(contentsOfFile: "/proc/\(child.processIdentifier)/stat", encoding: .utf8)
            .split(separator: ")").last?.split(separator: " ")[19]
        let name = "\(self.parts[0])/\(self.parts[1])/\(child.processIdentifier)/\(try #require(start))"
        #expect(!Worker.process.isDead(name))
        child.terminate()
        child.waitUntilExit()
        #expect(Worker.process.isDead(name))
    }

    @Test func aNumberThatWasGivenOutAgainIsSomebodyElse() {
        let name = "\(self.parts[0])/\(self.parts[1])/\(self.parts[2])/1"
        #expect(Worker.process.isDead(name))
    }

    @Test func whoRanBeforeTheBootIsDead() {
        #expect(Worker.process.isDead("\(self.parts[0])/another-boot/\(self.parts[2])/\(self.parts[3])"))
    }

    @Test(arguments: ["elsewhere/boot/4711/1", "", "serve", "a/b/c/d/e"])
    func ofOthersNothingIsKnown(holder: String) {
        #expect(!Worker.process.isDead(holder))
    }
}
