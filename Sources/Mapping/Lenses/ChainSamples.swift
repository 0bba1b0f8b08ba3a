package import Records

/// Makes values for the law checks of a chain: samples of its transforms, carried to its two ends.
package struct ChainSamples {
    /// The transforms, and each that can make samples; asked for once, as a cast costs more than a sample.
    private let lenses: [(lens: any Lens, checked: (any CheckedLens)?)]
    /// How many transforms, from the remote side on, local samples come from.
    private let localCount: Int

    /// Gets ready for a chain.
    ///
    /// Where a transform promises nothing for values that it did not give itself, local samples come from it or before it.
    package init(_ chain: LensChain) {
        self.lenses = chain.lenses.map { ($0, $0 as? any CheckedLens) }
        let image = self.lenses.firstIndex { $0.checked?.localIsImage ?? false }
        self.localCount = image.map { $0 + 1 } ?? chain.lenses.count
    }

    /// A remote value: a sample of one of the transforms, carried to the remote end.
    package func remote(_ source: inout SampleSource, _ context: any LensContext) -> Value {
        let index = self.lenses.isEmpty ? 0 : source.below(self.lenses.count)
        guard index < self.lenses.count, let lens = self.lenses[index].checked else { return source.value(of: .texts) }
        var value = lens.sampleRemote(&source)
        for inner in self.lenses[..<index].reversed() {
            let result = inner.lens.toRemote(value, previous: .absent, in: context)
            guard case .value(let next) = result else { return value }
            value = next
        }
        return value
    }

    /// A local value: a sample of one of the transforms, carried to the local end.
    package func local(_ source: inout SampleSource, _ context: any LensContext) -> Value {
        let index = self.lenses.isEmpty ? 0 : source.below(self.localCount)
        guard index < self.lenses.count, let lens = self.lenses[index].checked else { return source.value(of: .texts) }
        var value = lens.sampleLocal(&source)
        for outer in self.lenses[(index + 1)...] {
            guard case .value(let next) = outer.lens.toLocal(value, previous: .absent, in: context) else {
                let isImage = self.localCount < self.lenses.count
                return isImage ? .null : outer.checked?.sampleLocal(&source) ?? .null
            }
            value = next
        }
        return value
    }
}
