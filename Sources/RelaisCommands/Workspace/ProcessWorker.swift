import Foundation
import SyncEngine

extension Worker {
    /// This process.
    ///
    /// Its name holds the machine, its boot, the process and when that began: so a number that the system gave out again, or a
    /// container that started again, is not taken for the old one.
    static let process = Worker(name: Self.name(of: ProcessInfo.processInfo.processIdentifier)) { holder in
        let parts = holder.split(separator: "/", omittingEmptySubsequences: false)
        let own = Self.machine.split(separator: "/", omittingEmptySubsequences: false)
        // Nobody can tell from here whether a process of another machine is alive; one of an earlier boot is not.
        guard parts.count == 4, own.count == 2, parts[0] == own[0], let number = Int32(parts[2]) else { return false }
        return parts[1] != own[1] || Self.name(of: number) != holder
    }

    private static func name(of process: Int32) -> String {
        "\(Self.machine)/\(process)/\(Self.start(of: process) ?? "")"
    }

    private static let machine: String = {
        let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        let host = ProcessInfo.processInfo.hostName.filter { $0 != "/" }
        return "\(host)/\(boot?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "")"
    }()

    /// When a process began, in ticks since the boot; nil if there is none of that number.
    ///
    /// `/proc/4711/stat` has it in its 22nd place, counted behind the name in brackets, which may hold anything (proc(5)).
    private static func start(of process: Int32) -> String? {
        if let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) {
            let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
            // A process that was killed and not yet waited for is dead.
            guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
            return String(fields[19])
        }
        return FileManager.default.fileExists(atPath: "/proc/self/stat") || kill(process, 0) != 0 ? nil : "alive"
    }
}
