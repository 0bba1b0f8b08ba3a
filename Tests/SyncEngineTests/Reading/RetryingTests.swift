import Connectors
import Records
import RelaisTesting
import Synchronization
import Testing

@testable import SyncEngine

/// How often and how slowly what failed is tried again.
@Suite struct RetryingTests {
    private final class Sleeps: Sendable {
        let all = Mutex<[Duration]>([])
        var sleeper: Sleeper { Sleeper { wait in self.all.withLock { $0.append(wait) } } }
        var list: [Duration] { self.all.withLock { $0 } }
    }

    private func failing(_ retrying: Retrying, _ failure: RemoteFailure, times: Int) async throws -> Int {
        let tries = Mutex(0)
        return try await retrying.run {
            let count = tries.withLock { count in
                count += 1
                return count
            }
            if count <= times { throw failure }
            return count
        }
    }

    @Test func withoutAWordOfTheServerWaitsDoubleAndHalfOfEachIsChance() async throws {
        let sleeps = Sleeps()
        let retrying = Retrying(sleeper: sleeps.sleeper, randomness: SeededRandomness(seed: 3).randomness)
        #expect(try await self.failing(retrying, RemoteFailure(.rateLimited, "429"), times: 4) == 5)
        for (wait, longest) in zip(sleeps.list, [1, 2, 4, 8]) {
            #expect(wait >= .seconds(longest) / 2 && wait <= .seconds(longest), "\(wait)")
        }
        let other = Sleeps()
        let again = Retrying(sleeper: other.sleeper, randomness: SeededRandomness(seed: 4).randomness)
        _ = try await self.failing(again, RemoteFailure(.rateLimited, "429"), times: 4)
        #expect(other.list != sleeps.list, "two who failed together do not come back together")
    }

    @Test func theSameSeedWaitsTheSame() async throws {
        var lists: [[Duration]] = []
        for _ in 0..<2 {
            let sleeps = Sleeps()
            let retrying = Retrying(sleeper: sleeps.sleeper, randomness: SeededRandomness(seed: 3).randomness)
            _ = try await self.failing(retrying, RemoteFailure(.serverError, "502"), times: 4)
            lists.append(sleeps.list)
        }
        #expect(lists[0] == lists[1])
    }

    @Test(arguments: [
        (Duration?.none, 1), (.zero, 1), (.milliseconds(300), 1), (.seconds(17), 17), (.seconds(120), 120),
    ])
    func theServersWishCountsAndNeverShortensOurPause(wish: Duration?, expected: Int) async throws {
        let sleeps = Sleeps()
        let failure = RemoteFailure(.rateLimited, "429", retryAfter: wish)
        _ = try await self.failing(Retrying(sleeper: sleeps.sleeper), failure, times: 1)
        #expect(sleeps.list == [.seconds(expected)])
    }

    @Test func aWaitOfHoursEndsTheRunInsteadOfSleeping() async throws {
        let sleeps = Sleeps()
        let failure = RemoteFailure(.rateLimited, "429", retryAfter: .seconds(3600))
        await #expect(throws: RemoteFailure.self) {
            try await self.failing(Retrying(sleeper: sleeps.sleeper), failure, times: 1)
        }
        #expect(sleeps.list.isEmpty)
    }

    @Test func afterFiveTriesItIsOver() async throws {
        let sleeps = Sleeps()
        await #expect(throws: RemoteFailure.self) {
            try await self.failing(Retrying(sleeper: sleeps.sleeper), RemoteFailure(.unreachable, "no"), times: 5)
        }
        #expect(sleeps.list.count == 4)
    }

    @Test func credentialsThatAreRefusedAreNotTriedAgain() async throws {
        let sleeps = Sleeps()
        await #expect(throws: RemoteFailure.self) {
            try await self.failing(Retrying(sleeper: sleeps.sleeper), RemoteFailure(.unauthorized, "no"), times: 1)
        }
        #expect(sleeps.list.isEmpty)
    }

    /// Only the inputs that the CRM had no time for are sent again, and each keeps its place.
    @Test func aWriteThatCameTooSoonIsSentAgain() async throws {
        let sleeps = Sleeps()
        let sent = Mutex<[[String]]>([])
        let inputs = ["a", "b", "c"].map { RemoteWrite(id: Text($0), basedOn: nil, key: $0, properties: []) }
        let results = await Retrying(sleeper: sleeps.sleeper).write(inputs) { writes in
            let count = sent.withLock { sent in
                sent.append(writes.map(\.key))
                return sent.count
            }
            return writes.map { write in
                let isTooSoon = count == 1 && write.key != "b"
                return RemoteWriteResult(
                    outcome: isTooSoon ? .rateLimited(after: .seconds(3)) : .updated(version: Int64(count))
                )
            }
        }
        #expect(sent.withLock { $0 } == [["a", "b", "c"], ["a", "c"]])
        #expect(results.map(\.outcome) == [.updated(version: 2), .updated(version: 1), .updated(version: 2)])
        #expect(sleeps.list == [.seconds(3)])
    }
}
