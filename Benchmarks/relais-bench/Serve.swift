import ArgumentParser
import FakeCRM
import Foundation
import Logging

/// The fake CRM, in a process of its own.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves made-up contacts until standard input ends.",
        shouldDisplay: false
    )

    /// The token that lets in.
    static let token = "pat-bench"

    @Option var contacts: Int
    @Option var seed: UInt64

    func run() async throws {
        let account = FakeCRMAccount(
            options: AccountOptions(tokens: [AccessToken(Self.token)], seed: self.seed),
            habits: .none,
            clock: FakeClock { Int64(Date().timeIntervalSince1970 * 1000) }
        )
        account.grow(seed: self.seed, contacts: self.contacts, companies: max(1, self.contacts / 10), deals: 0)
        let server = FakeCRMServer(
            accounts: [account],
            controlToken: "bench",
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        )
        try await server.serving { address in
            print(address)
            fflush(nil)
            // The parent keeps the other end open for as long as it lives.
            await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    while !FileHandle.standardInput.availableData.isEmpty {}
                    continuation.resume()
                }
            }
        }
    }
}
