import Records
import Simulation
import Testing

/// Each checker can fail: a good world passes, and one with a single thing wrong does not.
@Suite struct InvariantTests {
    private static let name = WorldField.named("first_name", of: .contact) ?? WorldField.all(.contact)[0]
    private static let website = WorldField.named("website", of: .contact) ?? WorldField.all(.contact)[0]

    private static func cell(
        _ local: String,
        _ remote: String,
        believed: String? = nil,
        flag: String? = nil
    ) -> Evidence {
        var evidence = Evidence()
        evidence.cells = [
            Evidence.Cell(
                subject: 1,
                home: .alpha,
                field: Self.name,
                local: local,
                remote: remote,
                believed: believed,
                flag: flag
            )
        ]
        return evidence
    }

    private static func history(
        _ field: WorldField = Self.name,
        _ steps: [Home: [FieldHistory.Step]],
        logged: [String] = []
    ) -> Evidence {
        var evidence = Evidence()
        let log = logged.isEmpty ? [] : [FieldHistory.Logged(home: .alpha, values: logged)]
        evidence.histories = [FieldHistory(subject: 1, field: field, steps: steps, logged: log)]
        return evidence
    }

    private static func step(_ at: Int64, _ old: String, _ new: String, by writer: Home? = nil) -> FieldHistory.Step {
        FieldHistory.Step(at: at, writer: writer, old: old, new: new)
    }

    @Test func s1SeesADifferenceThatNobodyIsTold() {
        #expect(S1Convergence().violations(in: Self.cell("e1 Ada", " e1 Ada ")).isEmpty)
        #expect(S1Convergence().violations(in: Self.cell("e1 Ada", "e2 Bob")).count == 1)
        #expect(S1Convergence().violations(in: Self.cell("e1 Ada", "e2 Bob", flag: "conflict")).isEmpty)
        // A CRM that keeps 20 characters holds the beginning.
        let long = "e1 Ada of the far and long name"
        #expect(S1Convergence().violations(in: Self.cell(long, "e1 Ada of the far an")).isEmpty)
        #expect(S1Convergence().violations(in: Self.cell(long, "e1 Ada of")).count == 1)
    }

    @Test func s1SeesARecordWithoutACounterpart() {
        var evidence = Evidence()
        evidence.strays = [Evidence.Stray(subject: 1, side: .alpha, home: .alpha)]
        #expect(S1Convergence().violations(in: evidence).count == 1)
        evidence.strays[0].flag = "review"
        #expect(S1Convergence().violations(in: evidence).isEmpty)
    }

    @Test func s3SeesWritesWithoutAReason() {
        let writes = (0..<9).map { Self.step(Int64($0), "a", "a", by: .alpha) }
        #expect(S3WriteEconomy().violations(in: Self.history(Self.name, [.alpha: writes])).count == 1)
        #expect(S3WriteEconomy().violations(in: Self.history(Self.name, [.alpha: Array(writes.prefix(2))])).isEmpty)
    }

    @Test func s4SeesAnEditThatIsTakenBack() {
        let local = [
            Self.step(1, "", "e1 Ada"), Self.step(2, "e1 Ada", "e2 Bob"), Self.step(3, "e2 Bob", "e1 Ada", by: .alpha),
        ]
        let quiet = [Home.local: local, .alpha: [Self.step(1, "", "e1 Ada", by: .alpha)]]
        #expect(S4SingleSideWins().violations(in: Self.history(Self.name, quiet)).count == 1)
        // Unless a rule decided, and said so.
        let logged = Self.history(Self.name, quiet, logged: ["e2 Bob", "e1 Ada"])
        #expect(S4SingleSideWins().violations(in: logged).isEmpty)
    }

    /// R9: a blank erases nothing when two records meet; from then on a clear is an edit like any other.
    @Test(arguments: [(1, true), (5, true), (6, false)]) func s4BeginsWhenTwoRecordsHaveMet(
        clearedAt: Int64,
        isRight: Bool
    ) {
        let local = [Self.step(clearedAt, "e1 Ada", ""), Self.step(7, "", "e1 Eve", by: .alpha)]
        var evidence = Self.history(Self.name, [.local: local, .alpha: []])
        evidence.histories[0].metAt = [.alpha: 5]
        #expect(S4SingleSideWins().violations(in: evidence).isEmpty == isRight)
    }

