import Mapping
import PlannerCases
import Planning
import Records
import Testing

/// R1: what was sent against what is there now.
@Suite struct SettlementTests {
    private func settle(
        sent: Value = "Lyon",
        previous: Value = "Paris",
        found: Value,
        _ evidence: Evidence,
        isByIntegration: Bool = false,
        lens: any Lens = LensChain([])
    ) -> FieldSettlement {
        let mapping = CompiledMapping(
            name: "test/contact",
            connection: "test",
            localObject: "contact",
            remoteObject: "contacts",
            fields: [MappingField(local: "city", remote: "city", lens: lens)]
        )
        let rule = Settlement(mapping) { property, value in
            property == "city" && value == "Lyon" ? "LYON" : value
        }
        let field = SentField(field: 0, source: sent, sent: sent, previous: previous)
        return rule.settle(
            field,
            found: found,
            by: evidence,
            isByIntegration: isByIntegration,
            in: EmptyLensContext()
        )
    }

    @Test(arguments: [Evidence.answer, .readBack, .readBackOfUnknown])
    func theSentValueIsAgreed(evidence: Evidence) {
        #expect(self.settle(found: "Lyon", evidence) == .agreed(remote: "Lyon"))
    }

    @Test func anAcceptedWriteThatChangedNothingWasIgnored() {
        #expect(self.settle(found: "Paris", .answer) == .ignored)
        #expect(self.settle(found: "Paris", .readBack) == .ignored)
    }

    @Test func anUnansweredWriteThatChangedNothingWasNotCarriedOut() {
        #expect(self.settle(found: "Paris", .readBackOfUnknown) == .notApplied)
    }

    /// We push Lyon, the answer is lost, a salesperson types Nice: Nice must not become "agreed".
    @Test(arguments: [Evidence.readBack, .readBackOfUnknown])
    func aValueThatSomebodyTypedAfterOurWriteIsNotAgreed(evidence: Evidence) {
        #expect(self.settle(found: "Nice", evidence) == .overtaken(remote: "Nice"))
    }

    @Test func theWritesOwnAnswerIsTheNormalForm() {
        #expect(self.settle(found: "Lyon 1er", .answer) == .agreed(remote: "Lyon 1er"))
    }

    @Test func theManifestsNormalFormIsAgreed() {
        #expect(self.settle(found: "LYON", .readBackOfUnknown) == .agreed(remote: "LYON"))
    }

    /// A person may type a whole number, or a shorter name; a program that left just that left ours.
    @Test(arguments: [
        ("444.375", "444", true), ("444.5", "445", true), ("444.375", "445", false), ("444.375", "448", false),
        ("Ada of the far and long name", "Ada of the far", true), ("Ada of the far and long name", "Ada", false),
        (" Lille ", "lille", true), ("Lille", "Lens", false), ("Lille", "", false),
    ])
    func aFormOfOursThatAProgramWroteIsOurs(sent: String, kept: String, isOurs: Bool) {
        let (sent, kept) = (Value.text(Text(sent)), Value.text(Text(kept)))
        #expect(self.settle(sent: sent, found: kept, .readBackOfUnknown) == .overtaken(remote: kept))
        let settled = self.settle(sent: sent, found: kept, .readBackOfUnknown, isByIntegration: true)
        #expect(settled == (isOurs ? .agreed(remote: kept) : .overtaken(remote: kept)))
    }

    /// A CRM that keeps milliseconds, or seconds, cut or rounded our time: nobody typed that, and ours loses nothing.
    @Test(arguments: ["2026-11-23T12:33:05.326Z", "2026-11-23T12:33:05.327Z", "2026-11-23T12:33:05Z"])
    func aTimeThatIsKeptLessExactlyIsAgreed(kept: String) throws {
        let sent = try #require(Instant("2026-11-23T12:33:05.326971Z"))
        for found in [Value.text(Text(kept)), .instant(try #require(Instant(kept)))] {
            #expect(self.settle(sent: .instant(sent), found: found, .readBack) == .agreed(remote: found))
        }
    }

    @Test(arguments: ["2026-11-23T12:33:05.320Z", "2026-11-23T12:33:04Z", "2026-11-23T12:33:05.326972Z", "soon"])
    func anotherTimeIsSomebodys(typed: String) throws {
        let sent = try #require(Instant("2026-11-23T12:33:05.326971Z"))
        let found = Value.text(Text(typed))
        #expect(self.settle(sent: .instant(sent), found: found, .readBack) == .overtaken(remote: found))
    }

    /// A CRM that keeps fewer decimals; a whole number may be somebody's.
    @Test(
        arguments: [
            ("209.125", "209.13", true), ("209.125", "209.12", true), ("81.125", "81.1", true),
            ("-81.125", "-81.1", true),
            ("81.125", "81.2", false), ("81.125", "81", false), ("81.1", "81.125", false), ("81.125", "82.1", false),
        ]
    )
    func aNumberThatIsKeptLessExactlyIsAgreed(sent: String, kept: String, isOurs: Bool) throws {
        let number = Value.number(try #require(Number(sent)))
        for found in [Value.text(Text(kept)), .number(try #require(Number(kept)))] {
            let settled = self.settle(sent: number, found: found, .readBackOfUnknown)
            #expect(settled == (isOurs ? .agreed(remote: found) : .overtaken(remote: found)))
        }
    }

    /// The CRM held its own form of ours before: the write is neither ignored nor lost, and not sent again.
    @Test(arguments: [Evidence.answer, .readBack, .readBackOfUnknown])
    func theCRMsFormOfOursMayHaveBeenThereBefore(evidence: Evidence) throws {
        #expect(self.settle(previous: "LYON", found: "LYON", evidence) == .agreed(remote: "LYON"))
    }

    /// A number that ours rounds to may have been somebody's: what was not written is told, and not taken for written.
    @Test(arguments: ["50.3", "50"])
    func aNumberThatStoodThereBeforeIsNotOursRounded(kept: String) throws {
        let ours = Value.number(try #require(Number("50.25")))
        let theirs = Value.number(try #require(Number(kept)))
        #expect(self.settle(sent: ours, previous: theirs, found: theirs, .readBack) == .ignored)
        #expect(self.settle(sent: ours, previous: theirs, found: theirs, .readBackOfUnknown) == .notApplied)
    }

    @Test func aValueThatSaysTheSameIsAgreed() {
        #expect(self.settle(found: " Lyon ", .readBack, lens: TrimLens()) == .agreed(remote: " Lyon "))
    }

    /// R10: what the CRM does not mention is unreadable, and neither the clear that was sent nor anybody's edit.
    @Test(arguments: [Evidence.readBack, .readBackOfUnknown], ["Lyon", .null] as [Value])
    func whatIsNotMentionedShowsNothing(evidence: Evidence, sent: Value) {
        #expect(self.settle(sent: sent, found: .absent, evidence) == .notApplied)
    }

    @Test func oneBlankIsAsGoodAsAnother() {
        #expect(self.settle(sent: .null, found: "", .readBack) == .agreed(remote: ""))
    }
}
