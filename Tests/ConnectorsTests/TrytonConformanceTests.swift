import Connectors
import Foundation
import Logging
import Records
import Testing
import Transport

/// Tryton's manifest against a live server: `RELAIS_TRYTON_BASE=http://127.0.0.1:8131/crm`, login `admin`.
extension LiveTryton {
    @Suite(.serialized) struct ConformanceTests {
        /// The objects to run with: a person, a company, an opportunity.
        enum Kind: String, CaseIterable, Sendable {
            case contacts
            case companies
            case deals

            var property: String { self == .deals ? "description" : "name" }
        }

        static func bench(_ kind: Kind) throws -> ConnectorConformance {
            let account = try self.account()
            // A server keeps its records from test to test, so that each run needs addresses of its own.
            let run = String(UInt32.random(in: 0...UInt32.max), radix: 16)
            let other = try self.account()
            return ConnectorConformance(
                account: account,
                object: kind.rawValue,
                property: kind.property,
                values: { number in
                    var values = [RemotePropertyWrite(name: kind.property, value: .text("Ada \(number)"))]
                    if kind != .deals {
                        let email = "ada\(number)-\(run)@example.com"
                        values.append(RemotePropertyWrite(name: "email", value: .text(email)))
                    }
                    return values
                },
                refused: kind == .deals
                    ? [
                        RemotePropertyWrite(name: "description", value: .text("Eve")),
                        RemotePropertyWrite(name: "amount", value: .number(Number("1.005") ?? Number(1))),
                    ] : [RemotePropertyWrite(name: "no_such_field", value: .text("Eve"))],
                settle: { try await Task.sleep(for: .milliseconds(20)) },
                outsider: { id, text in
                    let value = RemotePropertyWrite(name: kind.property, value: .text(text))
                    let write = RemoteWrite(id: id, basedOn: nil, key: "x", properties: [value])
                    _ = await other.update(kind.rawValue, [write])
                }
            )
        }

        @Test(arguments: Kind.allCases) func createdRecordsCanBeRead(kind: Kind) async throws {
            try await Self.bench(kind).createdRecordsCanBeRead()
        }

        @Test(arguments: Kind.allCases) func changesOfOthersAppear(kind: Kind) async throws {
            try await Self.bench(kind).changesOfOthersAppear()
        }

        @Test(arguments: Kind.allCases) func changesDuringTheFirstPassAppear(kind: Kind) async throws {
            try await Self.bench(kind).changesDuringTheFirstPassAppear()
        }

        @Test(arguments: Kind.allCases) func updatesHaveOneResultEach(kind: Kind) async throws {
            try await Self.bench(kind).updatesHaveOneResultEach()
        }

        @Test(arguments: Kind.allCases) func oneRefusedRecordStopsNobody(kind: Kind) async throws {
            try await Self.bench(kind).oneRefusedRecordStopsNobody()
        }

        @Test(arguments: Kind.allCases) func aMissingRecordIsGone(kind: Kind) async throws {
            try await Self.bench(kind).aMissingRecordIsGone()
        }

        @Test(arguments: Kind.allCases) func archivedRecordsAreNoLiveOnes(kind: Kind) async throws {
            try await Self.bench(kind).archivedRecordsAreNoLiveOnes()
        }

        @Test(arguments: Kind.allCases) func staleWritesConflict(kind: Kind) async throws {
            try await Self.bench(kind).staleWritesConflict()
        }

        @Test(arguments: Kind.allCases) func theCreateKeyFindsARecord(kind: Kind) async throws {
            try await Self.bench(kind).theCreateKeyFindsARecord()
        }

        @Test(arguments: Kind.allCases) func theSchemaKnowsTheProperty(kind: Kind) async throws {
            try await Self.bench(kind).theSchemaKnowsTheProperty()
        }

        @Test func theAccountHasAnID() async throws {
            try await Self.bench(.contacts).theAccountHasAnID()
        }

        @Test(arguments: [Kind.contacts, .deals]) func associationsWithCompaniesComeAndGo(kind: Kind) async throws {
            let company = try await Self.bench(.companies).make(0..<1)
            try await Self.bench(kind).associationsComeAndGo(to: "companies", company[0], label: nil)
        }

        @Test func associationsOfDealsWithContactsComeAndGo() async throws {
            let contact = try await Self.bench(.contacts).make(0..<1)
            try await Self.bench(.deals).associationsComeAndGo(to: "contacts", contact[0], label: nil)
        }

        static func account(password: String? = nil) throws -> ManifestAccount {
            let known = ProcessInfo.processInfo.environment["RELAIS_TRYTON_PASSWORD"] ?? "adminpw-8charsplus"
            let password = password ?? known
            return try ManifestAccount(
                manifest: Workbench.manifest("tryton"),
                settings: AccountSettings(
                    baseURL: trytonBase,
                    credentials: ["login": Secret("admin"), "password": Secret(password)]
                ),
                transport: try CurlClient(),
                clock: WallClock { Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) },
                sleeper: Sleeper { try await Task.sleep(for: $0) },
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
        }
    }
}

/// The tests that want a live server; one after the other, because its SQLite takes one writer at a time.
@Suite(.serialized, .enabled(if: trytonBase != nil)) struct LiveTryton {}

/// Where the live server is: a database of its own if there is one, so that whole syncs elsewhere are not disturbed.
let trytonBase =
    ProcessInfo.processInfo.environment["RELAIS_TRYTON_WIRE_BASE"]
    ?? ProcessInfo.processInfo.environment["RELAIS_TRYTON_BASE"]