    @Test func s5SeesAnEditThatWasReplacedUnseen() {
        let alpha = [Self.step(1, "", "e1 Ada"), Self.step(5, "e1 Ada", "e9 Eve", by: .alpha)]
        let unseen = [Home.local: [Self.step(2, "", "e9 Eve")], .alpha: alpha]
        #expect(S5NoSilentLoss().violations(in: Self.history(Self.name, unseen)).count == 1)
        #expect(S5NoSilentLoss().violations(in: Self.history(Self.name, unseen, logged: ["e1 Ada"])).isEmpty)
        let seen = [Self.step(2, "", "e1 Ada", by: .alpha), Self.step(3, "e1 Ada", "e9 Eve")]
        #expect(S5NoSilentLoss().violations(in: Self.history(Self.name, [.local: seen, .alpha: alpha])).isEmpty)
        // What the CRM filled in by itself when it was written to is nobody's edit.
        let filled = [Self.step(1, "", "e1 Ada", by: .alpha), Self.step(5, "e1 Ada", "e9 Eve", by: .alpha)]
        let ours = [Self.step(2, "", "e9 Eve")]
        #expect(S5NoSilentLoss().violations(in: Self.history(Self.name, [.local: ours, .alpha: filled])).isEmpty)
    }

    @Test func s5AlsoLooksAtACounterpartOfEarlierTimes() {
        let ours = [Self.step(1, "", "e1 Ada", by: .alpha), Self.step(5, "e1 Ada", "e9 Eve", by: .alpha)]
        var evidence = Self.history(Self.name, [.local: ours])
        #expect(S5NoSilentLoss().violations(in: evidence).count == 1)
        evidence.histories[0].formerly = [.alpha: [9], .beta: [1]]
        #expect(S5NoSilentLoss().violations(in: evidence).count == 1)
        evidence.histories[0].formerly = [.alpha: [1, 9]]
        #expect(S5NoSilentLoss().violations(in: evidence).isEmpty)
    }

    @Test func s19SeesARequestDuringAWaitButNotOneThatWasUnderWay() {
        func request(_ sentAt: Int64, _ answeredAt: Int64, life: Int = 1, until: Int64? = nil) -> RateWatch.Request {
            RateWatch.Request(
                life: life,
                path: "/crm/objects/contacts/batch/read",
                sentAt: Instant(milliseconds: sentAt),
                answeredAt: Instant(milliseconds: answeredAt),
                blockedUntil: until.map { Instant(milliseconds: $0) }
            )
        }
        var watch = RateWatch()
        #expect(watch.breaks(request(0, 100, until: 10_000)).isEmpty)
        #expect(watch.breaks(request(50, 150)).isEmpty)
        #expect(watch.breaks(request(100, 200)).count == 1)
        #expect(watch.breaks(request(9_999, 10_100)).count == 1)
        #expect(watch.breaks(request(10_000, 10_100)).isEmpty)
        // Who starts anew knows of no wait.
        #expect(watch.breaks(request(10_200, 10_300, until: 20_000)).isEmpty)
        #expect(watch.breaks(request(10_400, 10_500, life: 2)).isEmpty)
    }

    @Test func s19SeesTooManyRequestsInAWindow() {
        var watch = RateWatch()
        let broken = (0..<7).map { place in
            let at = Instant(milliseconds: Int64(place) * 180)
            return watch.breaks(
                RateWatch.Request(life: 1, path: "/crm/objects/contacts/search", sentAt: at, answeredAt: at)
            )
        }
        #expect(broken.map(\.count) == [0, 0, 0, 0, 0, 1, 1])
    }

    @Test func s8SeesASecondCounterpart() {
        var evidence = Evidence()
        evidence.marks = [.alpha: [1, 2, 3]]
        #expect(S8Identity().violations(in: evidence).isEmpty)
        evidence.marks = [.alpha: [1, 2, 1]]
        #expect(S8Identity().violations(in: evidence).map(\.subject) == [1])
    }

    @Test func s9SeesAnOverlookedChange() {
        #expect(S9CursorSafety().violations(in: Self.cell("e1 Ada", "e2 Bob", believed: "e1 Ada")).count == 1)
        #expect(S9CursorSafety().violations(in: Self.cell("e1 Ada", "e2 Bob", believed: "e2 Bob")).isEmpty)
    }

    @Test func s17SeesWhatMustNotBeWritten() {
        var evidence = Evidence()
        evidence.forbiddenWrites = [(1, "alpha contacts fax")]
        #expect(S17OneWay().violations(in: evidence).count == 1)
        let pulled = Self.history(Self.website, [.local: [Self.step(1, "", "e1 Ada", by: .beta)]])
        #expect(S17OneWay().violations(in: pulled).count == 1)
        // A record of ours that was merged into this one brings what it held.
        var merged = Self.step(1, "", "e1 Ada", by: .beta)
        merged.isMerge = true
        #expect(S17OneWay().violations(in: Self.history(Self.website, [.local: [merged]])).isEmpty)
    }

