import Mapping
import PlannerCases
import Planning
import Records
import Testing

/// One field at a time, against the table of DESIGN §4 and the rules that hang on it.
@Suite struct PlannerTests {
    private func plan(_ field: MappingField, _ state: RecordState) -> RecordPlan {
        let mapping = CompiledMapping(
            name: "test/contact",
            connection: "test",
            localObject: "contact",
            remoteObject: "contacts",
            fields: [field]
        )
        return Planner(mapping).plan(state, in: EmptyLensContext())
    }

    private func field(
        _ policy: ConflictPolicy = .manual,
        direction: SyncDirection = .both,
        initial: FirstContactPolicy? = nil,
        onClear: ClearPolicy = .propagate,
        authority: Side? = nil,
        lens: any Lens = LensChain([])
    ) -> MappingField {
        MappingField(
            local: "city",
            remote: "city",
            direction: direction,
            onConflict: policy,
            initial: initial,
            onClear: onClear,
            authority: authority,
            lens: lens
        )
    }

    private func state(
        base: Value = "Paris",
        local: Value,
        remote: Value,
        times: EditTimes = EditTimes()
    ) -> RecordState {
        RecordState(local: [local], remote: [remote], localShadow: [base], remoteShadow: [base], times: times)
    }

    @Test func nothingChangedIsQuiet() {
        #expect(self.plan(self.field(), self.state(local: "Paris", remote: "Paris")) == RecordPlan())
    }

    @Test func localChangeIsPushed() {
        let plan = self.plan(self.field(), self.state(local: "Lyon", remote: "Paris"))
        #expect(plan == RecordPlan(toRemote: [FieldWrite(field: 0, old: "Paris", new: "Lyon", source: "Lyon")]))
    }

    @Test func remoteChangeIsPulled() {
        let plan = self.plan(self.field(), self.state(local: "Paris", remote: "Nice"))
        #expect(plan == RecordPlan(toLocal: [FieldWrite(field: 0, old: "Paris", new: "Nice", source: "Nice")]))
    }

    @Test func bothChangedToTheSameAgreesWithoutAWrite() {
        #expect(self.plan(self.field(), self.state(local: "Nice", remote: "Nice")) == RecordPlan(agreed: [0]))
    }

    @Test func remoteNormalFormOfALocalChangeIsTheSame() {
        let plan = self.plan(self.field(lens: TrimLens()), self.state(local: "Nice", remote: " Nice "))
        #expect(plan == RecordPlan(agreed: [0]))
    }

    @Test func manualConflictWaitsAndWritesNothing() {
        let plan = self.plan(self.field(.manual), self.state(local: "Lyon", remote: "Nice"))
        #expect(plan.toLocal.isEmpty && plan.toRemote.isEmpty)
        #expect(plan.conflicts.map(\.verdict) == [.waiting])
        #expect(plan.conflicts.first?.localBase == "Paris")
    }

    @Test(arguments: [
        (ConflictPolicy.preferLocal, Value("Lyon"), Value("Nice"), Side.local),
        (.preferRemote, "Lyon", "Nice", .remote),
        (.preferLocalUnlessBlank, "", "Nice", .remote),
        (.preferRemoteUnlessBlank, "Lyon", .null, .local),
        (.max, "Lyon", "Nice", .remote),
        (.min, "Lyon", "Nice", .local),
    ])
    func policyPicksTheWinnerAndLogsTheLoser(policy: ConflictPolicy, local: Value, remote: Value, winner: Side) {
        let plan = self.plan(self.field(policy), self.state(local: local, remote: remote))
        #expect(plan.conflicts.map(\.verdict) == [.won(by: winner)])
        #expect(plan.conflicts.first?.local == local && plan.conflicts.first?.remote == remote)
        #expect(plan.toRemote.isEmpty == (winner == .remote))
        #expect(plan.toLocal.isEmpty == (winner == .local))
    }

    @Test(arguments: [(Int64(9), Int64(11), Side.remote), (11, 9, .local), (10, 10, .remote)])
    func newestTakesTheLaterEditAndTheCRMOnATie(localHour: Int64, remoteHour: Int64, winner: Side) {
        let hour: Int64 = 3_600_000
        let times = EditTimes(
            local: [0: Instant(milliseconds: localHour * hour)],
            remoteRecord: Instant(milliseconds: remoteHour * hour)
        )
        let plan = self.plan(self.field(.newest), self.state(local: "Lyon", remote: "Nice", times: times))
        #expect(plan.conflicts.map(\.verdict) == [.won(by: winner)])
    }

    /// Clocks are not to be trusted to the second: an edit that seems a little newer is a tie, and the CRM's wins.
    @Test func anEditWithinTheClocksUncertaintyIsATie() {
        let times = EditTimes(local: [0: Instant(milliseconds: 10_500)], remoteRecord: Instant(milliseconds: 9_000))
        let plan = self.plan(self.field(.newest), self.state(local: "Lyon", remote: "Nice", times: times))
        #expect(plan.conflicts.map(\.verdict) == [.won(by: .remote)])
        #expect(plan.conflicts.map(\.rule) == ["newest (tie within 2s)"])
    }

