import Mapping
import Planning
import Records
import Testing

/// The rules of single fields, one state at a time; what they do together is in the cases.
@Suite struct PlannerRuleTests {
    private func plan(_ field: MappingField, _ state: RecordState, update: WaySwitches = WaySwitches()) -> RecordPlan {
        let mapping = CompiledMapping(
            name: "test/contact",
            connection: "test",
            localObject: "contact",
            remoteObject: "contacts",
            fields: [field],
            update: update
        )
        return Planner(mapping).plan(state, in: EmptyLensContext())
    }

    private func state(_ base: Value, _ local: Value, _ remote: Value) -> RecordState {
        RecordState(local: [local], remote: [remote], localShadow: [base], remoteShadow: [base])
    }

    private func stage(_ backward: BackwardPolicy = .review) -> MappingField {
        MappingField(
            local: "stage",
            remote: "stage",
            onConflict: .furthest,
            rules: FieldRules(backward: backward)
        )
    }

    /// R5: what a person took back in one CRM is further than anything an earlier epoch knows.
    @Test func r5ALaterEpochIsForwardForEveryOtherCRM() {
        var state = self.state("customer", "lead", "customer")
        state.epochs[0] = FieldEpochs(local: 1, remote: 0)
        #expect(self.plan(self.stage(), state).toRemote.map(\.new) == ["lead"])
        state.remote = ["evangelist"]
        let both = self.plan(self.stage(), state)
        #expect(both.toRemote.map(\.new) == ["lead"] && both.conflicts.map(\.verdict) == [.won(by: .local)])
    }

    @Test(arguments: [(BackwardPolicy.review, 0, 0), (.allow, 1, 0), (.restore, 0, 1)])
    func r5AStepBackDoesWhatTheFieldSays(backward: BackwardPolicy, pushes: Int, pulls: Int) {
        let plan = self.plan(self.stage(backward), self.state("mql", "lead", "mql"))
        #expect(plan.toRemote.count == pushes && plan.toLocal.count == pulls)
    }

    /// R5: also a clear is a step back, such as the one that another tool makes before it sets an earlier stage.
    @Test func r5AClearedStageWaits() {
        let plan = self.plan(self.stage(), self.state("mql", "mql", .null))
        #expect(plan.toLocal.isEmpty && plan.conflicts.map(\.verdict) == [.waiting])
    }

    @Test func r5BothSidesWentBackAndNobodyDecides() {
        let plan = self.plan(self.stage(), self.state("customer", "lead", "mql"))
        #expect(plan.toLocal.isEmpty && plan.toRemote.isEmpty && plan.conflicts.map(\.rule) == ["backward: review"])
        let restored = self.plan(self.stage(.restore), self.state("customer", "lead", "mql"))
        #expect(restored.toLocal.map(\.new) == ["customer"] && restored.toRemote.map(\.new) == ["customer"])
    }

    @Test func r5ADecisionForAnEarlierStageOpensAnEpochAndOneForALaterDoesNot() {
        var state = self.state("customer", "lead", "customer")
        state.decisions[0] = FieldDecision(choice: .side(.local), seenLocal: "lead", seenRemote: "customer")
        #expect(self.plan(self.stage(), state).opened == [0])
        state.decisions[0] = FieldDecision(choice: .side(.remote), seenLocal: "lead", seenRemote: "customer")
        #expect(self.plan(self.stage(), state).opened == [])
    }

    /// A side stage is outside the order, and travels like any other value.
    @Test func aSideStageIsNoStepBack() {
        let plan = self.plan(self.stage(), self.state("mql", "mql", "disqualified"))
        #expect(plan.toLocal.map(\.new) == ["disqualified"] && plan.conflicts.isEmpty)
    }

    @Test(arguments: [
        (Value.flag(true), Value.flag(false), Side.remote), (.flag(false), .flag(true), .local),
        (.null, .flag(true), .local), (.null, .flag(false), .remote),
    ])
    func r5TheStricterConsentWins(local: Value, remote: Value, winner: Side) {
        let field = MappingField(
            local: "newsletter",
            remote: "newsletter",
            onConflict: .mostRestrictive,
            rules: FieldRules(isConsent: true)
        )
        // From a base that is no consent, so that neither side loosened it.
        let plan = self.plan(field, self.state("?", local, remote))
        #expect(plan.conflicts.map(\.verdict) == [.won(by: winner)])
    }

    /// R12: a field in a fight waits whatever happens, until a person says which value stands.
    @Test func r12AFightIsDecidedByAPerson() {
        let field = MappingField(local: "city", remote: "city", onConflict: .preferLocal)
        var state = self.state("a", "b", "a")
        state.holds[0] = FieldHold(reason: .fight, local: "x", remote: "y", detail: "one and another")
        let parked = self.plan(field, state)
        #expect(parked.toRemote.isEmpty && parked.conflicts.map(\.rule) == ["fight: one and another"])
        state.decisions[0] = FieldDecision(choice: .side(.local), seenLocal: "b", seenRemote: "a")
        #expect(self.plan(field, state).toRemote.map(\.new) == ["b"])
    }

    /// What was decided is carried out although the shadows alone would say otherwise.
    @Test func whatIsOwedIsPushedAsItWasDecided() {
        let field = MappingField(local: "city", remote: "city", onClear: .fill)
        var state = self.state("Paris", .null, "Paris")
        #expect(self.plan(field, state).toLocal.map(\.new) == ["Paris"])
        state.owed[0] = OwedWrite(local: .null, remote: "Paris")
        #expect(self.plan(field, state).toRemote.map(\.new) == [.null])
        state.remote = ["Nice"]
        #expect(self.plan(field, state).toRemote.isEmpty)
    }

    @Test func aClosedFieldIsNotedAndNeitherSideIsWritten() {
        var state = self.state("Paris", "Lyon", "Paris")
        state.closed.local = [0]
        let plan = self.plan(MappingField(local: "city", remote: "city"), state)
        #expect(plan == RecordPlan(notes: [FieldNote(field: 0, reason: .closed(side: .local))]))
    }

    @Test func switchedOffUpdatesAreDriftOnTheirSide() {
        let field = MappingField(local: "city", remote: "city")
        let plan = self.plan(field, self.state("Paris", "Lyon", "Paris"), update: WaySwitches(push: false))
        #expect(plan == RecordPlan(notes: [FieldNote(field: 0, reason: .drift(side: .local))]))
        let pulled = self.plan(field, self.state("Paris", "Paris", "Nice"), update: WaySwitches(push: false))
        #expect(pulled.toLocal.map(\.new) == ["Nice"])
    }

    @Test func setsThatMeetForTheFirstTimeMayBeJoined() {
        let field = MappingField(local: "tags", remote: "tags", onConflict: .merge, initial: .merge)
        let plan = self.plan(field, RecordState(local: [.set(of: ["a"])], remote: [.set(of: ["b"])]))
        #expect(
            plan.toLocal.map(\.new) == [.set(of: ["a", "b"])] && plan.toRemote.map(\.new) == [.set(of: ["a", "b"])]
        )
    }
}
