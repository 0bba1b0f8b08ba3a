import Foundation

/// One exchange over a connection of its own, without a client library that might ask again.
enum RawConnection {
    /// Everything the server sends until it closes the connection; empty when it closes without a byte.
    ///
    /// It waits on a thread of its own: the server under test runs on the threads that tasks share.
    static func exchange(base: String, _ method: String, _ path: String, _ body: String) async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(returning: Self.blockingExchange(base: base, method, path, body))
            }
        }
    }

    private static func blockingExchange(base: String, _ method: String, _ path: String, _ body: String) -> String {
        let port = UInt16(base.split(separator: ":").last ?? "") ?? 0
        let head =
            "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer pat-fake-0001\r\n"
            + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n"
        return self.exchange(port: port, Array((head + body).utf8))
    }

    /// Sends the bytes at once and reads until the server closes the connection, on a thread of its own.
    ///
    /// `endsInput` says whether the server is told that there will be no more.
    @concurrent
    static func exchange(port: Int, _ text: String, endsInput: Bool) async -> String {
        await withCheckedContinuation { continuation in
            // Not on a dispatch queue, whose threads are the ones that Swift's tasks run on.
            Thread.detachNewThread {
                let answer = self.exchange(port: UInt16(port), Array(text.utf8), endsInput: endsInput)
                continuation.resume(returning: answer)
            }
        }
    }

    private static func exchange(port: UInt16, _ request: [UInt8], endsInput: Bool = false) -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { return "not connected" }
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            return "not sent"
        }
        if endsInput { shutdown(descriptor, Int32(SHUT_WR)) }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 { answer += buffer[..<count] }
        return String(decoding: answer, as: UTF8.self)
    }
}
