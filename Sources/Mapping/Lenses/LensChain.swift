package import Records

/// Transforms one after another, the first nearest to the remote side, as in a mapping's `via`.
package struct LensChain: Lens {
    /// The transforms, the first nearest to the remote side.
    package let lenses: [any Lens]
    /// Where the chain begins for texts that are not blank: `as_text` passes them as they are, whatever it held.
    private let textStart: Int

    /// Creates a chain; an empty one changes nothing.
    package init(_ lenses: [any Lens]) {
        self.lenses = lenses
        self.textStart = (lenses.first as? CoercionLens)?.shape == .text ? 1 : 0
    }

    package var lensClass: LensClass { self.lenses.map(\.lensClass).max() ?? .iso }

    package func toLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult {
        // Where there was no local value no stage holds anything, so nothing need be worked out.
        if local == .absent { return self.firstLocal(remote, in: context) }
        return self.toLocal(remote, previous: local, through: self.lenses.count - 1, in: context)
    }

    package func toRemote(_ local: Value, previous remote: Value, in context: any LensContext) -> LensResult {
        guard self.textStart > 0, remote.isFilledText else {
            return self.toRemote(local, previous: remote, from: 0, in: context)
        }
        let result = self.toRemote(local, previous: remote, from: 1, in: context)
        guard case .value(let value) = result, !value.isFilledText else { return result }
        return self.lenses[0].toRemote(value, previous: remote, in: context)
    }

    /// The value at the local side of the lens at `index`, where `local` stands now.
    ///
    /// Every lens sees its own complement: what its local side holds is worked out from the outermost local value.
    private func toLocal(
        _ remote: Value,
        previous local: Value,
        through index: Int,
        in context: any LensContext
    ) -> LensResult {
        let start = remote.isFilledText ? self.textStart : 0
        guard index >= start else { return .value(remote) }
        let lens = self.lenses[index]
        guard index > start else { return lens.toLocal(remote, previous: local, in: context) }
        var inner = Value.absent
        if case .value(let held) = lens.toRemote(local, previous: .absent, in: context) { inner = held }
        let result = self.toLocal(remote, previous: inner, through: index - 1, in: context)
        guard case .value(let value) = result else { return result }
        return lens.toLocal(value, previous: local, in: context)
    }

    /// The value at the remote side of the lens at `index`, where `remote` stands now.
    private func toRemote(
        _ local: Value,
        previous remote: Value,
        from index: Int,
        in context: any LensContext
    ) -> LensResult {
        guard index < self.lenses.count else { return .value(local) }
        let lens = self.lenses[index]
        guard index + 1 < self.lenses.count else { return lens.toRemote(local, previous: remote, in: context) }
        var outer = Value.absent
        if case .value(let held) = lens.toLocal(remote, previous: .absent, in: context) { outer = held }
        let result = self.toRemote(local, previous: outer, from: index + 1, in: context)
        guard case .value(let value) = result else { return result }
        return lens.toRemote(value, previous: remote, in: context)
    }

    private func firstLocal(_ remote: Value, in context: any LensContext) -> LensResult {
        var value = remote
        for index in (remote.isFilledText ? self.textStart : 0)..<self.lenses.count {
            switch self.lenses[index].toLocal(value, previous: .absent, in: context) {
            case .value(let next): value = next
            case let failure: return failure
            }
        }
        return .value(value)
    }
}

extension Value {
    /// Whether this is a text with something in it.
    fileprivate var isFilledText: Bool {
        guard case .text(let text) = self else { return false }
        return !text.isEmpty
    }
}
