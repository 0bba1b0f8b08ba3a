import CCurl
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// One message on its way through a lane: what to set before, what to tell the waiting task after.
///
/// `@unchecked Sendable`: made by the calling task, then handed to a lane, which from then on is the only one to touch
/// anything but `isCancelled`. The hand-over goes through a mutex.
final class SMTPTransfer: @unchecked Sendable {
    private struct Reply {
        let code: Int
        let text: String
    }

    /// Set by the cancelled task, from wherever it is cancelled.
    let isCancelled = Atomic(false)
    /// The waiting task; set before the message is handed over, taken by whoever answers it.
    var continuation: CheckedContinuation<SMTPReceipt, any Error>?
    /// Whether the lanes are stopping; set before the message is handed over.
    var isStopping: StopFlag?

    private let configuration: SMTPConfiguration
    private let deadline: ContinuousClock.Instant
    private let from: String
    private let recipients = CurlList()
    private let message: [UInt8]
    private var sentBytes = 0
    /// What the server said last, about the message once that has been handed over.
    private var reply: Reply?
    /// When we said goodbye, after which the server's replies are about that; nil if we have not.
    private var quitAt: ContinuousClock.Instant?
    /// How long a server may take to answer the goodbye; by then it is settled what became of the message.
    private static let goodbye = Duration.seconds(1)

    init(_ configuration: SMTPConfiguration, from: String, to recipients: [String], _ message: [UInt8]) {
        self.configuration = configuration
        self.from = from
        self.message = message
        deadline = .now + configuration.timeout
        for recipient in recipients { self.recipients.append(recipient) }
    }

    /// Whether libcurl has the whole message.
    ///
    /// Before that the final dot cannot have been sent, and without it no server may deliver (RFC 5321 4.1.1.4).
    private var isHandedOver: Bool { sentBytes == message.count }

