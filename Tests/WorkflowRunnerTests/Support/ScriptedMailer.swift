import Messaging
import Records
import Synchronization

/// A mail server that answers as told, then takes everything.
final class ScriptedMailer: Mailer {
    struct Sent: Hashable, Sendable {
        let to: Text
        let subject: String
    }

    private let state = Mutex<(answers: [MailOutcome], sent: [Sent])>(([], []))

    init(_ answers: [MailOutcome] = []) { self.state.withLock { $0.answers = answers } }

    /// Every message that was handed over, whatever the answer.
    var sent: [Sent] { self.state.withLock { $0.sent } }

    func send(from: MailAddress, to: MailAddress, message: [UInt8]) async -> MailOutcome {
        let text = String(decoding: message, as: UTF8.self)
        let subject = text.split(separator: "\r\n").first { $0.hasPrefix("Subject: ") }?.dropFirst(9) ?? ""
        return self.state.withLock { state in
            state.sent.append(Sent(to: to.mailbox, subject: String(subject)))
            return state.answers.isEmpty ? .accepted(detail: "250 ok") : state.answers.removeFirst()
        }
    }
}
