import CCurl
import Synchronization

/// One transfer on its way through the loop: what to set before, what to tell the waiting task after.
///
/// `@unchecked Sendable`: made by the calling task, then handed to the loop, which from then on is the only one to
/// touch anything but `isCancelled`. The hand-over goes through a mutex.
class CurlTransfer: @unchecked Sendable {
    /// Why the loop ends a transfer that libcurl has not finished.
    enum Interruption {
        case cancelled
        case stopped
        case timedOut
    }

    /// Set by the cancelled task, from wherever it is cancelled; may come before the transfer has been handed over.
    let isCancelled = Atomic(false)

    /// How long it may take from its hand-over to its end.
    final let timeout: Duration

    /// The handle while the transfer runs; the loop's.
    final var handle: CurlHandle?

    /// When its time is up; set by the loop.
    final var deadline: ContinuousClock.Instant?

    init(timeout: Duration) {
        self.timeout = timeout
    }

    /// Sets every option on a fresh handle.
    func prepare(_ handle: CurlHandle) throws(TransportError) {
        preconditionFailure("a transfer must say what it wants")
    }

    /// Tells the waiting task how it went; called at most once, and not after `fail`.
    func finish(_ handle: CurlHandle, _ code: CURLcode) {
        preconditionFailure("a transfer must say how it went")
    }

    /// Tells the waiting task that it ended early; called at most once, and not after `finish`.
    func fail(_ error: TransportError) {
        preconditionFailure("a transfer must say that it failed")
    }

    /// Tells the waiting task that the loop has ended it.
    func interrupt(_ interruption: Interruption, sent: Bool) {
        switch interruption {
        case .cancelled: fail(.cancelled(sentRequest: sent))
        case .stopped: fail(.stopped(sentRequest: sent))
        case .timedOut: fail(.timeout(sentRequest: sent))
        }
    }
}
