import Mapping
import PlannerCases
import Planning
import Records
import Testing

/// Random bases, and local and remote states derived from them by random edits.
@Suite struct PlannerPropertyTests {
    static let fields: [MappingField] = {
        let policies: [ConflictPolicy] = [.preferLocal, .preferRemote, .newest, .manual, .max, .preferLocalUnlessBlank]
        let table = TableLens(pairs: [("a", "A"), ("b", "B"), ("c", "C")])
        let plain = policies.enumerated().map { index, policy in
            MappingField(
                local: "plain\(index)",
                remote: "plain\(index)",
                onConflict: policy,
                initial: .preferRemote,
                onClear: ClearPolicy.allCases[index % 3],
                lens: index % 2 == 0 ? LensChain([]) : TrimLens()
            )
        }
        let special = [
            MappingField(local: "pulled", remote: "pulled", direction: .pull),
            MappingField(local: "pushed", remote: "pushed", direction: .push),
            MappingField(local: "owned", remote: "owned", initial: .newest, authority: .remote, lens: table),
            MappingField(local: "stage", remote: "stage", onConflict: .furthest),
            MappingField(
                local: "tags",
                remote: "tags",
                onConflict: .merge,
                initial: .preferLocal,
                lens: SemicolonSetLens()
            ),
            MappingField(local: "street", remote: "street", onConflict: .newest, initial: .preferLocal),
            MappingField(local: "town", remote: "town", onConflict: .newest, initial: .preferLocal, lens: TrimLens()),
        ]
        return plain + special
    }()

    static let mapping = CompiledMapping(
        name: "test/contact",
        connection: "test",
        localObject: "contact",
        remoteObject: "contacts",
        fields: fields,
        groups: [[11, 12]]
    )

    static func text(_ dice: inout Dice, _ side: Side, _ field: Int) -> Value {
        let name = self.fields[field].local ?? ""
        if dice.once(in: 6) { return dice.pick([.null, .text("")]) }
        switch name {
        case "owned": return .text(dice.pick(side == .local ? ["a", "b", "c"] : ["A", "B", "C", "X"]))
        case "stage": return .text(dice.pick(["lead", "mql", "sql", "customer"]))
        case "tags":
            let tags = (0..<dice.roll(4)).map { _ in dice.pick(["red", "blue", "green", "black"]) }
            return side == .local ? .set(of: tags.map { Text($0) }) : .text(Set(tags).sorted().joined(separator: ";"))
        default:
            let word = dice.pick(["Ada", "Bob", "é", "e\u{301}", "Zoé"])
            return .text(side == .remote && dice.once(in: 3) ? " \(word) " : word)
        }
    }

    /// An agreed pair, as a sync would have left it.
    static func agreed(_ dice: inout Dice, _ field: Int) -> (local: Value, remote: Value) {
        let remote = self.text(&dice, .remote, field)
        let lens = self.fields[field].lens
        guard case .value(let local) = lens.toLocal(remote, previous: .absent, in: EmptyLensContext()) else {
            return (.text("a"), .text("A"))
        }
        return (local, remote)
    }

    static func state(seed: UInt64) -> RecordState {
        var dice = Dice(seed: seed)
        var state = RecordState(local: [], remote: [])
        let hasShadows = !dice.once(in: 5)
        for field in self.fields.indices {
            let pair = self.agreed(&dice, field)
            state.local.append(dice.once(in: 3) ? self.text(&dice, .local, field) : pair.local)
            state.remote.append(dice.once(in: 3) ? self.text(&dice, .remote, field) : pair.remote)
            let covered = hasShadows && !dice.once(in: 12)
            state.localShadow.append(covered ? pair.local : nil)
            state.remoteShadow.append(covered ? pair.remote : nil)
            state.times.local[field] = Instant(milliseconds: Int64(dice.roll(10)) * 5000)
        }
        state.times.remoteRecord = Instant(milliseconds: Int64(dice.roll(10)) * 5000)
        return state
    }

    /// Carries a plan out as if every write were accepted as sent.
    static func execute(_ plan: RecordPlan, on state: inout RecordState) {
        for write in plan.toLocal { state.local[write.field] = write.new }
        for write in plan.toRemote { state.remote[write.field] = write.new }
        let settled = Set(plan.agreed + plan.toLocal.map(\.field) + plan.toRemote.map(\.field))
        for field in settled {
            state.localShadow[field] = state.local[field]
            state.remoteShadow[field] = state.remote[field]
        }
    }

