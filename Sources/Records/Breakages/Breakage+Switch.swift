#if RELAIS_BREAKABLE
import Foundation
import Synchronization
#endif

extension Breakage {
    /// Why breakages could not be switched on.
    package struct SwitchError: Error, CustomStringConvertible {
        /// One line for the person who asked.
        package let description: String
    }

    /// The breakages of a list of names with commas between them; throws for a name that is none.
    package static func named(_ list: String) throws(SwitchError) -> [Breakage] {
        var found: [Breakage] = []
        for name in list.split(separator: ",").map(String.init) {
            guard let breakage = Breakage(rawValue: name) else {
                let names = Self.allCases.map(\.rawValue).joined(separator: ", ")
                throw SwitchError(description: "there is no breakage \(name); there are \(names)")
            }
            found.append(breakage)
        }
        return found
    }
}

#if RELAIS_BREAKABLE
extension Breakage {
    /// Whether breakages are built in; false in an ordinary release build.
    package static var areBuiltIn: Bool { true }

    /// Whether the rule is switched off in this process.
    ///
    /// Costs one relaxed load while no breakage is on. In a release build it is a constant false that takes the broken
    /// code out with it, unless the package was built with `RELAIS_BREAKABLE=1` in the environment.
    package var isOn: Bool { BreakageSwitch.shared.isOn(self) }

    /// Switches breakages on for the whole process, before the engine runs; to be called once.
    ///
    /// Throws in a build that has none. The other way is the environment variable `RELAIS_BREAK`, a list of names with
    /// commas between them.
    package static func switchOn(_ breakages: [Breakage]) throws(SwitchError) {
        BreakageSwitch.shared.set(breakages)
    }
}

/// The breakages that are on, for the whole process.
private final class BreakageSwitch: Sendable {
    static let shared = BreakageSwitch(ProcessInfo.processInfo.environment["RELAIS_BREAK"] ?? "")

    private let isAnyOn = Atomic(false)
    private let active = Mutex<[Breakage]>([])

    private init(_ list: String) {
        do {
            self.set(try Breakage.named(list))
        } catch {
            // A run with a misspelt breakage would pass, and that would be a lie.
            FileHandle.standardError.write(Data("RELAIS_BREAK: \(error.description)\n".utf8))
            exit(64)
        }
    }

    func set(_ breakages: [Breakage]) {
        self.active.withLock { $0 = breakages }
        self.isAnyOn.store(!breakages.isEmpty, ordering: .releasing)
    }

    func isOn(_ breakage: Breakage) -> Bool {
        guard self.isAnyOn.load(ordering: .relaxed) else { return false }
        return self.active.withLock { $0.contains(breakage) }
    }
}
#else
extension Breakage {
    /// Whether breakages are built in; false in an ordinary release build.
    @inlinable package static var areBuiltIn: Bool { false }

    /// Whether the rule is switched off in this process: never in a release build.
    @inlinable package var isOn: Bool { false }

    /// Switches breakages on, in a build that has them; this one throws.
    package static func switchOn(_ breakages: [Breakage]) throws(SwitchError) {
        throw SwitchError(description: "this build has no breakages in it: build with RELAIS_BREAKABLE=1")
    }
}
#endif
