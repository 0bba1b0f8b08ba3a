/// The one thread on which libcurl speaks HTTP, for one client or for several that share their connections' limits.
///
/// Mail has threads of its own (`SMTPClient`). Everything ends with `stop`, or when the last reference goes.
package final class TransferLoop: Sendable {
    /// How many connections may be open.
    package struct Limits: Sendable {
        /// To one host and port; further requests to it wait their turn within their timeout.
        package var perHost: Int
        /// To all hosts together.
        package var total: Int

        /// Limits that suit a handful of CRMs.
        package init(perHost: Int = 8, total: Int = 64) {
            self.perHost = perHost
            self.total = total
        }
    }

    let core: LoopCore

    /// Starts the thread; throws `TransportError.other` when the system gives none.
    package init(limits: Limits = Limits()) throws {
        core = try LoopCore(limits)
        try core.start()
    }

    deinit { core.stop() }

    /// Ends every transfer with `TransportError.stopped` and waits for the thread, which takes milliseconds.
    ///
    /// What is sent afterwards fails the same way. Stopping twice does nothing.
    package func stop() {
        core.stop()
    }
}
