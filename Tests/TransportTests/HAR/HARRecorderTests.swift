import Foundation
import Records
import Synchronization
import Testing

@testable import Transport

@Suite struct HARRecorderTests {
    private struct Stub: HTTPTransport {
        let answer: @Sendable (HTTPRequest) throws -> HTTPResponse

        func send(_ request: HTTPRequest) async throws -> HTTPResponse { try answer(request) }
    }

    private static func read(_ path: String) throws -> JSON {
        try JSON(parsing: [UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
    }

    @Test func theArchiveIsWholeAfterEveryEntry() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/x.har"
            let clock = Mutex(1_709_210_096_789)
            let recorder = try HARRecorder(
                Stub { request in
                    HTTPResponse(
                        status: 207,
                        headers: [("Content-Type", "application/json"), ("Location", "/y")],
                        body: PageBuffer(#"{"url":"\#(request.url)"}"#)
                    )
                },
                path: path,
                version: "1.0",
                redactor: Redactor(),
                now: {
                    clock.withLock {
                        $0 += 5
                        return $0
                    }
                }
            )
            #expect(try Self.read(path)["log"]?["entries"]?.array?.count == 0)
            for round in 1...3 {
                let request = HTTPRequest(
                    .post,
                    url: "https://crm.example/c?limit=\(round)&q=%C3%A9",
                    headers: [("Content-Type", "application/json"), ("X-A", "b")],
                    body: Array(#"{"round":\#(round)}"#.utf8),
                    label: "contacts: list"
                )
                #expect(try await recorder.send(request).status == 207)
                #expect(try Self.read(path)["log"]?["entries"]?.array?.count == round)
            }
            let log = try #require(try Self.read(path)["log"])
            #expect(log["version"]?.string == "1.2" && log["creator"]?["name"]?.string == "relais")
            let entry = try #require(log["entries"]?[0])
            #expect(entry["startedDateTime"]?.string == "2024-02-29T12:34:56.794Z")
            #expect(entry["time"]?.int == 5 && entry["comment"]?.string == "contacts: list")
            let request = try #require(entry["request"])
            #expect(request["method"]?.string == "POST")
            #expect(request["url"]?.string == "https://crm.example/c?limit=1&q=%C3%A9")
            #expect(request["queryString"] == [["name": "limit", "value": "1"], ["name": "q", "value": "%C3%A9"]])
            #expect(request["headers"]?[1] == ["name": "X-A", "value": "b"])
            #expect(request["postData"] == ["mimeType": "application/json", "text": #"{"round":1}"#])
            let response = try #require(entry["response"])
            #expect(response["status"]?.int == 207 && response["redirectURL"]?.string == "/y")
            #expect(response["content"]?["text"]?.string == #"{"url":"https://crm.example/c?limit=1&q=%C3%A9"}"#)
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func aRecordingFollowsNoLinkAndHidesAFileThatWasThere() async throws {
        try await withTemporaryDirectory { directory in
            let (path, link) = (directory + "/x.har", directory + "/y.har")
            let open = FileManager.default.createFile(
                atPath: path,
                contents: nil,
                attributes: [.posixPermissions: 0o644]
            )
            #expect(open)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
            let stub = Stub { _ in HTTPResponse(status: 200) }
            #expect(throws: HARError.cannotOpen(path: link, errno: ELOOP)) {
                try HARRecorder(stub, path: link, redactor: Redactor()) { 0 }
            }
            try HARRecorder(stub, path: path, redactor: Redactor()) { 0 }.close()
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func noSecretReachesTheFile() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/x.har"
            let redactor = Redactor()
            redactor.register("canary-literal")
            let recorder = try HARRecorder(
                Stub { request in
                    if request.method == .delete { throw TransportError.reset(sentRequest: true) }
                    return HTTPResponse(
                        status: 200,
                        headers: [
                            ("Set-Cookie", "sid=canary-cookie"), ("X-Echo", "canary-literal"),
                            ("Location", "/?token=canary-location"),
                        ],
                        body: PageBuffer(#"{"refresh_token":"canary-refresh","echo":["canary-literal"]}"#)
                    )
                },
                path: path,
                redactor: redactor,
                now: { 0 }
            )
            let headers: HTTPHeaders = [("Authorization", "Bearer canary-bearer"), ("Cookie", "canary-cookie")]
            let url = "https://crm.example/canary-literal/x?api_key=canary-key&y=can%61ry-literal"
            let bodies = [
                #"{"user":"u","password":"canary-password","x":"canary-literal"}"#, "client_secret=canary-form",
                "raw canary-literal",
            ]
            for (body, type) in zip(bodies, ["application/json", "application/x-www-form-urlencoded", "text/plain"]) {
                var request = HTTPRequest(.post, url: url, headers: headers, body: Array(body.utf8))
                request.headers.add("Content-Type", type)
                _ = try await recorder.send(request)
                request.method = .delete
                await #expect(throws: TransportError.self) { try await recorder.send(request) }
            }
            let login = HTTPRequest(.post, url: "https://a/", body: Array("canary-login".utf8), hidesBodies: true)
            _ = try await recorder.send(login)
            try recorder.close()
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(!text.contains("canary"))
            #expect(try Self.read(path)["log"]?["entries"]?.array?.count == 7)
        }
    }

    @Test func noAnswerIsAnEntryToo() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/x.har"
            let stub = Stub { _ in throw TransportError.timeout(sentRequest: true) }
            let recorder = try HARRecorder(stub, path: path, redactor: Redactor(), now: { 0 })
            await #expect(throws: TransportError.timeout(sentRequest: true)) {
                try await recorder.send(HTTPRequest(url: "https://a/"))
            }
            let response = try Self.read(path)["log"]?["entries"]?[0]?["response"]
            #expect(response?["status"]?.int == 0)
            #expect(response?["comment"]?.string == TransportError.timeout(sentRequest: true).description)
        }
    }

    @Test func bodiesThatAreNoTextAreKeptAsBase64() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/x.har"
            let stub = Stub { _ in HTTPResponse(status: 200, body: PageBuffer([0xFF, 0x00, 0xFE])) }
            let recorder = try HARRecorder(stub, path: path, redactor: Redactor(), now: { 0 })
            _ = try await recorder.send(HTTPRequest(.put, url: "https://a/", body: [0xFF]))
            let entry = try Self.read(path)["log"]?["entries"]?[0]
            #expect(entry?["response"]?["content"]?["text"]?.string == "/wD+")
            #expect(entry?["response"]?["content"]?["encoding"]?.string == "base64")
            #expect(entry?["request"]?["postData"]?["text"]?.string == "")
        }
    }

    @Test func manyTasksWriteOneArchive() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory + "/x.har"
            let stub = Stub { request in HTTPResponse(status: 200, body: PageBuffer(request.url)) }
            let recorder = try HARRecorder(stub, path: path, redactor: Redactor(), now: { 0 })
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask { _ = try await recorder.send(HTTPRequest(url: "https://a/\(number)")) }
                }
                try await group.waitForAll()
            }
            let entries = try #require(try Self.read(path)["log"]?["entries"]?.array)
            let urls = Set(entries.compactMap { $0["request"]?["url"]?.string })
            #expect(urls.count == 100)
        }
    }

    @Test func aFileThatCannotBeMadeIsSaidAtOnce() {
        #expect(throws: HARError.self) {
            try HARRecorder(
                Stub { _ in HTTPResponse(status: 200) },
                path: "/no/such/x.har",
                redactor: Redactor(),
                now: { 0 }
            )
        }
    }

    @Test func aFullDiskIsSaidAtTheEnd() async throws {
        guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
        #expect(throws: HARError.cannotWrite(errno: ENOSPC)) {
            try HARRecorder(
                Stub { _ in HTTPResponse(status: 200) },
                path: "/dev/full",
                redactor: Redactor(),
                now: { 0 }
            )
        }
    }

    static let times: [(Int, String)] = [
        (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_001, "2000-02-29T00:00:00.001Z"),
        (1_767_225_599_999, "2025-12-31T23:59:59.999Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    ]

    @Test(arguments: times)
    func timestampsAreISO8601(milliseconds: Int, expected: String) {
        #expect(HAREntry.timestamp(milliseconds) == expected)
    }
}
