import Foundation
import Records
import Testing

@testable import Transport

@Suite struct CurlClientTests {
    @Test func connectionsAreUsedAgain() async throws {
        let server = try TestServer { connection in
            while let request = connection.readRequest() { connection.write(answer("you asked \(request.line)")) }
        }
        let client = try CurlClient()
        for round in 0..<5 {
            let response = try await client.send(HTTPRequest(url: server.url("/\(round)?a=%20b")))
            #expect(response.status == 200)
            #expect(response.body.text == "you asked GET /\(round)?a=%20b HTTP/1.1")
            client.recycle(response.body)
        }
        #expect(server.connections == 1)
    }

    @Test func manyTasksShareAFewConnections() async throws {
        let server = try TestServer { connection in
            while connection.readRequest() != nil {
                usleep(2000)
                connection.write(answer("x"))
            }
        }
        let client = try CurlClient(loop: TransferLoop(limits: .init(perHost: 3)))
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<60 {
                group.addTask { try await client.send(HTTPRequest(url: server.url())).status }
            }
            for try await status in group { #expect(status == 200) }
        }
        #expect(server.mostConnectionsAtOnce <= 3)
        #expect(server.received.count == 60)
    }

    static let bodies: [(HTTPRequest.Method, [UInt8]?, String?)] = [
        (.get, nil, nil), (.head, nil, nil), (.delete, nil, nil), (.delete, Array("{}".utf8), "2"),
        (.post, nil, "0"), (.post, [], "0"), (.post, Array(#"{"a":1}"#.utf8), "7"), (.put, [], "0"),
        (.patch, Array(repeating: 120, count: 300_000), "300000"), (.put, [0, 13, 10, 0, 255], "5"),
    ]

    @Test(arguments: bodies)
    func requestsGoOutAsWritten(method: HTTPRequest.Method, body: [UInt8]?, length: String?) async throws {
        let server = try TestServer(answering: { _ in answer() })
        let client = try CurlClient(CurlConfiguration(userAgent: "relais/test"))
        let headers: HTTPHeaders = [("X-One", "1"), ("x-one", "2"), ("X-Empty", ""), ("X-Text", "a; \u{e9}\tb")]
        let response = try await client.send(
            HTTPRequest(method, url: server.url("/a/../b"), headers: headers, body: body)
        )
        #expect(response.status == 200)
        let request = try #require(server.received.first)
        #expect(request.line == "\(method.rawValue) /a/../b HTTP/1.1")
        #expect(request.body == body ?? [])
        #expect(request.header("Content-Length") == length)
        #expect(request.header("User-Agent") == "relais/test")
        #expect(request.header("Accept-Encoding") == "gzip")
        #expect(request.header("Content-Type") == nil && request.header("Expect") == nil)
        for line in ["X-One: 1", "x-one: 2", "X-Empty:", "X-Text: a; \u{e9}\tb"] {
            #expect(request.head.contains("\r\n\(line)\r\n") || request.head.hasSuffix("\r\n\(line)"))
        }
    }

    @Test func headersKeepTheirOrderAndRepeat() async throws {
        let fields = ["Set-Cookie: a=1", "X-Last:  padded \t", "set-cookie: b=2", "X-Folded: one", "  two"]
        let server = try TestServer(answering: { _ in
            "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n" + answer("ok", status: "207 Multi-Status", headers: fields)
        })
        let response = try await CurlClient().send(HTTPRequest(url: server.url()))
        #expect(response.status == 207)
        #expect(response.headers["X-LAST"] == "padded")
        #expect(response.headers.values("set-cookie") == ["a=1", "b=2"])
        #expect(response.headers["x-folded"] == "one two")
        #expect(response.headers["x-early"] == nil)
        #expect(response.headers.fields.first?.name == "Content-Length")
    }

    @Test func trailersDoNotBecomeHeaders() async throws {
        let server = try TestServer(answering: { _ in
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nRetry-After: 9\r\n\r\n"
        })
        let response = try await CurlClient().send(HTTPRequest(url: server.url()))
        #expect(response.body.text == "ok" && response.headers["Retry-After"] == nil)
    }

    @Test func redirectsAreAnswers() async throws {
        let server = try TestServer(answering: { _ in
            answer("go away", status: "302 Found", headers: ["Location: http://127.0.0.1:1/elsewhere"])
        })
        let response = try await CurlClient().send(HTTPRequest(url: server.url()))
        #expect(response.status == 302 && response.headers["location"] == "http://127.0.0.1:1/elsewhere")
        #expect(response.body.text == "go away")
        #expect(server.received.count == 1)
    }

    @Test func gzipIsUnpacked() async throws {
        let text = String(repeating: "Zoë ", count: 50_000)
        let packed = try run("/bin/gzip", ["-c"], input: Array(text.utf8))
        let server = try TestServer { connection in
            while connection.readRequest() != nil {
                connection.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.count)\r\n\r\n")
                connection.write(packed)
            }
        }
        let response = try await CurlClient().send(HTTPRequest(url: server.url()))
        #expect(response.body.bytes == Array(text.utf8))
    }

    @Test func theEnvironmentsProxyIsIgnored() async throws {
        setenv("http_proxy", "http://127.0.0.1:1", 1)
        setenv("all_proxy", "http://127.0.0.1:1", 1)
        defer {
            unsetenv("http_proxy")
            unsetenv("all_proxy")
        }
        let server = try TestServer(answering: { _ in answer() })
        #expect(try await CurlClient().send(HTTPRequest(url: server.url())).status == 200)
    }

    @Test func aConfiguredProxyIsUsed() async throws {
        let proxy = try TestServer(answering: { answer($0.line) })
        let client = try CurlClient(CurlConfiguration(proxy: "http://127.0.0.1:\(proxy.port)"))
        let response = try await client.send(HTTPRequest(url: "http://crm.example/x"))
        #expect(response.body.text == "GET http://crm.example/x HTTP/1.1")
    }

    @Test func bodiesParseAsPagesAndDocuments() async throws {
        let server = try TestServer(answering: { _ in answer(#"{"results":[{"id":"1"}]}"#) })
        let response = try await CurlClient().send(HTTPRequest(url: server.url()))
        #expect(try response.json()["results"]?[0]?["id"]?.string == "1")
        let parser = try PageParser(PageLayout(records: "results", id: "id"))
        #expect(try parser.withPage(response.body) { $0.id(0).text } == "1")
    }

    @Test func memoryIsReusedOnlyWhenNobodyHoldsIt() async throws {
        let server = try TestServer(answering: { answer(String(repeating: $0.line, count: 100)) })
        let client = try CurlClient()
        let first = try await client.send(HTTPRequest(url: server.url("/first")))
        client.recycle(first.body)
        let second = try await client.send(HTTPRequest(url: server.url("/second")))
        #expect(first.body.text.hasPrefix("GET /first") && second.body.text.hasPrefix("GET /second"))
    }
}
