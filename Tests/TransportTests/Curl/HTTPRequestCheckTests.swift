import Testing

@testable import Transport

@Suite struct HTTPRequestCheckTests {
    static let urls = [
        "", "crm.example", "ftp://crm.example/", "file:///etc/passwd", "http://", "http:///x", "http://:80/",
        "http://crm.example/a b", "http://crm.example/a\r\nX: y", "http://crm.example/\u{0}",
        "http://crm.example/\u{e9}",
        "http://user@crm.example/", "http://user:secret@crm.example/", "http://crm.example\\@evil.example/",
        "http://crm.example/#part", "https://crm.example/\u{7f}", "\u{212A}ttp://x/", "http://crm.example/a\nb",
    ]

    @Test(arguments: urls)
    func urlsThatMustNotGoOut(url: String) {
        #expect(throws: TransportError.self) { try HTTPRequest(url: url).check() }
    }

    static let headers: [(String, String)] = [
        ("", "x"), ("A B", "x"), ("A:", "x"), ("A\r\nB", "x"), ("\u{e9}", "x"), ("A\u{0}", "x"),
        ("A", "x\r\nB: y"), ("A", "x\ny"), ("A", "x\ry"), ("A", "x\u{0}y"), ("A", "x\u{7f}"), ("A", "x\r\n"),
        ("Content-Length", "5"), ("transfer-encoding", "chunked"), ("HOST", "evil.example"), ("Connection", "close"),
        ("Accept-Encoding", "br"), ("Expect", "100-continue"),
    ]

    @Test(arguments: headers)
    func headersThatMustNotGoOut(name: String, value: String) {
        let request = HTTPRequest(url: "https://crm.example/", headers: HTTPHeaders([(name: name, value: value)]))
        #expect {
            try request.check()
        } throws: { error in
            guard let error = error as? TransportError, case .invalidRequest(let what) = error else { return false }
            return !what.contains("evil") && !error.requestMayHaveReachedServer
        }
    }

    @Test(arguments: ["http://a", "https://crm.example:8443/x?y=%0D%0A&z=a@b", "HTTPS://[::1]/", "http://127.0.0.1:1/"])
    func ordinaryRequestsPass(url: String) {
        #expect(throws: Never.self) {
            try HTTPRequest(.post, url: url, headers: [("Authorization", "Bearer a.b-c"), ("X", "")], body: []).check()
        }
    }

    @Test func impossibleRequestsAreRefused() {
        #expect(throws: TransportError.self) { try HTTPRequest(.get, url: "http://a", body: []).check() }
        #expect(throws: TransportError.self) { try HTTPRequest(url: "http://a", timeout: .zero).check() }
        #expect(throws: TransportError.self) { try HTTPRequest(url: "http://a", bodyLimit: -1).check() }
    }
}
