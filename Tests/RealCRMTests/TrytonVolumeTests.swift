import Records
import SyncEngine
import Testing

extension RealTryton {
    /// More than fits on a page or into a batch.
    @Suite(.serialized) struct VolumeTests {
        @Test(.timeLimit(.minutes(2))) func hundredsTravelBothWaysInFewRequests() async throws {
            let bench = try await TrytonBench()
            let people = (0..<450)
                .map { index -> JSON in
                    let mechanism: JSON = [
                        "type": "email", "value": .string("theirs\(index)-\(bench.tag)@example.com"),
                    ]
                    return ["name": .string("Theirs \(index)"), "contact_mechanisms": [["create", [mechanism]]]]
                }
            try await bench.sales.call("party.party.create", .array(people))
            for index in 0..<250 {
                try bench.edit(
                    "contact",
                    nil,
                    ["full_name": .text("Ours \(index)"), "email": .text("ours\(index)-\(bench.tag)@example.com")]
                )
            }
            let calls = bench.transport.calls.count
            let report = try await bench.sync()
            #expect(report.counts.createdLocally == 450)
            #expect(report.counts.createdRemotely == 250)
            #expect(!report.counts.needsAttention, "\(report.summary)")
            let writes = bench.transport.calls.dropFirst(calls).filter { $0.hasSuffix(".create") }
            // A hundred at a time.
            #expect(writes.count == 3)
            #expect(bench.transport.calls.count - calls < 40)
            try await bench.expectQuiet()
        }
    }
}
