import Foundation
import Records
import SyncEngine
import Testing
import Transport

extension RealTryton {
    /// A run that is recorded for somebody else to look at.
    @Suite(.serialized) struct RecordingTests {
        @Test func aRecordingHoldsTheTrafficAndNoSecret() async throws {
            let bench = try await TrytonBench()
            let server = try TrytonServer.required()
            let file = FileManager.default.temporaryDirectory.appending(path: "relais-\(bench.tag).har")
            defer { try? FileManager.default.removeItem(at: file) }
            let redactor = Redactor()
            redactor.register(server.login)
            redactor.register(server.password)
            let recorder = try HARRecorder(bench.transport, path: file.path, redactor: redactor) {
                Int(TrytonBench.clock.now.milliseconds)
            }
            try bench.edit("contact", nil, ["full_name": "Eve", "email": .text("eve-\(bench.tag)@example.com")])
            let (known, calls) = (bench.transport.proofs, bench.transport.calls.count)
            let report = try await bench.sync(with: TrytonBench.account(server, through: recorder))
            try recorder.close()
            #expect(report.counts.createdRemotely == 1)

            let archive = try String(contentsOf: file, encoding: .utf8)
            let entries = try #require(JSON(parsing: archive)["log"]?["entries"]?.array)
            #expect(entries.count == bench.transport.calls.count - calls)
            #expect(archive.contains("model.party.party.create"))
            #expect(!archive.contains(server.password))
            let proof = try #require(bench.transport.proofs.subtracting(known).first)
            let encoded = try #require(proof.split(separator: " ").last)
            #expect(!archive.contains(encoded))
            let decoded = try #require(Data(base64Encoded: String(encoded)))
            let token = try #require(String(decoding: decoded, as: UTF8.self).split(separator: ":").last)
            #expect(token.utf8.count >= 32)
            #expect(!archive.contains(token))
        }
    }
}
