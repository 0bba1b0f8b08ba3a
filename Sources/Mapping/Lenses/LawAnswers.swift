import Records
import Synchronization

/// What law checks found, so that fields with the very same transforms are tried once.
///
/// Many files trim the same and write the same e-mail address. An answer follows from nothing but the transforms with all
/// that they hold (options, rows of tables, zones, currencies), how many values are tried, and their seed: no name of a
/// field, file or connection has a part in it. All of that is the key, compared by bytes, so that transforms that only
/// look alike get an answer each.
package final class LawAnswers: Sendable {
    /// Everything that decides an answer.
    private struct Question: Hashable, Sendable {
        let chains: [[Step]]
        let samples: Int
        let seed: UInt64
    }

    /// A transform; its definition beside it, because texts in it may be equal though their bytes are not.
    private struct Step: Hashable, Sendable {
        let definition: Text
        let lens: any CheckedLens

        static func == (left: Self, right: Self) -> Bool {
            left.definition == right.definition && Self.isSame(left.lens, right.lens)
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(self.definition)
            self.lens.hash(into: &hasher)
        }

        private static func isSame<One: CheckedLens>(_ one: One, _ other: any CheckedLens) -> Bool {
            (other as? One) == one
        }
    }

    private struct State {
        var answers: [Question: String?] = [:]
        var tried = 0
    }

    private let state = Mutex(State())

    /// Creates an empty memory.
    package init() {}

    /// How many questions were tried, and not remembered.
    package var tried: Int { self.state.withLock(\.tried) }

    /// The counterexample of a chain, in words; nil if there is none among `samples` pairs of values.
    package func counterexample(of chain: LensChain, samples: Int, seed: UInt64) -> String? {
        self.answer([chain], samples, seed) { LensLaws.check(chain, samples: samples, seed: seed)?.description }
    }

    /// The counterexample of a text with all of its parts, in words; nil if there is none among `samples` texts.
    func counterexample(of laws: JointLaws, samples: Int, seed: UInt64) -> String? {
        self.answer(laws.chains, samples, seed) { laws.check(samples: samples, seed: seed) }
    }

    /// The remembered answer, or the one that `work` gives; a chain with transforms that cannot be compared is tried each time.
    private func answer(_ chains: [LensChain]?, _ samples: Int, _ seed: UInt64, _ work: () -> String?) -> String? {
        let steps = chains?.compactMap(Self.steps)
        let question = steps.flatMap {
            $0.count == chains?.count ? Question(chains: $0, samples: samples, seed: seed) : nil
        }
        if let question, let known = self.state.withLock({ $0.answers[question] }) { return known }
        let answer = work()
        self.state.withLock { state in
            state.tried += 1
            if let question { state.answers[question] = .some(answer) }
        }
        return answer
    }

    private static func steps(_ chain: LensChain) -> [Step]? {
        let steps = chain.lenses.compactMap { lens in
            (lens as? any CheckedLens).map { Step(definition: Text($0.definition), lens: $0) }
        }
        return steps.count == chain.lenses.count ? steps : nil
    }
}
