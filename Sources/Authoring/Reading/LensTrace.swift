package import Mapping
package import Records

/// What each transform of a field makes of a value, one after the other.
package struct LensTrace: Sendable {
    /// One transform.
    package struct Step: Sendable {
        /// Its name, with a short argument.
        package let name: String
        /// What it made; what it could not make ends the trace.
        package let result: LensResult
        /// Whether it changed nothing.
        package let isQuiet: Bool
    }

    /// The value that goes in.
    package let input: Value
    /// The transforms, in the order in which the value meets them.
    package let steps: [Step]

    /// What comes out at the end.
    package var output: LensResult { self.steps.last?.result ?? .value(self.input) }

    /// The way from the CRM to us; `local` is what our side holds now.
    package init(toLocal remote: Value, previous local: Value, through lens: any Lens, in context: any LensContext) {
        self.input = remote
        let lenses = Self.lenses(of: lens)
        // What each stage holds now is worked out from the outermost value, as the chain itself does.
        var held = local
        var complements = [Value](repeating: .absent, count: lenses.count)
        for index in lenses.indices.reversed() {
            complements[index] = held
            guard index > 0 else { break }
            held = Self.value(lenses[index].toRemote(held, previous: .absent, in: context))
        }
        self.steps = Self.run(remote, lenses.indices) { value, index in
            (lenses[index], lenses[index].toLocal(value, previous: complements[index], in: context))
        }
    }

    /// The way from us to the CRM; `remote` is what its side holds now.
    package init(toRemote local: Value, previous remote: Value, through lens: any Lens, in context: any LensContext) {
        self.input = local
        let lenses = Self.lenses(of: lens)
        var held = remote
        var complements = [Value](repeating: .absent, count: lenses.count)
        for index in lenses.indices {
            complements[index] = held
            held = Self.value(lenses[index].toLocal(held, previous: .absent, in: context))
        }
        self.steps = Self.run(local, lenses.indices.reversed()) { value, index in
            (lenses[index], lenses[index].toRemote(value, previous: complements[index], in: context))
        }
    }

    private static func lenses(of lens: any Lens) -> [any Lens] { (lens as? LensChain)?.lenses ?? [lens] }

    private static func value(_ result: LensResult) -> Value {
        if case .value(let value) = result { value } else { .absent }
    }

    private static func run(
        _ input: Value,
        _ order: some Sequence<Int>,
        _ apply: (Value, Int) -> (lens: any Lens, result: LensResult)
    ) -> [Step] {
        var steps: [Step] = []
        var value = input
        for index in order {
            let (lens, result) = apply(value, index)
            steps.append(Step(name: Self.name(of: lens), result: result, isQuiet: result == .value(value)))
            guard case .value(let next) = result else { break }
            value = next
        }
        return steps
    }

    private static func name(of lens: any Lens) -> String {
        guard let lens = lens as? any CheckedLens else { return "transform" }
        return lens.definition.utf8.count <= 24 ? lens.definition : lens.name
    }
}
