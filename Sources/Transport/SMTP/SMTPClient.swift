/// Mail over libcurl.
///
/// Certificates are verified, and connections are kept for the next message. libcurl never repeats an upload that is not
/// HTTP's by itself (`Curl_retry_request`), so that no message goes out twice.
package final class SMTPClient: MailTransport {
    private static let largestMessage = 25 << 20

    private let configuration: SMTPConfiguration
    private let lanes: MailLanes

    /// Makes a client; throws `TransportError.invalidRequest` for a configuration that must not be used.
    ///
    /// A lane is a thread that hands over one message at a time; further messages wait within their timeout.
    package init(_ configuration: SMTPConfiguration, lanes: Int = 2) throws {
        try configuration.check()
        self.configuration = configuration
        self.lanes = try MailLanes(count: max(1, lanes))
    }

    deinit { lanes.stop() }

    /// Ends every attempt and waits for the threads, which takes about a second at most.
    ///
    /// What had gone out whole is reported as unknown, everything else and all that comes later fails with
    /// `TransportError.stopped`. Stopping twice does nothing.
    package func stop() {
        lanes.stop()
    }

    package func send(envelopeFrom: String, recipients: [String], message: [UInt8]) async throws -> SMTPReceipt {
        if !envelopeFrom.isEmpty { try SMTPSyntax.check(address: envelopeFrom, "sender") }
        guard !recipients.isEmpty else { throw TransportError.invalidRequest("no recipient") }
        for recipient in recipients { try SMTPSyntax.check(address: recipient, "recipient") }
        guard message.count <= Self.largestMessage else { throw TransportError.invalidRequest("a message over 25 MB") }
        try SMTPSyntax.check(message: message)
        let transfer = SMTPTransfer(configuration, from: envelopeFrom, to: recipients, message)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                transfer.continuation = continuation
                lanes.submit(transfer)
            }
        } onCancel: {
            lanes.cancel(transfer)
        }
    }
}
