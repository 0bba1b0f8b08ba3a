import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// A socket server on loopback whose every byte a test decides; one thread for each connection.
///
/// It listens until it is closed or the process ends, not until its last reference goes: that may be before a client
/// whose test has no more use for the server has been accepted.
final class TestServer: Sendable {
    typealias Script = @Sendable (TestConnection) -> Void

    let port: UInt16
    private let listener: Int32
    private let log = Log()

    init(_ script: @escaping Script) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { [listener] pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                bind(listener, name, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, name, &length) == 0
            }
        }
        guard bound else { throw POSIXError(.EADDRNOTAVAIL) }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [listener, log] in Self.acceptAll(listener, log, script) }
    }

    /// A server that answers every request of every connection the same way.
    convenience init(answering answer: @escaping @Sendable (TestRequest) -> String) throws {
        try self.init { connection in
            while let request = connection.readRequest() { connection.write(answer(request)) }
        }
    }

    /// Makes the port refuse; the accepting thread closes the descriptor, so that nobody else gets its number before.
    func close() {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

    var connections: Int { log.state.withLock { $0.accepted } }
    var mostConnectionsAtOnce: Int { log.state.withLock { $0.mostOpen } }
    var received: [TestRequest] { log.state.withLock { $0.requests } }

    private final class Log: Sendable {
        struct State {
            var accepted = 0
            var open = 0
            var mostOpen = 0
            var requests: [TestRequest] = []
        }

        let state = Mutex(State())
    }

    private static func acceptAll(_ listener: Int32, _ log: Log, _ script: @escaping Script) {
        while case let descriptor = accept(listener, nil, nil), descriptor >= 0 {
            log.state.withLock { state in
                state.accepted += 1
                state.open += 1
                state.mostOpen = max(state.mostOpen, state.open)
            }
            Thread.detachNewThread {
                let connection = TestConnection(descriptor) { request in
                    log.state.withLock { $0.requests.append(request) }
                }
                script(connection)
                log.state.withLock { $0.open -= 1 }
                connection.close()
            }
        }
        Glibc.close(listener)
    }
}

/// A request as it came in.
struct TestRequest: Sendable {
    let head: String
    let body: [UInt8]

    var line: String { String(head.prefix { $0 != "\r\n" }) }

    func header(_ name: String) -> String? {
        head.components(separatedBy: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
            .map { String($0.dropFirst(name.count + 1)).trimmingCharacters(in: .whitespaces) }
    }
}

/// One accepted connection, used by its own thread.
final class TestConnection {
    private let descriptor: Int32
    private let note: (TestRequest) -> Void
    private var pending: [UInt8] = []
    private var isOpen = true

    init(_ descriptor: Int32, note: @escaping (TestRequest) -> Void) {
        self.descriptor = descriptor
        self.note = note
        var timeout = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Reads a head and the body its `Content-Length` announces; `nil` when the client has gone.
    func readRequest() -> TestRequest? {
        var end: Int?
        while end == nil {
            end = pending.indices.first { pending[$0...].starts(with: "\r\n\r\n".utf8) }
            if end == nil, !fill() { return nil }
        }
        guard let end else { return nil }
        let head = String(decoding: pending[..<end], as: UTF8.self)
        let length = TestRequest(head: head, body: []).header("Content-Length").flatMap { Int($0) } ?? 0
        while pending.count < end + 4 + length { guard fill() else { return nil } }
        let request = TestRequest(head: head, body: Array(pending[(end + 4)..<(end + 4 + length)]))
        pending.removeFirst(end + 4 + length)
        note(request)
        return request
    }

    /// Reads a line without its end; `nil` when the client has gone.
    func readLine() -> String? {
        var end: Int?
        while end == nil {
            end = pending.indices.first { pending[$0...].starts(with: "\r\n".utf8) }
            if end == nil, !fill() { return nil }
        }
        guard let end else { return nil }
        defer { pending.removeFirst(end + 2) }
        return String(decoding: pending[..<end], as: UTF8.self)
    }

    /// Reads everything until the client closes and gives how much it was and how it ended.
    func drain() -> (count: Int, end: [UInt8]) {
        var count = 0
        repeat {
            count += pending.count
            pending.removeFirst(max(0, pending.count - 16))
            count -= pending.count
        } while fill()
        return (count + pending.count, pending)
    }

    /// Blocks until the client closes; `false` when it sends something or takes too long.
    func waitForEnd() -> Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, 0) == 0
    }

    /// Writes everything; `false` once the client is gone.
    @discardableResult
    func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        Glibc.close(descriptor)
    }

    /// Closes with a reset instead of a farewell.
    func reset() {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        close()
    }

    private func fill() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        pending.append(contentsOf: buffer[..<count])
        return true
    }
}

/// An answer with the given body and its length.
func answer(_ body: String = "", status: String = "200 OK", headers: [String] = []) -> String {
    let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers
    return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
}
