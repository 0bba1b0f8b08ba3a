import Records
import Testing

@testable import Mapping

/// Transforms take a shorter way where that gives the same; here the long way is gone beside it.
@Suite struct ShortWayTests {
    /// A transform that only agreement defines.
    private struct LongWay: Lens {
        let lens: any AgreementLens

        var lensClass: LensClass { self.lens.lensClass }

        func toLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult {
            self.lens.carryToLocal(remote, previous: local, in: context)
        }

        func toRemote(_ local: Value, previous remote: Value, in context: any LensContext) -> LensResult {
            self.lens.carryToRemote(local, previous: remote, in: context)
        }
    }

    private static let shapes: [ValueShape] = [.text, .number, .flag, .date, .instant, .set, .texts]
    private static let lenses: [any AgreementLens] =
        shapes.map { CoercionLens($0) as any AgreementLens } + ["FR", "IT", "US"].compactMap { PhoneLens(region: $0) }
        + [
            EnumLens([("a", "1"), ("b", "2"), ("c", "2")]), EnumLens([("a", "1")], otherwise: .pass),
            EnumLens([("a", "1"), ("b", "2")], otherwise: .fallback(local: "b", remote: "9")),
        ]

    /// Values of every kind, those that a transform knows more often than others.
    private func values(_ lens: any CheckedLens, _ source: inout SampleSource) -> (local: Value, remote: Value) {
        let remote = source.oneIn(4) ? source.value(of: source.pick(Self.shapes) ?? .text) : lens.sampleRemote(&source)
        if source.oneIn(3), case .value(let local) = lens.toLocal(remote, previous: .absent, in: EmptyLensContext()) {
            return (local, remote)
        }
        return (
            source.oneIn(4) ? source.value(of: source.pick(Self.shapes) ?? .text) : lens.sampleLocal(&source), remote
        )
    }

    @Test(arguments: lenses.indices) func aShortWayGivesWhatAgreementGives(index: Int) {
        let lens = Self.lenses[index]
        let long = LongWay(lens: lens)
        let context = EmptyLensContext()
        var source = SampleSource(seed: UInt64(index) + 5)
        for _ in 0..<5_000 {
            let (local, remote) = self.values(lens, &source)
            let there = lens.toRemote(local, previous: remote, in: context)
            #expect(there == long.toRemote(local, previous: remote, in: context), "\(local) onto \(remote)")
            let here = lens.toLocal(remote, previous: local, in: context)
            #expect(here == long.toLocal(remote, previous: local, in: context), "\(remote) onto \(local)")
        }
    }

    /// A chain passes texts over `as_text`, which changes nothing of them.
    @Test(arguments: LensLawTests.chains.indices) func aChainThatPassesTextsOverAsTextGivesTheSame(index: Int) {
        let chain = LensLawTests.chains[index]
        let long = LensChain(chain.lenses.map { ($0 as? CoercionLens).map { LongWay(lens: $0) } ?? $0 })
        let context = SampleContext()
        var source = SampleSource(seed: UInt64(index) + 31)
        let outer = (chain.lenses.last as? any CheckedLens) ?? CoercionLens(.text)
        for _ in 0..<5_000 {
            let remote =
                source.oneIn(3) ? source.wireValue(of: .number) : source.value(of: source.oneIn(6) ? .set : .text)
            let local = source.oneIn(3) ? source.blank() : outer.sampleLocal(&source)
            let there = chain.toRemote(local, previous: remote, in: context)
            #expect(there == long.toRemote(local, previous: remote, in: context), "\(local) onto \(remote)")
            let here = chain.toLocal(remote, previous: local, in: context)
            #expect(here == long.toLocal(remote, previous: local, in: context), "\(remote) onto \(local)")
        }
    }

    /// A table is the same whether its rows are few or many.
    @Test(arguments: [0, 1, 12, 13, 40]) func aTableFindsWhatADictionaryFinds(count: Int) {
        let rows = Dictionary(uniqueKeysWithValues: (0..<count).map { (Text("k\($0)"), Text("v\($0)")) })
        let table = TextTable(rows)
        #expect(table.count == count)
        for number in 0..<50 { #expect(table[Text("k\(number)")] == rows[Text("k\(number)")]) }
        #expect(table[""] == nil)
    }

    /// What is joined without a look reads back as it was.
    @Test func aSetOfPlainElementsIsJoinedAsAnyOther() {
        let context = EmptyLensContext()
        for mark in [";", "; ", ";;", " "] {
            let lens = SetLens(separator: mark)
            for elements: [Text] in [
                ["a", "b"], ["a;", "b"], ["a b"], [" a"], ["b", "a"], ["a", "a"], ["é"], ["\u{A0}a"],
            ] {
                let local = Value.set(elements)
                guard case .value(let joined) = lens.toRemote(local, previous: .absent, in: context) else { continue }
                #expect(lens.toLocal(joined, previous: .absent, in: context) == .value(local), "\(local) by '\(mark)'")
            }
        }
    }
}
