import Connectors
import FakeCRM
import Records
import Testing

/// HubSpot's manifest against the fake CRM, as a well-behaved one and with all the habits of the real one.
@Suite struct HubSpotConformanceTests {
    /// The habits to run with.
    enum Manner: String, CaseIterable, Sendable {
        case plain
        case realistic

        var habits: Habits { self == .plain ? .none : .realistic }
    }

    static func bench(_ manner: Manner) throws -> (ConnectorConformance, FakeCRMAccount, TestTime) {
        let time = TestTime()
        let fake = FakeCRMAccount(
            options: AccountOptions(),
            habits: manner.habits,
            clock: FakeClock { time.now.milliseconds }
        )
        let account = try Workbench.account(FakeTransport(account: fake), clock: time)
        let conformance = ConnectorConformance(
            account: account,
            object: "contacts",
            property: "firstname",
            values: { number in
                [
                    RemotePropertyWrite(name: "firstname", value: .text("Ada \(number)")),
                    RemotePropertyWrite(name: "email", value: .text("ada\(number)@example.com")),
                ]
            },
            refused: [
                RemotePropertyWrite(name: "firstname", value: .text("Eve")),
                RemotePropertyWrite(name: "lifecyclestage", value: .text("no such stage")),
            ],
            settle: { time.advance(by: .seconds(60)) },
            outsider: { id, text in
                time.advance(by: .milliseconds(5))
                try fake.edit(.contacts, try #require(Int64(id.string)), set: ["firstname": text], by: 7)
            }
        )
        return (conformance, fake, time)
    }

    @Test(arguments: Manner.allCases) func createdRecordsCanBeRead(manner: Manner) async throws {
        try await Self.bench(manner).0.createdRecordsCanBeRead()
    }

    @Test(arguments: Manner.allCases) func aQuietReadIsOneRequest(manner: Manner) async throws {
        try await Self.bench(manner).0.aQuietReadIsOneRequest()
    }

    @Test(arguments: Manner.allCases) func changesOfOthersAppear(manner: Manner) async throws {
        try await Self.bench(manner).0.changesOfOthersAppear()
    }

    @Test(arguments: Manner.allCases) func changesDuringTheFirstPassAppear(manner: Manner) async throws {
        try await Self.bench(manner).0.changesDuringTheFirstPassAppear()
    }

    @Test(arguments: Manner.allCases) func updatesHaveOneResultEach(manner: Manner) async throws {
        try await Self.bench(manner).0.updatesHaveOneResultEach()
    }

    @Test(arguments: Manner.allCases) func oneRefusedRecordStopsNobody(manner: Manner) async throws {
        try await Self.bench(manner).0.oneRefusedRecordStopsNobody()
    }

    @Test(arguments: Manner.allCases) func aMissingRecordIsGone(manner: Manner) async throws {
        try await Self.bench(manner).0.aMissingRecordIsGone()
    }

    @Test(arguments: Manner.allCases) func archivedRecordsAreNoLiveOnes(manner: Manner) async throws {
        try await Self.bench(manner).0.archivedRecordsAreNoLiveOnes()
    }

    @Test(arguments: Manner.allCases) func theCreateKeyFindsARecord(manner: Manner) async throws {
        try await Self.bench(manner).0.theCreateKeyFindsARecord()
    }

    @Test(arguments: Manner.allCases) func theSchemaKnowsTheProperty(manner: Manner) async throws {
        try await Self.bench(manner).0.theSchemaKnowsTheProperty()
    }

    @Test(arguments: Manner.allCases) func theAccountHasAnID(manner: Manner) async throws {
        let (conformance, fake, _) = try Self.bench(manner)
        try await conformance.theAccountHasAnID()
        #expect(try await conformance.account.accountID() == Text(String(fake.portalID)))
    }

    @Test(arguments: Manner.allCases, [nil, "primary"]) func associationsComeAndGo(
        manner: Manner,
        label: String?
    ) async throws {
        let (conformance, fake, _) = try Self.bench(manner)
        let company = try fake.add(.companies, ["name": "Acme"], by: 7)
        try await conformance.associationsComeAndGo(to: "companies", Text(String(company)), label: label)
    }
}
