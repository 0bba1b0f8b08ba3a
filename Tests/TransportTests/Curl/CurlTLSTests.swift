import Foundation
import Testing

@testable import Transport

@Suite(.enabled(if: program("openssl") != nil, "there is no openssl to serve TLS with"))
struct CurlTLSTests {
    @Test func certificatesAreVerified() async throws {
        try await withTemporaryDirectory { directory in
            let certificate = try TestCertificate(in: directory)
            let server = try TLSServer(certificate)
            let trusting = try CurlClient(CurlConfiguration(certificateAuthorities: certificate.certificate))
            let url = "https://localhost:\(server.port)/"
            #expect(try await trusting.send(HTTPRequest(url: url)).status == 200)
            #expect(try await trusting.send(HTTPRequest(url: "https://127.0.0.1:\(server.port)/")).status == 200)

            let error = TransportError.tls
            #expect(!error.requestMayHaveReachedServer)
            await #expect(throws: error) { try await CurlClient().send(HTTPRequest(url: url)) }
            // The certificate is trusted, but it is another host's.
            await #expect(throws: error) {
                try await trusting.send(HTTPRequest(url: "https://127.0.0.2:\(server.port)/"))
            }
        }
    }

    @Test func aServerWithoutTLSIsRefused() async throws {
        let server = try TestServer { connection in
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            _ = connection.waitForEnd()
        }
        await #expect(throws: TransportError.tls) {
            try await CurlClient().send(HTTPRequest(url: "https://127.0.0.1:\(server.port)/"))
        }
    }
}

/// `openssl s_server`, which answers every GET with a page about the connection.
private final class TLSServer {
    let port: Int
    private let process = Process()

    init(_ certificate: TestCertificate) throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: program("openssl") ?? "")
        process.arguments = [
            "s_server", "-accept", "0", "-www", "-cert", certificate.certificate, "-key", certificate.key,
        ]
        process.standardInput = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let lines = ProcessOutput(output)
        var line = lines.line()
        while let text = line, !text.contains("ACCEPT") { line = lines.line() }
        let digits = line?.split(separator: ":").last?.filter(\.isNumber) ?? ""
        guard let port = Int(digits) else { throw POSIXError(.ECONNREFUSED) }
        self.port = port
    }

    deinit { end(process) }
}
