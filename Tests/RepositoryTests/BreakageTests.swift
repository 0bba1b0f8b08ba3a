import Foundation
import Records
import Testing

/// Rules about the deliberate breakages; `Tests/breakages` looks whether the tests notice them.
@Suite struct BreakageTests {
    @Test func eachHasAHookInTheEngineAndARowInTheScript() throws {
        let sources = try SourceFile.all(in: "Sources").flatMap(\.lines).filter { $0.contains("Breakage.") }
        let rows = try String(contentsOf: SourceFile.root.appending(path: "Tests/breakages"), encoding: .utf8).split(
            separator: "\n"
        )
        for breakage in Breakage.allCases {
            let hooks = sources.count { $0.contains("Breakage.\(breakage).isOn") }
            #expect((1...2).contains(hooks), "\(breakage) has \(hooks) places in Sources")
            #expect(rows.contains { $0.hasPrefix("    \"\(breakage.rawValue)\": ") }, "\(breakage) has no row")
        }
    }

    @Test func namesAreWordsWithHyphens() {
        for breakage in Breakage.allCases {
            let isPlain = breakage.rawValue.utf8.allSatisfy { $0 == 0x2D || (0x61...0x7A).contains($0) }
            #expect(isPlain, "\(breakage.rawValue)")
        }
    }

    @Test func anUnknownNameIsAnErrorAndNotSilence() throws {
        #expect(try Breakage.named("no-version-floor,wrong-account") == [.noVersionFloor, .wrongAccount])
        #expect(try Breakage.named("") == [])
        let error = #expect(throws: Breakage.SwitchError.self) { try Breakage.named("no-version-flor") }
        #expect(error?.description.contains("no-version-flor") ?? false)
    }
}
