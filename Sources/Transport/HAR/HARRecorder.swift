/// Passes every exchange through and writes it down as HTTP Archive 1.2, without its secrets.
///
/// The archive is valid JSON at every moment. A request that brought no answer is an entry with status 0. An error of the
/// recording never becomes one of the exchange; `close` reports it.
package final class HARRecorder: HTTPTransport {
    private let transport: any HTTPTransport
    private let redactor: Redactor
    private let file: HARFile
    private let now: @Sendable () -> Int

    /// Wraps a transport and creates or replaces the file; throws `HARError`.
    ///
    /// `now` gives the milliseconds since 1970 that the entries are stamped with.
    package init(
        _ transport: any HTTPTransport,
        path: String,
        version: String = "0",
        redactor: Redactor,
        now: @escaping @Sendable () -> Int
    ) throws {
        self.transport = transport
        self.redactor = redactor
        self.now = now
        file = try HARFile(path: path, version: version)
    }

    /// Closes the archive; throws `HARError` when an entry could not be written.
    ///
    /// Exchanges go on, unrecorded.
    package func close() throws {
        try file.close()
    }

    package func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let started = now()
        do {
            let response = try await transport.send(request)
            file.append(HAREntry(request, response, started: started, ended: now(), redactor).bytes)
            return response
        } catch {
            let comment = (error as? TransportError)?.description ?? "no answer"
            file.append(HAREntry(request, comment: comment, started: started, ended: now(), redactor).bytes)
            throw error
        }
    }

    package func recycle(_ body: consuming PageBuffer) {
        transport.recycle(body)
    }
}
