import Foundation
import Synchronization
import Testing

@testable import Transport

@Suite struct CurlFailureTests {
    /// What one connection does after it has read the request, and what the client must make of it.
    static let faults: [(String, TransportError)] = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", .reset(sentRequest: true)),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nshort", .reset(sentRequest: true)),
        ("HTTP/1.1 200 OK\r\nContent-Le", .reset(sentRequest: true)),
        ("", .reset(sentRequest: true)),
        ("RTSP nonsense\r\n\r\n", .malformedAnswer),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", .reset(sentRequest: true)),
        ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!", .malformedAnswer),
        ("HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 40_000))\r\n\r\n", .headersTooLarge),
        ("HTTP/1.1 200 OK\r\n\(String(repeating: "X: y\r\n", count: 101))\r\n", .headersTooLarge),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n\(String(repeating: "x", count: 2000))", .bodyTooLarge),
        ("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n\(String(repeating: "x", count: 2000))", .bodyTooLarge),
    ]

    @Test(arguments: faults)
    func brokenAnswers(bytes: String, error: TransportError) async throws {
        let server = try TestServer { connection in
            _ = connection.readRequest()
            connection.write(bytes)
        }
        let request = HTTPRequest(.post, url: server.url(), body: [1, 2, 3], bodyLimit: 1000)
        await #expect(throws: error) { try await CurlClient().send(request) }
        #expect(error.requestMayHaveReachedServer)
        #expect(server.received.count == 1)
    }

    @Test func aBodyOfExactlyTheLimitIsFine() async throws {
        let server = try TestServer(answering: { _ in answer(String(repeating: "x", count: 1000)) })
        #expect(try await CurlClient().send(HTTPRequest(url: server.url(), bodyLimit: 1000)).body.count == 1000)
    }

    @Test func aBombIsStoppedAtTheLimit() async throws {
        let bomb = try run("/bin/gzip", ["-9", "-c"], input: Array(repeating: 0, count: 200 << 20))
        #expect(bomb.count < 1 << 20)
        let server = try TestServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(bomb.count)\r\n\r\n")
            connection.write(bomb)
        }
        await #expect(throws: TransportError.bodyTooLarge) {
            try await CurlClient().send(HTTPRequest(url: server.url(), bodyLimit: 1 << 20))
        }
    }

    @Test func brokenCompressionIsNoAnswer() async throws {
        var packed = try run("/bin/gzip", ["-c"], input: Array("some text, not too short".utf8))
        packed[packed.count / 2] ^= 0xFF
        let body = packed
        let server = try TestServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)\r\n\r\n")
            connection.write(body)
        }
        await #expect(throws: TransportError.malformedAnswer) {
            try await CurlClient().send(HTTPRequest(url: server.url()))
        }
    }

    @Test func aResetAfterTheRequestIsUnknown() async throws {
        let server = try TestServer { connection in
            _ = connection.readRequest()
            connection.reset()
        }
        await #expect(throws: TransportError.reset(sentRequest: true)) {
            try await CurlClient().send(HTTPRequest(.post, url: server.url(), body: [1]))
        }
    }

    @Test func aRefusedPortNeverSawTheRequest() async throws {
        let server = try TestServer { _ in }
        server.close()
        await #expect(throws: TransportError.refused) {
            try await CurlClient().send(HTTPRequest(.post, url: server.url(), body: [1]))
        }
        #expect(!TransportError.refused.requestMayHaveReachedServer)
    }

    @Test func aNameThatCannotExistIsNotResolved() async throws {
        let label = String(repeating: "a", count: 70)
        await #expect(throws: TransportError.cannotResolve) {
            try await CurlClient().send(HTTPRequest(url: "http://\(label)/"))
        }
    }

    @Test func timeIsUpWithoutAnAnswer() async throws {
        let server = try TestServer { connection in
            _ = connection.readRequest()
            _ = connection.waitForEnd()
        }
        await #expect(throws: TransportError.timeout(sentRequest: true)) {
            try await CurlClient().send(HTTPRequest(url: server.url(), timeout: .milliseconds(150)))
        }
    }

    @Test func timeIsUpWhileAnAnswerDrips() async throws {
        let server = try TestServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while connection.write("x") { usleep(20_000) }
        }
        let started = ContinuousClock.now
        await #expect(throws: TransportError.timeout(sentRequest: true)) {
            try await CurlClient().send(HTTPRequest(url: server.url(), timeout: .milliseconds(300)))
        }
        #expect(ContinuousClock.now - started < .seconds(10))
    }

    @Test func timeIsUpWhileWaitingForAConnection() async throws {
        let server = try TestServer { connection in
            _ = connection.readRequest()
            _ = connection.waitForEnd()
        }
        let client = try CurlClient(loop: TransferLoop(limits: .init(perHost: 1)))
        let first = Task { try await client.send(HTTPRequest(url: server.url(), timeout: .seconds(15))) }
        while server.received.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        await #expect(throws: TransportError.timeout(sentRequest: false)) {
            try await client.send(HTTPRequest(.post, url: server.url(), body: [1], timeout: .milliseconds(150)))
        }
        client.stop()
        await #expect(throws: TransportError.stopped(sentRequest: true)) { try await first.value }
    }

    /// A kept connection that dies under a second request: libcurl alone would send it again, and double a create.
    @Test(arguments: [HTTPRequest.Method.post, .patch], [[UInt8]([1, 2, 3]), []])
    func whatIsNotIdempotentIsNeverSentTwice(method: HTTPRequest.Method, body: [UInt8]) async throws {
        let server = try TestServer { connection in
            guard let request = connection.readRequest() else { return }
            if request.line.contains("/warm") {
                connection.write(answer())
                _ = connection.readRequest()
            }
        }
        let client = try CurlClient()
        _ = try await client.send(HTTPRequest(url: server.url("/warm")))
        await #expect(throws: TransportError.reset(sentRequest: true)) {
            try await client.send(HTTPRequest(method, url: server.url("/write"), body: body))
        }
        #expect(server.received.count { $0.line.contains("/write") } == 1)
    }

    @Test func cancellingEndsTheTransfer() async throws {
        let ended = Mutex(false)
        let server = try TestServer { connection in
            _ = connection.readRequest()
            let isOver = connection.waitForEnd()
            ended.withLock { $0 = isOver }
        }
        let client = try CurlClient()
        let task = Task { try await client.send(HTTPRequest(url: server.url())) }
        while server.received.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        await #expect(throws: TransportError.cancelled(sentRequest: true)) { try await task.value }
        for _ in 0..<1000 where !ended.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
        #expect(ended.withLock { $0 })
    }

    @Test func aCancelledTaskSendsNothing() async throws {
        let server = try TestServer(answering: { _ in answer() })
        let client = try CurlClient()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await client.send(HTTPRequest(url: server.url()))
        }
        task.cancel()
        await #expect(throws: TransportError.cancelled(sentRequest: false)) { try await task.value }
        #expect(try await client.send(HTTPRequest(url: server.url())).status == 200)
        #expect(server.received.count == 1)
    }

    @Test func cancellingAtAnyMomentIsSafe() async throws {
        let server = try TestServer(answering: { _ in answer("x") })
        let client = try CurlClient()
        var random = SplitMix64(seed: 7)
        for _ in 0..<300 {
            let task = Task { try await client.send(HTTPRequest(url: server.url())) }
            for _ in 0..<Int.random(in: 0..<50, using: &random) { await Task.yield() }
            task.cancel()
            do {
                #expect(try await task.value.status == 200)
            } catch let error as TransportError {
                guard case .cancelled = error else { throw error }
            }
        }
        #expect(try await client.send(HTTPRequest(url: server.url())).status == 200)
    }

    @Test func stoppingFailsEverybodyAndEveryLaterRequest() async throws {
        let server = try TestServer { connection in
            _ = connection.readRequest()
            _ = connection.waitForEnd()
        }
        let client = try CurlClient()
        let tasks = (0..<20).map { _ in Task { try await client.send(HTTPRequest(url: server.url())) } }
        while server.received.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        client.stop()
        client.stop()
        for task in tasks {
            let error = await #expect(throws: TransportError.self) { try await task.value }
            guard case .stopped = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        await #expect(throws: TransportError.stopped(sentRequest: false)) {
            try await client.send(HTTPRequest(url: server.url()))
        }
    }

    @Test func onlyPublicAddressesWhereSoConfigured() async throws {
        let server = try TestServer(answering: { _ in answer() })
        let client = try CurlClient(CurlConfiguration(destinations: .publicOnly))
        for host in ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"] {
            await #expect(throws: TransportError.refused) {
                try await client.send(HTTPRequest(url: "http://\(host):\(server.port)/"))
            }
        }
        #expect(server.connections == 0)
    }

    @Test func onlyHTTPSWhereSoConfigured() async throws {
        let server = try TestServer(answering: { _ in answer() })
        let client = try CurlClient(CurlConfiguration(allowsPlainHTTP: false))
        await #expect(throws: TransportError.self) { try await client.send(HTTPRequest(url: server.url())) }
        #expect(server.connections == 0)
    }
}
