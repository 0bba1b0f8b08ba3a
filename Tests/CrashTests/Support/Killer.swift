import FakeCRM
import Foundation
import Records
import Store
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Starts syncs and kills them.
struct Killer {
    private let world: CrashWorld
    private let base: String
    private let session = URLSession(configuration: .ephemeral)
    /// What happened.
    var tally = Tally()

    init(_ world: CrashWorld, base: String) {
        self.world = world
        self.base = base
    }

    // MARK: Runs

    /// Runs a command to its end; gives its exit status.
    mutating func run(_ arguments: String...) async throws -> RelaisProcess.End {
        self.tally.runs += 1
        let child = try RelaisProcess(arguments, in: self.world, number: self.tally.runs)
        let end = try await child.end()
        if end != .exited(0), end != .exited(3) { Issue.record("\(arguments) ended with \(end): \(child.output)") }
        return end
    }

    /// Starts a sync and kills it at a moment; gives whether it was alive until then.
    mutating func kill(at moment: KillMoment) async throws -> Bool {
        self.world.crm.resetStats()
        self.world.crm.faults = moment.faults
        self.tally.runs += 1
        let child = try RelaisProcess(["sync", "hubspot", "--approve"], in: self.world, number: self.tally.runs)
        // No child outlives its test, whatever goes wrong here.
        defer { child.kill() }
        try await self.wait(for: moment, child)
        let requests = self.world.crm.stats.requestCount
        child.kill()
        let end = try await child.end()
        self.tally.created += self.world.crm.stats.created
        self.world.crm.faults = .none
        _ = try await self.control("POST", "release", #"{"as":"drop"}"#)
        guard end == .killed(signal: SIGKILL) else {
            Issue.record("the sync ended with \(end) before it could be killed at \(moment): \(child.output)")
            return false
        }
        try self.count(moment, requests: requests)
        return true
    }

    private func wait(for moment: KillMoment, _ child: RelaisProcess) async throws {
        switch moment {
        case .during(let request, let milliseconds):
            try await self.waitUntil(child) {
                if self.world.crm.stats.requestCount >= request { return true }
                return try await self.isHolding()
            }
            try await Task.sleep(for: .milliseconds(milliseconds))
        case .unanswered: try await self.waitUntil(child) { try await self.isHolding() }
        case .dropped(let type):
            try await self.waitUntil(child) { self.world.crm.stats.writes["\(type.rawValue).batch_create"] != nil }
            // The connection closes a moment later; what the child asks next is not answered.
            self.world.crm.faults = Faults(rules: [Faults.Rule(.hold, pathContains: "/crm/", times: nil)])
            try await self.waitUntil(child) { try await self.isHolding() }
        }
    }

    private func waitUntil(_ child: RelaisProcess, _ isTrue: () async throws -> Bool) async throws {
        // A run that gets stuck somewhere else is killed as well, and found out by what it left.
        for _ in 0..<4_000 where child.isRunning {
            if try await isTrue() { return }
            try await Task.sleep(for: .milliseconds(4))
        }
    }

    // MARK: The CRM's control endpoints

    private func isHolding() async throws -> Bool { try await self.control("GET", "held").array?.isEmpty == false }

    private func control(_ method: String, _ path: String, _ body: String? = nil) async throws -> JSON {
        guard let url = URL(string: "\(self.base)/__fake/\(path)") else { throw URLError(.badURL) }
        var request = URLRequest(url: url)
        request.httpMethod = method
        request.httpBody = body.map { Data($0.utf8) }
        request.setValue(CrashWorld.token, forHTTPHeaderField: "X-Fake-Control")
        let (data, _) = try await self.session.data(for: request)
        return try JSON(parsing: [UInt8](data))
    }

    // MARK: What a kill left

    /// Counts a kill, and the creates that the CRM carried out and the dead process never settled.
    private mutating func count(_ moment: KillMoment, requests: Int) throws {
        let left = try self.unsettledCreates()
        self.tally.count(moment, requests: requests, unsettled: left)
        let wanted: ObjectType? =
            switch moment {
            case .unanswered(let path): [.companies, .contacts, .deals].first { path == KillMoment.creates($0) }
            case .dropped(let type): type
            case .during: nil
            }
        guard let wanted else { return }
        #expect(left[wanted, default: 0] > 0, "the kill did not land between a create of \(wanted) and its answer")
    }

    /// Operations that stand in the store as sent, and whose records the CRM has, by type.
    private func unsettledCreates() throws -> [ObjectType: Int] {
        try self.world.withStore { store in
            try store.read { transaction in
                guard let connection = try transaction.connection(CrashWorld.connection)?.number else { return [:] }
                let open =
                    try transaction.operations(connection, in: .inFlight, limit: .max)
                    + transaction.operations(connection, in: .unknown, limit: .max)
                var result: [ObjectType: Int] = [:]
                for (_, type) in CrashWorld.objects {
                    let object = try transaction.object(type.rawValue)
                    let made = Set(self.world.crm.ids(type).compactMap { self.world.crm.value(type, $0, "relais_id") })
                    result[type] = open.count {
                        $0.object == object && $0.kind == .create && made.contains($0.record.description)
                    }
                }
                return result
            }
        }
    }
}
