package import Records

/// A pair of values for which a transform breaks one of its laws.
package struct LensCounterexample: Hashable, Sendable, CustomStringConvertible {
    /// The laws of DESIGN §5.
    package enum Law: String, Hashable, Sendable {
        /// `toRemote(toLocal(r, l), r) = r`: taking a value over and giving it back changes nothing.
        case getPut = "GetPut"
        /// `toLocal(toRemote(l, r), l) = l`: what was written reads back as it was.
        case putGet = "PutGet"
    }

    /// The law that is broken.
    package let law: Law
    /// The local value that it was tried with.
    package let local: Value
    /// The remote value that it was tried with.
    package let remote: Value
    /// What should have come out.
    package let expected: Value
    /// What came out.
    package let actual: Value
    /// The seed that finds it again.
    package let seed: UInt64

    package var description: String {
        let pair = "local \(Self.show(self.local)), remote \(Self.show(self.remote))"
        return
            "\(self.law.rawValue) fails for \(pair): gives \(Self.show(self.actual)), not \(Self.show(self.expected))"
            + " (seed \(self.seed))"
    }

    /// A value with its kind of blank told apart, and control characters escaped.
    private static func show(_ value: Value) -> String {
        switch value {
        case .absent: "nothing"
        case .null: "null"
        case .text(let text): text.string.debugDescription
        case .set(let elements): "{" + elements.map(\.string.debugDescription).joined(separator: ", ") + "}"
        default: value.description
        }
    }
}

/// Tries the laws of DESIGN §5 on generated values.
package enum LensLaws {
    /// The first counterexample among `samples` pairs of values; nil if there is none.
    ///
    /// Values come from every transform of the chain, carried to its two ends, so that tables and formats are met.
    package static func check(_ chain: LensChain, samples: Int, seed: UInt64) -> LensCounterexample? {
        var source = SampleSource(seed: seed)
        let context = SampleContext()
        let made = ChainSamples(chain)
        for _ in 0..<samples {
            let local = made.local(&source, context)
            let remote = made.remote(&source, context)
            if let found = Self.check(chain, local, remote, seed, context) { return found }
        }
        return nil
    }

    /// The first law that a pair of values breaks; nil if none.
    package static func check(
        _ lens: some Lens,
        _ local: Value,
        _ remote: Value,
        _ seed: UInt64,
        _ context: any LensContext
    ) -> LensCounterexample? {
        if case .value(let taken) = lens.toLocal(remote, previous: local, in: context),
            case .value(let given) = lens.toRemote(taken, previous: remote, in: context), given != remote
        {
            return LensCounterexample(
                law: .getPut,
                local: local,
                remote: remote,
                expected: remote,
                actual: given,
                seed: seed
            )
        }
        if case .value(let given) = lens.toRemote(local, previous: remote, in: context),
            case .value(let taken) = lens.toLocal(given, previous: local, in: context), taken != local
        {
            return LensCounterexample(
                law: .putGet,
                local: local,
                remote: remote,
                expected: local,
                actual: taken,
                seed: seed
            )
        }
        return nil
    }
}