    /// S1: from any state, without new edits, the loop ends quiet within three rounds, and both sides say the same
    /// or the field is flagged.
    @Test(arguments: [UInt64(1), 100_001, 200_001, 300_001])
    func everyStateConvergesOrIsFlagged(firstSeed: UInt64) {
        let planner = Planner(Self.mapping)
        let context = EmptyLensContext()
        for seed in firstSeed..<(firstSeed + 25_000) {
            var state = Self.state(seed: seed)
            var rounds = 0
            var plan = planner.plan(state, in: context)
            while !plan.isQuiet && rounds < 4 {
                Self.execute(plan, on: &state)
                plan = planner.plan(state, in: context)
                rounds += 1
            }
            guard plan.isQuiet, rounds <= 3 else {
                Issue.record("seed \(seed): not quiet after \(rounds) rounds: \(plan)")
                return
            }
            let flagged = Set(plan.notes.map(\.field) + plan.conflicts.map(\.field))
            for (index, field) in Self.fields.enumerated() where field.direction == .both && !flagged.contains(index) {
                let keepsClear = field.onClear == .ignore && (state.local[index].isBlank || state.remote[index].isBlank)
                let isGrouped = index >= 11 && !flagged.isDisjoint(with: [11, 12])
                let same = planner.same(
                    field: index,
                    local: state.local[index],
                    remote: state.remote[index],
                    in: context
                )
                guard same || keepsClear || isGrouped else {
                    Issue.record(
                        "seed \(seed): \(field.name) differs quietly: \(state.local[index]) / \(state.remote[index])"
                    )
                    return
                }
            }
        }
    }

    /// S4: if exactly one side changed a field, that side's value is final, whatever policy and clock say.
    @Test func oneSidedChangesAlwaysWin() {
        let planner = Planner(Self.mapping)
        for seed in UInt64(1)...50_000 {
            let state = Self.state(seed: seed)
            let plan = planner.plan(state, in: EmptyLensContext())
            for index in 0..<6 {
                guard let localBase = state.localShadow[index], let remoteBase = state.remoteShadow[index] else {
                    continue
                }
                let localChanged = state.local[index] != localBase
                let remoteChanged = state.remote[index] != remoteBase
                guard localChanged != remoteChanged else { continue }
                let clears = localChanged ? state.local[index].isBlank : state.remote[index].isBlank
                guard !clears else { continue }
                let overwritten =
                    localChanged
                    ? plan.toLocal.contains { $0.field == index } : plan.toRemote.contains { $0.field == index }
                #expect(!overwritten, "seed \(seed), field \(index)")
                #expect(!plan.conflicts.contains { $0.field == index }, "seed \(seed), field \(index)")
            }
        }
    }

    /// S5: when a value that a side had changed is overwritten, the conflict log names it with its base.
    @Test func everyOverwrittenEditIsLogged() {
        let planner = Planner(Self.mapping)
        for seed in UInt64(1)...50_000 {
            let state = Self.state(seed: seed)
            let plan = planner.plan(state, in: EmptyLensContext())
            for write in plan.toLocal where state.local[write.field] != state.localShadow[write.field] {
                let isLogged = plan.conflicts.contains { $0.field == write.field && $0.local == write.old }
                #expect(isLogged || write.old.isBlank, "seed \(seed), field \(write.field)")
            }
            for write in plan.toRemote where state.remote[write.field] != state.remoteShadow[write.field] {
                let isLogged = plan.conflicts.contains { $0.field == write.field && $0.remote == write.old }
                #expect(isLogged || write.old.isBlank, "seed \(seed), field \(write.field)")
            }
        }
    }

    /// The planner is a function: the same state gives the same plan.
    @Test func planningTwiceGivesTheSamePlan() {
        let planner = Planner(Self.mapping)
        for seed in UInt64(1)...2_000 {
            let state = Self.state(seed: seed)
            #expect(planner.plan(state, in: EmptyLensContext()) == planner.plan(state, in: EmptyLensContext()))
        }
    }

    /// Some of the cases that CI runs by the million (`relais-cases`): the planner does what the reference says.
    @Test(arguments: [UInt64(1), 50_000_001, 100_000_001])
    func everyCaseComesOutAsTheReferenceSays(firstSeed: UInt64) {
        let report = PlannerCases.run(seeds: firstSeed..<(firstSeed + 10_000))
        #expect(report.cases == 10_000)
        #expect(report.problems.isEmpty)
        #expect(report.coverage.wrong.map(\.description) == [])
    }

    /// A coverage that counts nothing proves nothing.
    @Test func theCoverageNamesWhatWasNotReached() {
        let report = PlannerCases.run(seeds: 1..<100)
        #expect(report.coverage.thin(below: 1).count > 1_000)
        #expect(CaseCoverage.Cell.all.count == 2 * 5 * 11 * 3 * 10)
        #expect(CaseCoverage.Cell.all.contains { $0.whyImpossible != nil })
    }
}
