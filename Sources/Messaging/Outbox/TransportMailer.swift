import Records
package import Transport

/// Hands messages to a mail server through the transport, and tells refusals from breakdowns.
package struct TransportMailer: Mailer {
    private let transport: any MailTransport

    /// Creates a mailer over SMTP, or over what stands for it.
    package init(_ transport: any MailTransport) {
        self.transport = transport
    }

    package func send(from: MailAddress, to: MailAddress, message: [UInt8]) async -> MailOutcome {
        do {
            let receipt = try await self.transport.send(
                envelopeFrom: from.mailbox.string,
                recipients: [to.mailbox.string],
                message: message
            )
            return Self.outcome(receipt)
        } catch let error as TransportError {
            // The transport throws only when the message was certainly not taken.
            if case .invalidRequest = error { return .rejected(reason: Text(error.description)) }
            return .unreachable(reason: Text(error.description))
        } catch {
            // Something that the transport does not promise: nobody knows what became of the message.
            return .unknown(reason: "the mail transport failed")
        }
    }

    private static func outcome(_ receipt: SMTPReceipt) -> MailOutcome {
        switch receipt.outcome {
        case .accepted: .accepted(detail: Text(receipt.reply))
        case .rejected(let code): .rejected(reason: Text("\(code) \(receipt.reply)"))
        case .deferred(let code): .deferred(reason: Text("\(code) \(receipt.reply)"))
        case .unknown(let error): .unknown(reason: Text(error.description))
        }
    }
}
