import CCurl
import Synchronization

/// libcurl's multi interface and the thread that drives it.
///
/// `@unchecked Sendable`: the multi handle is used by the thread alone, but for `curl_multi_wakeup`, which may be called
/// from anywhere (its manual says so) as long as the handle lives; it lives as long as this object, which the thread
/// holds on to.
final class LoopCore: @unchecked Sendable {
    private struct Inbox {
        var fresh: [HTTPTransfer] = []
        var cancelled: [HTTPTransfer] = []
        var isStopping = false
        /// The thread to wait for; taken by whoever stops the loop first.
        var thread: pthread_t?
    }

    /// Whether libcurl is initialised, which is done once for the process.
    static let isReady = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK
    private static let pooledHandles = 32

    private let multi: UnsafeMutableRawPointer
    private let inbox = Mutex(Inbox())

    init(_ limits: TransferLoop.Limits) throws {
        guard Self.isReady, let multi = curl_multi_init() else {
            throw TransportError.other(code: Int32(bitPattern: CURLE_FAILED_INIT.rawValue), sentRequest: false)
        }
        self.multi = multi
        ccurl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, limits.perHost)
        ccurl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, limits.total)
        ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, limits.total)
    }

    deinit { curl_multi_cleanup(multi) }

    func start() throws {
        var thread = pthread_t()
        let me = Unmanaged.passRetained(self)
        let result = ccurl_start_thread(
            &thread,
            { context in
                guard let context else { return nil }
                Unmanaged<LoopCore>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            me.toOpaque()
        )
        guard result == 0 else {
            me.release()
            throw TransportError.other(code: Int32(bitPattern: CURLE_FAILED_INIT.rawValue), sentRequest: false)
        }
        inbox.withLock { $0.thread = thread }
    }

    /// Takes over a transfer; its task hears of it exactly once.
    func submit(_ transfer: HTTPTransfer) {
        let isAccepted = inbox.withLock { inbox in
            guard !inbox.isStopping else { return false }
            inbox.fresh.append(transfer)
            return true
        }
        guard isAccepted else { return transfer.fail(.stopped(sentRequest: false)) }
        curl_multi_wakeup(multi)
    }

    /// Ends a transfer if it has not ended; may come before `submit` and after the end.
    func cancel(_ transfer: HTTPTransfer) {
        transfer.isCancelled.store(true, ordering: .relaxed)
        // Once the loop is stopping it ends everything anyway, and nobody would empty the list again.
        inbox.withLock { if !$0.isStopping { $0.cancelled.append(transfer) } }
        curl_multi_wakeup(multi)
    }

    func stop() {
        let thread = inbox.withLock { inbox in
            inbox.isStopping = true
            return inbox.thread.take()
        }
        curl_multi_wakeup(multi)
        if let thread { pthread_join(thread, nil) }
    }

    private func run() {
        var work = Work(multi: multi)
        while true {
            let (fresh, cancelled, isStopping) = inbox.withLock { inbox in
                defer {
                    inbox.fresh.removeAll(keepingCapacity: true)
                    inbox.cancelled.removeAll(keepingCapacity: true)
                }
                return (inbox.fresh, inbox.cancelled, inbox.isStopping)
            }
            for transfer in fresh { work.start(transfer) }
            for transfer in cancelled { work.end(transfer, TransportError.cancelled) }
            guard !isStopping else { return work.stop() }
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            work.reap()
            // Returns at once on a wake-up and on traffic, and for libcurl's own timers.
            curl_multi_poll(multi, nil, 0, work.expire(), nil)
        }
    }

    /// What only the thread knows.
    private struct Work {
        let multi: UnsafeMutableRawPointer
        var live: [ObjectIdentifier: HTTPTransfer] = [:]
        var idle: [CurlHandle] = []

        mutating func start(_ transfer: HTTPTransfer) {
            guard !transfer.isCancelled.load(ordering: .relaxed) else {
                return transfer.fail(.cancelled(sentRequest: false))
            }
            guard let handle = idle.popLast() ?? curl_easy_init().map(CurlHandle.init) else {
                return transfer.fail(.other(code: Int32(bitPattern: CURLE_OUT_OF_MEMORY.rawValue), sentRequest: false))
            }
            do throws(TransportError) {
                curl_easy_reset(handle.raw)
                try transfer.prepare(handle)
                try handle.set(CURLOPT_PRIVATE, Unmanaged.passUnretained(transfer).toOpaque())
            } catch {
                keep(handle)
                return transfer.fail(error)
            }
            transfer.handle = handle
            transfer.deadline = .now + transfer.timeout
            live[ObjectIdentifier(transfer)] = transfer
            curl_multi_add_handle(multi, handle.raw)
        }

        /// Ends a transfer that libcurl has not ended, if it is under way at all.
        mutating func end(_ transfer: HTTPTransfer, _ error: (_ sentRequest: Bool) -> TransportError) {
            guard live[ObjectIdentifier(transfer)] != nil, let handle = transfer.handle else { return }
            let sent = handle.mayHaveSent
            curl_multi_remove_handle(multi, handle.raw)
            live[ObjectIdentifier(transfer)] = nil
            transfer.handle = nil
            keep(handle)
            transfer.fail(error(sent))
        }

        mutating func reap() {
            var code = CURLE_OK
            while let raw = ccurl_next_finished(multi, &code) {
                guard let context = ccurl_context(raw) else { continue }
                let transfer = Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue()
                // The dictionary held the last reference but for this one, which `finish` needs.
                withExtendedLifetime(transfer) {
                    curl_multi_remove_handle(multi, raw)
                    live[ObjectIdentifier(transfer)] = nil
                    transfer.handle = nil
                    transfer.finish(CurlHandle(raw: raw), code)
                    keep(CurlHandle(raw: raw))
                }
            }
        }

        /// Ends what has run out of time and gives the milliseconds until the next one will have.
        ///
        /// Done here because libcurl 7.88 does not watch the time of a transfer that waits for a connection.
        mutating func expire() -> Int32 {
            let now = ContinuousClock.now
            var wait = Duration.seconds(60)
            var late: [HTTPTransfer] = []
            for transfer in live.values {
                guard let deadline = transfer.deadline else { continue }
                if deadline <= now { late.append(transfer) } else { wait = min(wait, deadline - now) }
            }
            for transfer in late { end(transfer, TransportError.timeout) }
            return Int32(wait.milliseconds + 1)
        }

        mutating func stop() {
            for transfer in Array(live.values) { end(transfer, TransportError.stopped) }
            for handle in idle { curl_easy_cleanup(handle.raw) }
        }

        private mutating func keep(_ handle: CurlHandle) {
            guard idle.count < LoopCore.pooledHandles else { return curl_easy_cleanup(handle.raw) }
            // At once, not at the next use: the handle points at the transfer, which is about to go.
            curl_easy_reset(handle.raw)
            idle.append(handle)
        }
    }
}
