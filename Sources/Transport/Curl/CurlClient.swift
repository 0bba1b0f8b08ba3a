import Synchronization

/// HTTP over libcurl: any number of tasks wait, one thread works.
///
/// Connections are kept and used again, HTTP/2 is spoken where TLS offers it, certificates are verified, redirects are
/// answers, answers are decompressed up to the request's limit, and the environment's proxy settings are ignored.
///
/// libcurl sends a request without a body once more by itself when a kept connection turns out to be dead before any
/// answer; the client sees to it that this never happens to one that is not idempotent.
package final class CurlClient: HTTPTransport {
    private let loop: TransferLoop
    private let configuration: CurlConfiguration
    private let pool = BufferPool()

    /// Makes a client on a loop of its own, or on one that others use too.
    package init(_ configuration: CurlConfiguration = CurlConfiguration(), loop: TransferLoop? = nil) throws {
        self.loop = try loop ?? TransferLoop()
        self.configuration = configuration
    }

    /// Stops the loop; every request that waits, and every later one, fails with `TransportError.stopped`.
    package func stop() {
        loop.stop()
    }

    package func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.check()
        guard configuration.allowsPlainHTTP || request.url.lowercased().hasPrefix("https://") else {
            throw TransportError.invalidRequest("the URL is not https")
        }
        let transfer = HTTPTransfer(request, configuration, pool)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                transfer.continuation = continuation
                loop.core.submit(transfer)
            }
        } onCancel: {
            loop.core.cancel(transfer)
        }
    }

    package func recycle(_ body: consuming PageBuffer) {
        pool.give(body.takeStorage())
    }
}

/// Memory of bodies that have been read.
final class BufferPool: Sendable {
    private static let buffers = 16
    private static let largestKept = 4 << 20

    private let spare = Mutex<[[UInt8]]>([])

    func take() -> [UInt8] {
        spare.withLock { $0.popLast() ?? [] }
    }

    func give(_ storage: consuming [UInt8]) {
        guard storage.capacity <= Self.largestKept else { return }
        spare.withLock { [storage] spare in
            if spare.count < Self.buffers { spare.append(storage) }
        }
    }
}