    /// Sets every option on a fresh handle.
    func prepare(_ handle: CurlHandle) throws(TransportError) {
        if isCancelled.load(ordering: .relaxed) { throw .cancelled(sentRequest: false) }
        let left = deadline - .now
        guard left > .zero else { throw .timeout(sentRequest: false) }
        try handle.set(CURLOPT_NOSIGNAL, true)
        try handle.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        try handle.set(CURLOPT_URL, configuration.url)
        try handle.set(CURLOPT_PROXY, "")
        try handle.setMilliseconds(CURLOPT_TIMEOUT_MS, left)
        // libcurl's own limit for one answer would be two minutes.
        try handle.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, left.milliseconds / 1000 + 1)
        try handle.setMilliseconds(CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeout)
        try prepareLogin(handle)
        // Left out, the sender is "<>".
        if !from.isEmpty { try handle.set(CURLOPT_MAIL_FROM, from) }
        try handle.set(CURLOPT_MAIL_RCPT, recipients)
        try handle.set(CURLOPT_UPLOAD, true)
        try handle.setLarge(CURLOPT_INFILESIZE_LARGE, message.count)
        try prepareCallbacks(handle)
    }

    private func prepareCallbacks(_ handle: CurlHandle) throws(TransportError) {
        let me = Unmanaged.passUnretained(self).toOpaque()
        try handle.set(CURLOPT_READDATA, me)
        try handle.set(CURLOPT_READFUNCTION) { bytes, size, count, context in
            SMTPTransfer.from(context)?.give(UnsafeMutableRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }
        try handle.set(CURLOPT_HEADERDATA, me)
        try handle.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            SMTPTransfer.from(context)?.receive(UnsafeRawBufferPointer(start: bytes, count: size * count))
            return size * count
        }
        try handle.set(CURLOPT_WRITEFUNCTION) { _, size, count, _ in size * count }
        try handle.set(CURLOPT_NOPROGRESS, false)
        try handle.set(CURLOPT_XFERINFODATA, me)
        ccurl_set_progress_callback(handle.raw) { context, _, _, _, _ in
            SMTPTransfer.from(context)?.isOver == true ? 1 : 0
        }
        // The only way to see our own commands; nothing of what passes here is kept.
        try handle.set(CURLOPT_VERBOSE, true)
        try handle.set(CURLOPT_DEBUGDATA, me)
        ccurl_set_debug_callback(handle.raw) { _, type, bytes, count, context in
            if type == CURLINFO_HEADER_OUT, let bytes, count >= 4, strncmp(bytes, "QUIT", 4) == 0 {
                SMTPTransfer.from(context)?.quitAt = .now
            }
            return 0
        }
    }

    /// Tells the waiting task how it went.
    func finish(_ code: CURLcode) {
        guard code != CURLE_OK else { return finish(.accepted) }
        if let verdict = verdict(code) { return finish(verdict) }
        guard isHandedOver else { return fail(error(code)) }
        let error = interruption?(true) ?? TransportError(code, sent: true)
        finish(.unknown(error ?? .reset(sentRequest: true)))
    }

    /// Tells the waiting task that the message was certainly not taken.
    func fail(_ error: TransportError) {
        continuation.take()?.resume(throwing: error)
    }

    private func finish(_ outcome: SMTPReceipt.Outcome) {
        continuation.take()?.resume(returning: SMTPReceipt(outcome, reply: reply?.text ?? ""))
    }

    /// Why to end before the end, if there is a reason.
    private var interruption: ((_ sentRequest: Bool) -> TransportError)? {
        if isCancelled.load(ordering: .relaxed) { return TransportError.cancelled }
        if isStopping?.isSet == true { return TransportError.stopped }
        return nil
    }

    /// Whether libcurl is to wait no longer.
    ///
    /// After a refusal it says QUIT, and would wait for the answer as long as for any other; with a server that never
    /// answers, the lane would be lost for minutes.
    private var isOver: Bool {
        if let quitAt, quitAt + Self.goodbye < .now { return true }
        return interruption != nil
    }

    /// What the server's own words say of the message; `nil` when it was not the message that failed.
    private func verdict(_ code: CURLcode) -> SMTPReceipt.Outcome? {
        guard let reply, code != CURLE_ABORTED_BY_CALLBACK, code != CURLE_USE_SSL_FAILED,
            code != CURLE_LOGIN_DENIED || reply.code < 500
        else {
            return nil
        }
        switch reply.code {
        case 400..<500: return .deferred(code: reply.code)
        case 500..<600 where !Self.wantsLogin(reply): return .rejected(code: reply.code)
        default: return nil
        }
    }

    private func error(_ code: CURLcode) -> TransportError {
        if code == CURLE_ABORTED_BY_CALLBACK, let interruption { return interruption(false) }
        if code == CURLE_OPERATION_TIMEDOUT, deadline <= .now { return .timeout(sentRequest: false) }
        if let reply, Self.wantsLogin(reply) { return .loginDenied }
        return TransportError(code, sent: false) ?? .reset(sentRequest: false)
    }

    /// Replies that speak of the login and not of the message (RFC 4954 4 and 6).
    private static func wantsLogin(_ reply: Reply) -> Bool {
        [530, 534, 535, 538].contains(reply.code)
    }

    private func prepareLogin(_ handle: CurlHandle) throws(TransportError) {
        try handle.set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        if configuration.security == .startTLS {
            try handle.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
        }
        if let authorities = configuration.certificateAuthorities { try handle.set(CURLOPT_CAINFO, authorities) }
        if let username = configuration.username { try handle.set(CURLOPT_USERNAME, username) }
        if let password = configuration.password { try handle.set(CURLOPT_PASSWORD, password) }
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> SMTPTransfer? {
        context.map { Unmanaged<SMTPTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func give(_ room: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(room.count, message.count - sentBytes)
        message.withUnsafeBytes {
            room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[sentBytes..<sentBytes + count]))
        }
        sentBytes += count
        // From here on only an answer to the message itself says what became of it.
        if isHandedOver, count > 0 { reply = nil }
        return count
    }

    /// Takes a line of a reply; the last line of each has a space behind its code (RFC 5321 4.2).
    private func receive(_ line: UnsafeRawBufferPointer) {
        let digits = line.prefix(3).map { Int($0) - 0x30 }
        guard line.count > 3, digits.allSatisfy({ 0...9 ~= $0 }), line[3] != UInt8(ascii: "-"), quitAt == nil else {
            return
        }
        let text = line.prefix { $0 != 0x0D && $0 != 0x0A }
        reply = Reply(code: digits.reduce(0) { $0 * 10 + $1 }, text: SMTPSyntax.printable(Array(text)))
    }
}
