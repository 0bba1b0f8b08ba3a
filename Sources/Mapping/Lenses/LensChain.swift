package import Records

/// Transforms one after another, the first nearest to the remote side, as in a mapping's `via`.
package struct LensChain: Lens {
    /// The transforms, the first nearest to the remote side.
    package let lenses: [any Lens]

    /// Creates a chain; an empty one changes nothing.
    package init(_ lenses: [any Lens]) {
        self.lenses = lenses
    }

    package var lensClass: LensClass { self.lenses.map(\.lensClass).max() ?? .iso }

    package func toLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult {
        if self.lenses.count < 2 {
            return self.lenses.first?.toLocal(remote, previous: local, in: context) ?? .value(remote)
        }
        if local == .absent { return self.firstLocal(remote, in: context) }
        // What each stage holds now on its local side, so that every lens sees its own complement.
        let previous = self.stages(local: local, in: context)
        var value = remote
        for (index, lens) in self.lenses.enumerated() {
            switch lens.toLocal(value, previous: previous[index], in: context) {
            case .value(let next): value = next
            case let failure: return failure
            }
        }
        return .value(value)
    }

    package func toRemote(_ local: Value, previous remote: Value, in context: any LensContext) -> LensResult {
        if self.lenses.count < 2 {
            return self.lenses.first?.toRemote(local, previous: remote, in: context) ?? .value(local)
        }
        let previous = self.stages(remote: remote, in: context)
        var value = local
        for (index, lens) in self.lenses.enumerated().reversed() {
            switch lens.toRemote(value, previous: previous[index], in: context) {
            case .value(let next): value = next
            case let failure: return failure
            }
        }
        return .value(value)
    }

    /// The local value where there was none: no stage holds anything, so nothing need be worked out.
    private func firstLocal(_ remote: Value, in context: any LensContext) -> LensResult {
        var value = remote
        for lens in self.lenses {
            switch lens.toLocal(value, previous: .absent, in: context) {
            case .value(let next): value = next
            case let failure: return failure
            }
        }
        return .value(value)
    }

    /// What the remote side of each lens holds, worked out from the outermost remote value.
    private func stages(remote: Value, in context: any LensContext) -> [Value] {
        var result: [Value] = []
        var value = remote
        for lens in self.lenses {
            result.append(value)
            guard case .value(let next) = lens.toLocal(value, previous: .absent, in: context) else {
                value = .absent
                continue
            }
            value = next
        }
        return result
    }

    /// What the local side of each lens holds, worked out from the innermost local value.
    private func stages(local: Value, in context: any LensContext) -> [Value] {
        var result: [Value] = []
        var value = local
        for lens in self.lenses.reversed() {
            result.append(value)
            guard case .value(let next) = lens.toRemote(value, previous: .absent, in: context) else {
                value = .absent
                continue
            }
            value = next
        }
        return result.reversed()
    }
}
