import CCurl
import Dispatch
import Synchronization

/// A few threads, each handing over one message after the other.
///
/// Not libcurl's multi interface, and not the thread of HTTP: libcurl sends the dot that ends a message and waits for the
/// answer to it in one blocking call (`smtp_done`), and makes that call even for a transfer that is taken out half-way,
/// which would deliver half a message. Here an attempt ends early through its progress callback only, which makes libcurl
/// close the connection without the dot.
final class MailLanes: Sendable {
    private struct Queue {
        var waiting: [SMTPTransfer] = []
        var isStopping = false
        /// The threads to wait for; taken by whoever stops the lanes first.
        var threads: [pthread_t] = []
    }

    private let queue = Mutex(Queue())
    /// Counts the messages that wait, and once more for each thread that is to end.
    private let work = DispatchSemaphore(value: 0)
    private let isStopping = StopFlag()

    init(count: Int) throws {
        guard LoopCore.isReady else {
            throw TransportError.other(code: Int32(bitPattern: CURLE_FAILED_INIT.rawValue), sentRequest: false)
        }
        for _ in 0..<count { try startThread() }
    }

    /// Takes over a message; its task hears of it exactly once.
    func submit(_ transfer: SMTPTransfer) {
        transfer.isStopping = isStopping
        let isAccepted = queue.withLock { queue in
            guard !queue.isStopping else { return false }
            queue.waiting.append(transfer)
            return true
        }
        guard isAccepted else { return transfer.fail(.stopped(sentRequest: false)) }
        work.signal()
    }

    /// Ends an attempt if it has not ended; may come before `submit`.
    func cancel(_ transfer: SMTPTransfer) {
        transfer.isCancelled.store(true, ordering: .relaxed)
        let wasWaiting = queue.withLock { queue in
            guard let place = queue.waiting.firstIndex(where: { $0 === transfer }) else { return false }
            queue.waiting.remove(at: place)
            return true
        }
        if wasWaiting { transfer.fail(.cancelled(sentRequest: false)) }
    }

    func stop() {
        isStopping.set()
        let (threads, waiting) = queue.withLock { queue in
            queue.isStopping = true
            defer {
                queue.threads = []
                queue.waiting = []
            }
            return (queue.threads, queue.waiting)
        }
        for transfer in waiting { transfer.fail(.stopped(sentRequest: false)) }
        for _ in threads { work.signal() }
        for thread in threads { pthread_join(thread, nil) }
    }

    private func startThread() throws {
        var thread = pthread_t()
        let me = Unmanaged.passRetained(Lane(next: next))
        let result = ccurl_start_thread(
            &thread,
            { context in
                guard let context else { return nil }
                Unmanaged<Lane>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            me.toOpaque()
        )
        guard result == 0 else {
            me.release()
            stop()
            throw TransportError.other(code: result, sentRequest: false)
        }
        queue.withLock { $0.threads.append(thread) }
    }

    /// Blocks until there is a message; `nil` once the lanes are stopping.
    private func next() -> SMTPTransfer? {
        while true {
            work.wait()
            let (transfer, isStopping) = queue.withLock { queue in
                (queue.waiting.isEmpty ? nil : queue.waiting.removeFirst(), queue.isStopping)
            }
            if let transfer { return transfer }
            if isStopping { return nil }
        }
    }

    /// What one thread does, with a handle and thereby a connection of its own.
    private final class Lane {
        private let next: () -> SMTPTransfer?

        init(next: @escaping () -> SMTPTransfer?) {
            self.next = next
        }

        func run() {
            let handle = curl_easy_init().map(CurlHandle.init)
            while let transfer = next() {
                guard let handle else {
                    transfer.fail(.other(code: Int32(bitPattern: CURLE_OUT_OF_MEMORY.rawValue), sentRequest: false))
                    continue
                }
                handOver(transfer, handle)
            }
            guard let handle else { return }
            handle.expectNothingMore()
            curl_easy_cleanup(handle.raw)
        }

        private func handOver(_ transfer: SMTPTransfer, _ handle: CurlHandle) {
            // Keeps the connection; forgets what pointed at the last message.
            curl_easy_reset(handle.raw)
            do throws(TransportError) {
                try transfer.prepare(handle)
            } catch {
                return transfer.fail(error)
            }
            transfer.finish(curl_easy_perform(handle.raw))
        }
    }
}

/// Says from any thread that it is time to stop.
final class StopFlag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .relaxed) }

    func set() {
        value.store(true, ordering: .relaxed)
    }
}