    @Test func setsMergeWhatWasAddedWithoutWhatWasRemoved() {
        let state = RecordState(
            local: [.set(of: ["a", "c"])],
            remote: ["a;b;d"],
            localShadow: [.set(of: ["a", "b"])],
            remoteShadow: ["a;b"]
        )
        let plan = self.plan(self.field(.merge, lens: SemicolonSetLens()), state)
        #expect(plan.toLocal.map(\.new) == [.set(of: ["a", "c", "d"])])
        #expect(plan.toRemote.map(\.new) == ["a;c;d"])
    }

    // R9
    @Test func firstContactFillsBlanksBothWaysAndABlankErasesNothing() {
        let pulled = self.plan(self.field(), RecordState(local: [.absent], remote: ["Nice"]))
        #expect(pulled.toLocal.map(\.new) == ["Nice"])
        let pushed = self.plan(self.field(), RecordState(local: ["Lyon"], remote: [.null]))
        #expect(pushed.toRemote.map(\.new) == ["Lyon"])
        #expect(pulled.toRemote.isEmpty && pushed.toLocal.isEmpty)
    }

    // R9
    @Test func firstDifferenceWithoutInitialIsANoteAndNoWrite() {
        let plan = self.plan(self.field(.preferLocal), RecordState(local: ["Lyon"], remote: ["Nice"]))
        #expect(plan == RecordPlan(notes: [FieldNote(field: 0, reason: .needsInitial)]))
    }

    // R9
    @Test(arguments: [(FirstContactPolicy.preferLocal, Side.local), (.preferRemote, .remote)])
    func initialDecidesTheFirstDifference(initial: FirstContactPolicy, winner: Side) {
        let state = RecordState(local: ["Lyon"], remote: ["Nice"])
        let plan = self.plan(self.field(.manual, initial: initial), state)
        #expect(plan.conflicts.map(\.verdict) == [.won(by: winner)])
        #expect(plan.toRemote.isEmpty == (winner == .remote))
    }

    // R10
    @Test func aRequestedFieldThatIsAbsentIsUnreadableAndNeverAClear() {
        let plan = self.plan(self.field(), self.state(local: "Paris", remote: .absent))
        #expect(plan == RecordPlan(notes: [FieldNote(field: 0, reason: .unreadable)]))
    }

    // R14
    @Test func aValueWithoutCounterpartOverwritesNeitherSide() {
        let lens = TableLens(pairs: [("lead", "LEAD")])
        let state = RecordState(local: ["lead"], remote: ["WEIRD"], localShadow: ["lead"], remoteShadow: ["LEAD"])
        let plan = self.plan(self.field(lens: lens), state)
        let reason = FieldNote.Reason.unmapped(side: .remote, value: "WEIRD", detail: "no counterpart")
        #expect(plan == RecordPlan(notes: [FieldNote(field: 0, reason: reason)]))
    }

    // R13
    @Test func aRejectedValueIsLeftAloneUntilASideChanges() {
        var state = self.state(local: "Lyon", remote: "Paris")
        state.holds[0] = FieldHold(reason: .rejected, local: "Lyon", remote: "Paris")
        #expect(self.plan(self.field(), state) == RecordPlan(notes: [FieldNote(field: 0, reason: .rejected)]))
        state.local[0] = "Lille"
        #expect(self.plan(self.field(), state).toRemote.map(\.new) == ["Lille"])
    }

    // R18
    @Test func aDecisionHoldsForTheValuesThatThePersonSawOnly() {
        var state = self.state(local: "Lyon", remote: "Nice")
        state.decisions[0] = FieldDecision(choice: .side(.local), seenLocal: "Lyon", seenRemote: "Nice")
        #expect(self.plan(self.field(.manual), state).toRemote.map(\.new) == ["Lyon"])
        state.remote[0] = "Toulon"
        let moved = self.plan(self.field(.manual), state)
        #expect(moved.toRemote.isEmpty && moved.conflicts.map(\.verdict) == [.waiting])
    }

    @Test func aDecisionForAThirdValueGoesToBothSides() {
        var state = self.state(local: "Lyon", remote: "Nice")
        state.decisions[0] = FieldDecision(choice: .value("Metz"), seenLocal: "Lyon", seenRemote: "Nice")
        let plan = self.plan(self.field(.manual), state)
        #expect(plan.toRemote.map(\.new) == ["Metz"] && plan.toLocal.map(\.new) == ["Metz"])
    }

    @Test(arguments: [(ClearPolicy.propagate, 1, 0), (.ignore, 0, 0), (.fill, 0, 1)])
    func aClearDoesWhatTheFieldSays(policy: ClearPolicy, pushes: Int, pulls: Int) {
        let plan = self.plan(self.field(onClear: policy), self.state(local: .null, remote: "Paris"))
        #expect(plan.toRemote.count == pushes && plan.toLocal.count == pulls)
        #expect(plan.agreed == (policy == .ignore ? [0] : []))
    }