    @Test func s13SeesTooManyDeletionsInADay() {
        var evidence = Evidence()
        let hour: Int64 = 3_600_000_000
        evidence.deletions[.alpha] = ["contact": (0..<5).map { (at: $0 * hour, isAllowed: false, links: 20) }]
        #expect(S13DeleteBreaker().violations(in: evidence).isEmpty)
        // Each object has a breaker of its own.
        evidence.deletions[.alpha]?["deal"] = [(at: 6 * hour, isAllowed: false, links: 20)]
        #expect(S13DeleteBreaker().violations(in: evidence).isEmpty)
        evidence.deletions[.alpha]?["contact"]?.append((at: 6 * hour, isAllowed: false, links: 20))
        #expect(S13DeleteBreaker().violations(in: evidence).count == 1)
        // On another day, or with a person's leave, it is none too many.
        evidence.deletions[.alpha]?["contact"]?[5].at = 40 * hour
        #expect(S13DeleteBreaker().violations(in: evidence).isEmpty)
        evidence.deletions[.alpha]?["contact"]?[5] = (at: 6 * hour, isAllowed: true, links: 20)
        #expect(S13DeleteBreaker().violations(in: evidence).isEmpty)
    }

    @Test func r5SeesAStageThatIsTakenBack() {
        let stage = WorldField.named("lifecycle_stage", of: .contact) ?? Self.name
        let climbs = [Home.local: [Self.step(1, "", "lead"), Self.step(2, "lead", "mql", by: .alpha)]]
        #expect(R5Stages().violations(in: Self.history(stage, climbs)).isEmpty)
        let falls = [Home.local: [Self.step(1, "", "mql"), Self.step(2, "mql", "lead", by: .alpha)]]
        #expect(R5Stages().violations(in: Self.history(stage, falls)).count == 1)
        // A person may, and is asked.
        #expect(R5Stages().violations(in: Self.history(stage, falls, logged: ["mql"])).isEmpty)
        let person = [Home.local: [Self.step(1, "", "mql"), Self.step(2, "mql", "lead")]]
        #expect(R5Stages().violations(in: Self.history(stage, person)).isEmpty)
    }

    @Test(
        arguments: [
            ("R2", \Evidence.unguarded), ("R7", \Evidence.mistakenIdentities),
            ("R8", \Evidence.remembered),
            ("S14", \Evidence.looseEnds),
            ("S18", \Evidence.lensBreaks), ("S22", \Evidence.trespasses), ("R16", \Evidence.removedTies),
            ("R16", \Evidence.unequalTies), ("R15", \Evidence.mixedGroups), ("S12", \Evidence.unexplainedDeletes),
            ("S11", \Evidence.contradictions),
        ] as [(String, any WritableKeyPath<Evidence, [(subject: Int?, text: String)]> & Sendable)]
    )
    func whatIsWrongIsNamedByItsInvariant(
        id: String,
        path: any WritableKeyPath<Evidence, [(subject: Int?, text: String)]> & Sendable
    ) {
        var evidence = Evidence()
        evidence[keyPath: path] = [(subject: 4, text: "x")]
        #expect(Invariants.violations(in: evidence).map(\.invariant) == [id])
        #expect(Invariants.violations(in: evidence).map(\.subject) == [4])
    }

    @Test func r10SeesRequestsOfAStranger() {
        var evidence = Evidence()
        evidence.accountSlips = ["alpha: POST /crm/objects/contacts/batch/update"]
        #expect(Invariants.violations(in: evidence).map(\.invariant) == ["R10"])
    }

    @Test func theOthersSeeWhatWasNoticed() {
        var evidence = Evidence()
        #expect(Invariants.violations(in: evidence).isEmpty)
        evidence.contradictions = [(1, "x")]
        evidence.unexplainedDeletes = [(2, "x")]
        evidence.rateBreaks = ["x"]
        evidence.leftovers = ["x"]
        evidence.leaks = ["x"]
        evidence.noticed = [Violation("S7", nil, "x"), Violation("S2", nil, "x"), Violation("S20", nil, "x")]
        let found = Set(Invariants.violations(in: evidence).map(\.invariant))
        #expect(found == ["S2", "S7", "S11", "S12", "S19", "S20", "S21", "S24"])
    }
}
