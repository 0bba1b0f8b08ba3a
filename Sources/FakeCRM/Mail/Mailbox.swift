import FoundationEssentials
import Logging
import Synchronization

/// Where the fake mail server keeps what it takes, with the faults that its sessions ask for.
final class Mailbox: Sendable {
    private struct State {
        var messages: [ReceivedMail] = []
        var faults: [[UInt8]: MailFault] = [:]
        var nextNumber = 1
    }

    private let state = Mutex(State())
    private let directory: String?
    private let logger: Logger

    init(directory: String?, logger: Logger) {
        self.directory = directory
        self.logger = logger
    }

    var messages: [ReceivedMail] { self.state.withLock { $0.messages } }

    func forget() { self.state.withLock { $0.messages = [] } }

    func fault(for address: String) -> MailFault? { self.state.withLock { $0.faults[Self.key(address)] } }

    func setFault(_ fault: MailFault?, for address: String) {
        self.state.withLock { $0.faults[Self.key(address)] = fault }
    }

    /// Keeps a message; false when its file could not be written, in which case it is not kept at all.
    func keep(from sender: String, to recipients: [String], _ bytes: [UInt8]) -> Bool {
        self.state.withLock { state in
            do {
                if let directory = self.directory { try Self.write(bytes, in: directory, &state.nextNumber) }
            } catch {
                self.logger.error("mail could not be written", metadata: ["error": "\(error)"])
                return false
            }
            state.messages.append(
                ReceivedMail(number: state.nextNumber, envelopeFrom: sender, recipients: recipients, bytes: bytes)
            )
            state.nextNumber += 1
            return true
        }
    }

    /// Writes a file whole, under the first number from `number` on that is free: an earlier run's mail stays.
    private static func write(_ bytes: [UInt8], in directory: String, _ number: inout Int) throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        while FileManager.default.fileExists(atPath: self.path(number, in: directory)) { number += 1 }
        try Data(bytes).write(to: URL(filePath: self.path(number, in: directory)), options: .atomic)
    }

    /// Nothing that a client sent is part of the name.
    private static func path(_ number: Int, in directory: String) -> String {
        let digits = String(number)
        return "\(directory)/\(String(repeating: "0", count: max(0, 3 - digits.utf8.count)))\(digits).eml"
    }

    /// The address without regard to the case of ASCII letters.
    private static func key(_ address: String) -> [UInt8] {
        address.utf8.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }
    }
}