    @Test func authorityWritesTheOtherSidesEditBackAndLogsIt() {
        let plan = self.plan(self.field(authority: .remote), self.state(local: "Lyon", remote: "Paris"))
        #expect(plan.toLocal.map(\.new) == ["Paris"] && plan.toRemote.isEmpty)
        #expect(plan.conflicts.map(\.verdict) == [.won(by: .remote)])
    }

    // S17
    @Test func aOneWayFieldIsNeverWrittenAgainstItsDirection() {
        let pull = self.plan(self.field(direction: .pull), self.state(local: "Lyon", remote: "Paris"))
        #expect(pull == RecordPlan(notes: [FieldNote(field: 0, reason: .drift(side: .local))]))
        let push = self.plan(self.field(direction: .push), self.state(local: "Paris", remote: "Nice"))
        #expect(push == RecordPlan(notes: [FieldNote(field: 0, reason: .drift(side: .remote))]))
    }

    // R5
    @Test func aBackwardStageWaitsForAPerson() {
        let state = self.state(base: "mql", local: "lead", remote: "mql")
        let plan = self.plan(self.field(.furthest), state)
        #expect(plan.toRemote.isEmpty && plan.conflicts.map(\.verdict) == [.waiting])
        let forward = self.plan(self.field(.furthest), self.state(base: "lead", local: "mql", remote: "lead"))
        #expect(forward.toRemote.map(\.new) == ["mql"])
    }

    @Test func theFurthestStageWinsWhenBothMoved() {
        let plan = self.plan(self.field(.furthest), self.state(base: "lead", local: "sql", remote: "mql"))
        #expect(plan.toRemote.map(\.new) == ["sql"] && plan.conflicts.map(\.verdict) == [.won(by: .local)])
    }

    // R15
    @Test func aGroupNeverMixesSides() {
        let fields = ["street", "city"].map { MappingField(local: $0, remote: $0, onConflict: .preferRemote) }
        let mapping = CompiledMapping(
            name: "test/contact",
            connection: "test",
            localObject: "contact",
            remoteObject: "contacts",
            fields: fields,
            groups: [[0, 1]]
        )
        let state = RecordState(
            local: ["1 rue A", "Lyon"],
            remote: ["2 rue B", "Nice"],
            localShadow: ["1 rue A", "Nice"],
            remoteShadow: ["1 rue A", "Nice"]
        )
        let plan = Planner(mapping).plan(state, in: EmptyLensContext())
        #expect(plan.toLocal.map(\.new) == ["2 rue B", "Nice"] && plan.toRemote.isEmpty)
    }

    /// R15: what is owed to a group is carried out as it was decided, unless the CRM changed another member since.
    @Test(arguments: [("1 rue A", true), ("2 rue B", false)] as [(Value, Bool)])
    func aGroupIsOwedOnlyAsItWasDecided(street: Value, isOwed: Bool) {
        let fields = ["street", "city"].map { MappingField(local: $0, remote: $0, onConflict: .manual) }
        let mapping = CompiledMapping(
            name: "test/contact",
            connection: "test",
            localObject: "contact",
            remoteObject: "contacts",
            fields: fields,
            groups: [[0, 1]]
        )
        var state = RecordState(
            local: ["1 rue A", "Lyon"],
            remote: [street, "Nice"],
            localShadow: ["1 rue A", "Nice"],
            remoteShadow: ["1 rue A", "Nice"]
        )
        state.owed[1] = OwedWrite(local: "Lyon", remote: "Nice")
        let plan = Planner(mapping).plan(state, in: EmptyLensContext())
        #expect(plan.toRemote.map(\.new) == (isOwed ? ["Lyon"] : []))
        #expect(plan.conflicts.map(\.verdict) == (isOwed ? [] : [.waiting, .waiting]))
    }

    /// R15: an address that lost its street is not an address that was cleared.
    @Test func aGroupIsBlankOnlyWhenEveryMemberIs() {
        let fields = ["street", "city"].map { MappingField(local: $0, remote: $0, onClear: .ignore) }
        let mapping = CompiledMapping(
            name: "test/contact",
            connection: "test",
            localObject: "contact",
            remoteObject: "contacts",
            fields: fields,
            groups: [[0, 1]]
        )
        let base: [Value] = ["1 rue A", "Lyon"]
        let state = RecordState(local: ["", "Nice"], remote: base, localShadow: base, remoteShadow: base)
        let plan = Planner(mapping).plan(state, in: EmptyLensContext())
        #expect(plan.toRemote.map(\.new) == ["", "Nice"])
    }

    /// A reference to a record that has no link yet waits for it; nothing is cleared meanwhile.
    @Test func aReferenceWithoutALinkClearsNothing() {
        let company = Value.text(Text(RecordID(high: 1, low: 1).description))
        let field = self.field(lens: ReferenceLens(remoteObject: "companies"))
        let plan = self.plan(field, self.state(base: "7", local: company, remote: "7"))
        #expect(plan == RecordPlan(notes: [FieldNote(field: 0, reason: .unlinkedReference)]))
    }

    @Test func bytesCountNotCanonicalEquivalence() {
        let plan = self.plan(self.field(), self.state(base: "é", local: "e\u{301}", remote: "é"))
        #expect(plan.toRemote.map(\.new) == ["e\u{301}"])
    }
}
