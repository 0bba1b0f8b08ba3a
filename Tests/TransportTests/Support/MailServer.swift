import Foundation
import Records

/// aiosmtpd in a process of its own; it ends when the object goes.
final class MailServer {
    /// The Python interpreter that has aiosmtpd; `make test` provides one.
    static let python = ProcessInfo.processInfo.environment["RELAIS_AIOSMTPD"]

    let port: Int
    private let process = Process()
    private let input = Pipe()
    private let output: ProcessOutput

    init(_ arguments: [String] = []) throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "smtp_server.py"
        )
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: Self.python ?? "/usr/bin/false")
        process.arguments = [script.path] + arguments
        process.standardInput = input
        process.standardOutput = pipe
        try process.run()
        output = ProcessOutput(pipe)
        guard let line = output.line(), line.hasPrefix("PORT "), let port = Int(line.dropFirst(5)) else {
            throw POSIXError(.ECONNREFUSED)
        }
        self.port = port
    }

    deinit { end(process) }

    /// A message as the server understood it.
    struct Message {
        let from: String?
        let to: [String]
        let data: [UInt8]
        let isTLS: Bool
        let user: String?
    }

    /// The next message that was taken; throws if there is none within a minute.
    func nextMessage() throws -> Message {
        guard let line = output.line() else { throw POSIXError(.EPIPE) }
        let json = try JSON(parsing: line, limits: JSONLimits(bytes: 64 << 20))
        return Message(
            from: json["from"]?.string,
            to: json["to"]?.array?.compactMap(\.string) ?? [],
            data: [UInt8](Data(base64Encoded: json["data"]?.string ?? "") ?? Data()),
            isTLS: json["tls"]?.bool ?? false,
            user: json["user"]?.string
        )
    }
}

/// A certificate of our own for `localhost` and 127.0.0.1, with its key.
struct TestCertificate {
    let certificate: String
    let key: String

    init(in directory: String) throws {
        certificate = directory + "/cert.pem"
        key = directory + "/key.pem"
        guard let openssl = program("openssl") else { throw POSIXError(.ENOENT) }
        _ = try run(
            openssl,
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout", key, "-out", certificate,
            ]
        )
    }
}
